package muster.scheduler.http;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Handler;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.acl.AccessControl;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.DeniedException;
import muster.scheduler.acl.Permission;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.MigrationPass;
import muster.scheduler.state.State;
import muster.wire.Json;
import muster.wire.JsonException;
import muster.wire.Key;

/** Looks at the caller's rights before a client's routes are served ({@code /v1/client/...}, API page "Client"). */
public final class ClientAccess {
    /** The status of RFC 6455 for what breaks a rule. */
    private static final int REFUSED = 1008;

    private final AccessControl access;
    private final Supplier<State> state;

    /** @param state tells the namespaces of allocations */
    public ClientAccess(AccessControl access, Supplier<State> state) {
        this.access = access;
        this.state = state;
    }

    /** The same routes, refused to callers without the right to what each does. */
    public Routes guard(Routes routes) {
        Routes guarded = new Routes();
        routes.all().forEach(route -> guarded.add(route.method(), route.pattern(), route.maxBody(), guard(route.handler())));
        return guarded;
    }

    private Handler guard(Handler handler) {
        return call -> {
            try {
                if (access.isOn() && greets(call)) {
                    return handler.handle(call).thenApply(reply -> greeted(call, reply));
                }
                if (access.isOn() && !isMigration(call)) {
                    check(call, access.caller(Answers.secret(call)));
                }
            } catch (RuntimeException e) {
                return CompletableFuture.<Reply>failedFuture(e);
            }
            return handler.handle(call);
        };
    }

    /** A node that takes over an allocation's data has no token, and needs none for that. */
    private boolean isMigration(Call call) {
        String[] parts = call.path().split("/");
        String token = Answers.secret(call);
        return parts.length == 6 && parts[3].equals("allocation") && parts[5].equals("snapshot") && MigrationPass.isOne(token)
                && MigrationPass.admits(state.get(), token, parts[4]);
    }

    /** A browser can't send headers with a conversation: its first message names the token (API page "Allocations": exec). */
    private static boolean greets(Call call) {
        return call.query("ws_handshake").equals("true") && call.header("upgrade").equalsIgnoreCase("websocket");
    }

    private Reply greeted(Call call, Reply reply) {
        if (!(reply instanceof Reply.WebSocket socket)) {
            return reply;
        }
        return new Reply.WebSocket(peer -> {
            Optional<byte[]> first = peer.receive();
            try {
                check(call, access.caller(token(first.orElse(new byte[] {'{', '}'}))));
            } catch (DeniedException | JsonException e) {
                peer.close(REFUSED, e.getMessage());
                return;
            }
            socket.conversation().hold(new Again(peer, first));
        });
    }

    private static String token(byte[] greeting) {
        record Greeting(@Key("auth_token") String token) {}
        String token = Json.read(Greeting.class, greeting, Json.Unknown.IGNORE).token();
        return token == null ? "" : token;
    }

    /** The same client, whose first message is still to come. Used by the conversation's thread. */
    private static final class Again implements Reply.Peer {
        private final Reply.Peer peer;
        private final Optional<byte[]> first;
        private boolean told;

        Again(Reply.Peer peer, Optional<byte[]> first) {
            this.peer = peer;
            this.first = first;
        }

        @Override
        public Optional<byte[]> receive() throws InterruptedException {
            if (told) {
                return peer.receive();
            }
            told = true;
            return first;
        }

        @Override
        public void send(byte[] text) throws IOException, InterruptedException {
            peer.send(text);
        }

        @Override
        public void close(int status, String reason) {
            peer.close(status, reason);
        }
    }

    private void check(Call call, Caller caller) {
        String path = call.path().substring("/v1/client/".length());
        String[] parts = path.split("/");
        switch (parts[0]) {
            case "stats", "metadata" -> caller.require(parts[0].equals("metadata") && !call.method().equals("GET")
                    ? Permission.NODE_WRITE : Permission.NODE_READ);
            case "gc" -> caller.require(Permission.NODE_WRITE);
            case "fs" -> {
                String namespace = namespaceOf(parts.length < 3 ? "" : parts[2], call);
                if (parts.length > 1 && parts[1].equals("logs")) {
                    caller.requireAny(namespace, Capability.READ_LOGS, Capability.READ_FS);
                } else {
                    caller.require(Permission.in(namespace, Capability.READ_FS));
                }
            }
            case "allocation" -> allocation(call, caller, parts);
            default -> caller.require(Permission.MANAGEMENT);
        }
    }

    private void allocation(Call call, Caller caller, String[] parts) {
        String namespace = namespaceOf(parts.length < 2 ? "" : parts[1], call);
        String action = parts.length < 3 ? "" : parts[2];
        if (action.equals("exec") && isUnisolated(parts[1], call.query("task"))) {
            caller.require(Permission.in(namespace, Capability.ALLOC_NODE_EXEC));
        }
        caller.require(Permission.in(namespace, switch (action) {
            case "exec" -> Capability.ALLOC_EXEC;
            case "restart", "signal", "pause" -> Capability.ALLOC_LIFECYCLE;
            case "gc", "snapshot" -> Capability.SUBMIT_JOB;
            default -> Capability.READ_JOB;
        }));
    }

    /** Whether a command beside the task is one on the node itself: with the node's files, and not only the task's. */
    private boolean isUnisolated(String id, String task) {
        Allocation allocation = state.get().allocations().get(id);
        TaskGroup group = allocation == null || allocation.job() == null ? null : allocation.job().group(allocation.taskGroup());
        return group != null && group.tasks().stream().anyMatch(one -> one.name().equals(task) && one.driver().equals("raw_exec"));
    }

    /** Of an allocation that nobody knows, the namespace that the request names. */
    private String namespaceOf(String id, Call call) {
        Allocation allocation = state.get().allocations().get(id);
        return allocation == null ? Answers.namespace(call) : allocation.namespace();
    }
}
