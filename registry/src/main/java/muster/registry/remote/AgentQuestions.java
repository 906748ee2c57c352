package muster.registry.remote;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.CallBytes;
import muster.http.Dispatcher;
import muster.http.Reply;
import muster.raft.members.Membership;
import muster.registry.acl.DeniedException;
import muster.registry.acl.Caller;
import muster.registry.acl.Resource;
import muster.registry.acl.TokenRights;
import muster.registry.Registry;
import muster.registry.agent.CatalogLink;
import muster.registry.agent.CatalogLink.CatalogUnavailableException;
import muster.registry.agent.NodeRows;
import muster.registry.replication.Commands;
import muster.registry.state.Check;
import muster.registry.state.Service;
import muster.wire.Json;

/**
 * What a server answers to agents that hold no state: their requests of the API, what the catalog holds of their node, and changes
 * of it. Every question carries a token, and is answered by that token's rights. Any thread may call.
 */
public final class AgentQuestions {
    static final String ROWS = "registry.rows";
    static final String APPLY = "registry.apply";
    static final String RIGHTS = "registry.rights";

    /** Whose rows are asked for, and by what right. */
    record Node(String name, String secret) {}

    record Rows(Optional<muster.registry.state.Node> node, List<Service> services, List<Check> checks) {}

    /** Whose rights are asked for. */
    record Secret(String secret) {}

    /** What that token says; nothing where no token has the secret. */
    record Said(Optional<TokenRights> rights) {}

    /** What became of a change; no reason where it took effect. */
    record Outcome(boolean denied, String reason) {}

    /** A command of the log and the token that it is proposed with. */
    record Change(String secret, byte[] command) {
        static byte[] bytes(String secret, byte[] command) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeUTF(secret);
                out.write(command);
            } catch (IOException e) {
                throw new UncheckedIOException("memory can't be written to", e);
            }
            return bytes.toByteArray();
        }

        static Change of(byte[] bytes) throws IOException {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            return new Change(in.readUTF(), in.readAllBytes());
        }
    }

    private final Registry registry;
    private final CatalogLink catalog;
    private final Dispatcher api;

    /**
     * @param catalog of this server
     * @param api the routes that a server answers for other agents, without those of its own agent
     */
    public AgentQuestions(Registry registry, CatalogLink catalog, Dispatcher api) {
        this.registry = registry;
        this.catalog = catalog;
        this.api = api;
    }

    /** Answers from now on. */
    public void answerOn(Membership members) {
        members.answer(ServerCalls.CALL, (from, body, gone) -> call(body, gone));
        members.answer(ROWS, (from, body, gone) -> CompletableFuture.completedFuture(rows(body)));
        members.answer(RIGHTS, (from, body, gone) -> CompletableFuture.completedFuture(rights(body)));
        members.answer(APPLY, (from, body, gone) -> CompletableFuture.completedFuture(apply(body)));
    }

    private CompletionStage<byte[]> call(byte[] body, CompletionStage<Void> gone) {
        try {
            Call call = CallBytes.call(body, gone);
            return api.handle(call).thenCompose(reply -> bytes(reply, gone));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static CompletionStage<byte[]> bytes(Reply reply, CompletionStage<Void> gone) {
        CompletableFuture<byte[]> bytes = new CompletableFuture<>();
        switch (reply) {
            case Reply.Full full -> complete(bytes, full, gone);
            case Reply.WebSocket socket -> complete(bytes, socket, gone);
            case Reply.Streaming streaming -> Thread.ofVirtual().name("call-collect").start(() -> complete(bytes, streaming, gone));
        }
        return bytes;
    }

    private static void complete(CompletableFuture<byte[]> bytes, Reply reply, CompletionStage<Void> gone) {
        try {
            bytes.complete(CallBytes.of(reply, gone));
        } catch (IOException | RuntimeException e) {
            bytes.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            bytes.completeExceptionally(e);
        }
    }

    private byte[] rows(byte[] body) {
        Node asked = Json.read(Node.class, body, Json.Unknown.IGNORE);
        Caller caller = registry.access().caller(named(asked.secret()));
        if (!caller.mayRead(Resource.NODE, asked.name())) {
            // The agent then proposes all that it has, each with its own token's rights, as the original's does.
            return Json.write(new Rows(Optional.empty(), List.of(), List.of()));
        }
        NodeRows rows = catalog.rows(asked.name());
        return Json.write(new Rows(rows.node(), List.copyOf(rows.services().values()), List.copyOf(rows.checks().values())));
    }

    private byte[] rights(byte[] body) {
        return Json.write(new Said(registry.rights(Json.read(Secret.class, body, Json.Unknown.IGNORE).secret())));
    }

    private byte[] apply(byte[] body) {
        try {
            Change change = Change.of(body);
            catalog.apply(new Commands().decode(change.command()), named(change.secret()));
            return Json.write(new Outcome(false, ""));
        } catch (DeniedException e) {
            return Json.write(new Outcome(true, e.getMessage()));
        } catch (CatalogUnavailableException | IOException | IllegalArgumentException e) {
            return Json.write(new Outcome(false, e.getMessage() == null ? e.toString() : e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Json.write(new Outcome(false, "this server is being stopped"));
        }
    }

    /** Without a token an agent is anybody, not this server. */
    private static String named(String secret) {
        return secret.isEmpty() ? "anonymous" : secret;
    }
}
