package muster.scheduler.remote;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import muster.http.Call;
import muster.http.Reply;
import muster.raft.members.AgentMember;
import muster.raft.members.AskException;
import muster.raft.members.Membership;

/**
 * Passes requests of the API on to servers: for agents without a state. One server is asked until it does not answer, then
 * another. A request is put again for as long as the hold time where no server did anything for it: it was not sent, there was no
 * leader, or it only reads. Any thread may call; nothing blocks.
 */
public final class ServerRelay {
    private static final String NO_LEADER = "No cluster leader";
    private static final long PAUSE_MILLIS = 100;
    private static final int MOST_HOPS = 2;

    private final Membership members;
    private final ApiCalls calls;
    private final Duration hold;
    private volatile String preferred = "";

    public ServerRelay(Membership members, ApiCalls calls, Duration hold) {
        this.members = members;
        this.calls = calls;
        this.hold = hold;
    }

    /** Never fails: trouble is a 500 with the reason. */
    public CompletionStage<Reply> forward(Call call) {
        if (ApiCalls.hops(call) >= MOST_HOPS) {
            return CompletableFuture.completedFuture(Reply.text(500, "the request goes in circles between agents"));
        }
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        attempt(call, System.nanoTime() + hold.toNanos(), "", reply);
        return reply;
    }

    private void attempt(Call call, long end, String failed, CompletableFuture<Reply> reply) {
        List<AgentMember> servers = members.servers();
        AgentMember server = choose(servers, failed);
        if (server == null) {
            again(call, end, "", reply, Reply.text(500, "no servers"));
            return;
        }
        calls.ask(server.name(), call).whenComplete((answer, failure) -> {
            if (failure != null) {
                failed(server, failure, call, end, reply);
                return;
            }
            preferred = server.name();
            if (answer instanceof Reply.Full full && full.status() == 500 && new String(full.body(), StandardCharsets.UTF_8).equals(NO_LEADER)) {
                again(call, end, server.name(), reply, full);
            } else {
                reply.complete(answer);
            }
        });
    }

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

    private void failed(AgentMember server, Throwable failure, Call call, long end, CompletableFuture<Reply> reply) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (server.name().equals(preferred)) {
            preferred = "";
        }
        boolean reads = call.method().equals("GET") || call.method().equals("HEAD");
        Reply.Full last = Reply.text(500, "rpc error making call: " + cause.getMessage());
        boolean again = cause instanceof AskException trouble && switch (trouble.reason()) {
            case NOT_SENT -> true;
            case LOST -> reads;
            case REFUSED -> false;
        };
        if (again) {
            again(call, end, server.name(), reply, last);
        } else {
            reply.complete(last);
        }
    }

    private void again(Call call, long end, String failed, CompletableFuture<Reply> reply, Reply otherwise) {
        if (System.nanoTime() - end > 0 || call.gone().toCompletableFuture().isDone()) {
            reply.complete(otherwise);
            return;
        }
        CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS).execute(() -> attempt(call, end, failed, reply));
    }
}
