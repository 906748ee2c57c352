package muster.scheduler.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import muster.raft.Applied;
import muster.raft.CommandCodec;
import muster.raft.LeadershipListener;
import muster.raft.LogGroup;
import muster.raft.NotLeaderException;
import muster.raft.ReplicatedLog;
import muster.raft.StateMachine;

/**
 * A log that applies what is proposed at once, on the caller's thread, each command read back from its bytes; what a listener
 * proposes while it hears of a publication is applied after that. One thread. Leads until told otherwise.
 */
final class ImmediateLog implements LogGroup {
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private final List<byte[]> written = new ArrayList<>();
    private boolean applying;
    private boolean leads = true;
    private long applied;

    @Override
    public <C, R> ReplicatedLog<C, R> attach(String part, CommandCodec<C> codec, StateMachine<C, R> machine) {
        return new ReplicatedLog<>() {
            @Override
            public CompletableFuture<Applied<R>> propose(C command) {
                if (!leads) {
                    return CompletableFuture.failedFuture(new NotLeaderException("another server leads", Optional.empty()));
                }
                CompletableFuture<Applied<R>> answer = new CompletableFuture<>();
                byte[] bytes = codec.encode(command);
                written.add(bytes);
                queue.add(() -> apply(machine, codec.decode(bytes), answer));
                drain();
                return answer;
            }

            @Override
            public long appliedIndex() {
                return applied;
            }
        };
    }

    private <C, R> void apply(StateMachine<C, R> machine, C command, CompletableFuture<Applied<R>> answer) {
        applied++;
        R result;
        try {
            result = machine.apply(applied, command);
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
            return;
        }
        machine.published(applied);
        answer.complete(new Applied<>(applied, result));
    }

    private void drain() {
        if (applying) {
            return;
        }
        applying = true;
        try {
            while (!queue.isEmpty()) {
                queue.remove().run();
            }
        } finally {
            applying = false;
        }
    }

    /** The commands in the order in which they were applied. */
    List<byte[]> written() {
        return List.copyOf(written);
    }

    /** Goes on from a state that came with a snapshot. */
    void startAt(long index) {
        applied = index;
    }

    void stepDown() {
        leads = false;
    }

    @Override
    public void start() {
        leads = true;
    }

    @Override
    public long appliedIndex() {
        return applied;
    }

    @Override
    public void onLeadership(LeadershipListener listener) {
        listener.leads(true);
    }

    @Override
    public boolean isLeader() {
        return leads;
    }

    @Override
    public Optional<String> leader() {
        return Optional.empty();
    }

    @Override
    public void close() {
        leads = false;
    }
}
