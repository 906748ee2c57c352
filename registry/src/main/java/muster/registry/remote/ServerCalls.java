package muster.registry.remote;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.CallBytes;
import muster.http.Reply;
import muster.raft.members.AgentMember;
import muster.raft.members.AskException;
import muster.raft.members.Membership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has servers answer requests of the API: the way of an agent that holds no state. One server is asked until it does not
 * answer, then another. A request is put again for as long as the hold time where no server did anything for it: it was not sent,
 * there was no leader, or it only reads. Any thread may call; nothing blocks.
 */
public final class ServerCalls {
    static final String CALL = "registry.call";
    /** Names the node of the agent that passes a request on. */
    private static final String AGENT_HEADER = "x-muster-agent";
    private static final String TOKEN_HEADER = "x-consul-token";
    private static final String NO_SERVERS = "No known Consul servers";
    private static final String NO_LEADER = "No cluster leader";
    private static final long PAUSE_MILLIS = 100;
    private static final Logger LOG = LoggerFactory.getLogger(ServerCalls.class);

    private final Membership members;
    private final Duration hold;
    private final Supplier<String> token;
    private volatile String preferred = "";

    /**
     * @param hold for how long a request is put again before it fails
     * @param token of requests that carry none
     */
    public ServerCalls(Membership members, Duration hold, Supplier<String> token) {
        this.members = members;
        this.hold = hold;
        this.token = token;
    }

    /** A request of this agent's own. */
    public CompletionStage<Reply.Full> ask(String method, String path, Map<String, String> query, String secret, CompletionStage<Void> gone) {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        query.forEach((name, value) -> lists.put(name, List.of(value)));
        return forward(new Call(method, path, Map.of(), lists, Map.of(TOKEN_HEADER, List.of(secret)), new byte[0],
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), gone));
    }

    /** Never fails: trouble is a 500 with the original's text. */
    public CompletionStage<Reply.Full> forward(Call call) {
        CompletableFuture<Reply.Full> reply = new CompletableFuture<>();
        boolean reads = call.method().equals("GET") || call.method().equals("HEAD") || call.method().equals("OPTIONS");
        attempt(CallBytes.of(marked(call)), reads, System.nanoTime() + hold.toNanos(), "", call.gone(), reply);
        return reply;
    }

    /** With this agent's name, and with its own token where there is none, so that the server does not put its own. */
    private Call marked(Call call) {
        Map<String, List<String>> headers = new LinkedHashMap<>(call.headers());
        headers.put(AGENT_HEADER, List.of(members.self().name()));
        boolean named = call.has("token") || headers.getOrDefault("authorization", List.of("")).getFirst().regionMatches(true, 0, "bearer ", 0, 7);
        if (!named && headers.getOrDefault(TOKEN_HEADER, List.of("")).getFirst().isEmpty()) {
            String own = token.get();
            headers.put(TOKEN_HEADER, List.of(own.isEmpty() ? "anonymous" : own));
        }
        return new Call(call.method(), call.path(), Map.of(), call.query(), headers, call.body(), call.remote(), call.gone());
    }

    private void attempt(byte[] question, boolean reads, long end, String failed, CompletionStage<Void> gone,
            CompletableFuture<Reply.Full> reply) {
        List<AgentMember> servers = members.servers();
        AgentMember server = choose(servers, failed);
        if (server == null) {
            again(question, reads, end, "", gone, reply, Reply.text(500, NO_SERVERS));
            return;
        }
        CompletableFuture<byte[]> answer = members.ask(server.name(), CALL, question);
        gone.whenComplete((done, failure) -> answer.cancel(false));
        answer.whenComplete((bytes, failure) -> {
            if (failure != null) {
                failed(server, failure, question, reads, end, gone, reply);
                return;
            }
            try {
                Reply.Full got = CallBytes.reply(bytes);
                preferred = server.name();
                if (got.status() == 500 && new String(got.body(), StandardCharsets.UTF_8).equals(NO_LEADER)) {
                    again(question, reads, end, server.name(), gone, reply, got);
                } else {
                    reply.complete(got);
                }
            } catch (IOException e) {
                reply.complete(Reply.text(500, "rpc error: " + e.getMessage()));
            }
        });
    }

    /** The one that answered last; of those that are left else, the one that was heard of last. */
    private AgentMember choose(List<AgentMember> servers, String failed) {
        AgentMember first = null;
        for (AgentMember server : servers) {
            if (!server.name().equals(failed) || servers.size() == 1) {
                if (server.name().equals(preferred)) {
                    return server;
                }
                first = first == null ? server : first;
            }
        }
        return first;
    }

    private void failed(AgentMember server, Throwable failure, byte[] question, boolean reads, long end, CompletionStage<Void> gone,
            CompletableFuture<Reply.Full> reply) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (gone.toCompletableFuture().isDone()) {
            reply.complete(Reply.text(500, "the client is gone"));
            return;
        }
        if (server.name().equals(preferred)) {
            preferred = "";
        }
        LOG.debug("server did not answer name={} reason={}", server.name(), cause.getMessage());
        Reply.Full last = Reply.text(500, "rpc error making call: " + cause.getMessage());
        boolean again = cause instanceof AskException trouble && switch (trouble.reason()) {
            case NOT_SENT -> true;
            case LOST -> reads;
            case REFUSED -> false;
        };
        if (again) {
            again(question, reads, end, server.name(), gone, reply, last);
        } else {
            reply.complete(last);
        }
    }

    private void again(byte[] question, boolean reads, long end, String failed, CompletionStage<Void> gone, CompletableFuture<Reply.Full> reply,
            Reply.Full otherwise) {
        if (System.nanoTime() - end > 0 || gone.toCompletableFuture().isDone()) {
            reply.complete(otherwise);
            return;
        }
        CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                .execute(() -> attempt(question, reads, end, failed, gone, reply));
    }
}
