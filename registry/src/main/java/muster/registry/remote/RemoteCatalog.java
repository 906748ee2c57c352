package muster.registry.remote;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import muster.http.Reply;
import muster.raft.members.AgentMember;
import muster.raft.members.AskException;
import muster.raft.members.Membership;
import muster.registry.acl.AgentTokens;
import muster.registry.acl.DeniedException;
import muster.registry.agent.CatalogLink;
import muster.registry.agent.NodeRows;
import muster.registry.replication.Commands;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Service;
import muster.wire.Json;

/** The catalog of an agent that holds no state: it asks servers, one after the other until one answers. Any thread may call. */
public final class RemoteCatalog implements CatalogLink {
    private static final long ANSWER_SECONDS = 10;
    private static final long PAUSE_MILLIS = 1_000;
    private static final String WAIT = "5m";

    private final Membership members;
    private final ServerCalls calls;
    private final Supplier<AgentTokens> tokens;

    /** @param tokens of this agent, for what carries none */
    public RemoteCatalog(Membership members, ServerCalls calls, Supplier<AgentTokens> tokens) {
        this.members = members;
        this.calls = calls;
        this.tokens = tokens;
    }

    @Override
    public NodeRows rows(String node) {
        try {
            AgentQuestions.Rows rows = Json.read(AgentQuestions.Rows.class,
                    ask(AgentQuestions.ROWS, Json.write(new AgentQuestions.Node(node, tokens.get().ownWork()))), Json.Unknown.IGNORE);
            return new NodeRows(rows.node(), rows.services().stream().collect(Collectors.toMap(Service::id, Function.identity())),
                    rows.checks().stream().collect(Collectors.toMap(Check::id, Function.identity())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CatalogUnavailableException("interrupted", e);
        }
    }

    @Override
    public int nodes() {
        return members.members().size();
    }

    @Override
    public void apply(Command command) throws InterruptedException {
        apply(command, "");
    }

    @Override
    public void apply(Command command, String secret) throws InterruptedException {
        byte[] answer = ask(AgentQuestions.APPLY,
                AgentQuestions.Change.bytes(secret.isEmpty() ? tokens.get().of(command) : secret, new Commands().encode(command)));
        AgentQuestions.Outcome outcome = Json.read(AgentQuestions.Outcome.class, answer, Json.Unknown.IGNORE);
        if (outcome.denied()) {
            throw DeniedException.unknown(outcome.reason());
        }
        if (!outcome.reason().isEmpty()) {
            throw new CatalogUnavailableException(outcome.reason(), null);
        }
    }

    private byte[] ask(String kind, byte[] body) throws InterruptedException {
        String trouble = "No known Consul servers";
        for (AgentMember server : members.servers()) {
            try {
                return members.ask(server.name(), kind, body).get(ANSWER_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                trouble = e.getCause().getMessage();
                if (!(e.getCause() instanceof AskException asked) || asked.reason() == AskException.Reason.REFUSED) {
                    break;
                }
            } catch (TimeoutException e) {
                trouble = server.name() + " did not answer within " + ANSWER_SECONDS + " s";
            }
        }
        throw new CatalogUnavailableException(trouble, null);
    }

    @Override
    public AutoCloseable watch(String node, Runnable changed) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().name("alias " + node).start(() -> follow(node, changed, closed));
        return () -> {
            closed.complete(null);
            thread.interrupt();
        };
    }

    private void follow(String node, Runnable changed, CompletableFuture<Void> closed) {
        String index = "0";
        try {
            while (!closed.isDone()) {
                Reply.Full reply = calls.ask("GET", "/v1/health/node/" + node, Map.of("index", index, "wait", WAIT), tokens.get().ownWork(), closed)
                        .toCompletableFuture().get();
                String next = Optional.ofNullable(reply.headers().get("X-Consul-Index")).orElse("0");
                if (reply.status() != 200) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                    next = "0";
                } else if (!next.equals(index)) {
                    changed.run();
                }
                index = next;
            }
        } catch (InterruptedException | ExecutionException e) {
            // Closed; a request to servers never fails otherwise.
            return;
        }
    }
}
