package muster.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import muster.raft.Applied;
import muster.raft.CommandCodec;
import muster.raft.LeadershipListener;
import muster.raft.LogGroup;
import muster.raft.MemoryLogGroup;
import muster.raft.ReplicatedLog;
import muster.raft.StateMachine;
import muster.registry.query.Answer;
import muster.registry.query.Reads;
import muster.registry.state.Command;
import muster.registry.state.KeyValue;
import muster.registry.state.Result;
import muster.registry.state.Samples;
import muster.registry.state.Session;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryTest {
    private static final CompletableFuture<Void> STAYS = new CompletableFuture<>();

    /** A log in memory that can be cut off from its leader. */
    private static final class CuttableLog implements LogGroup {
        private final MemoryLogGroup log = new MemoryLogGroup("127.0.0.1:8300");
        private volatile boolean cut;

        @Override
        public <C, R> ReplicatedLog<C, R> attach(String part, CommandCodec<C> codec, StateMachine<C, R> machine) {
            return log.attach(part, codec, machine);
        }

        @Override
        public void start() {
            log.start();
        }

        @Override
        public long appliedIndex() {
            return log.appliedIndex();
        }

        @Override
        public void onLeadership(LeadershipListener listener) {
            log.onLeadership(listener);
        }

        @Override
        public boolean isLeader() {
            return !cut && log.isLeader();
        }

        @Override
        public Optional<String> leader() {
            return cut ? Optional.empty() : log.leader();
        }

        @Override
        public void close() {
            log.close();
        }
    }

    private final CuttableLog log = new CuttableLog();
    private final Registry registry = new Registry("dc1", log, InstantSource.system(), new Random(1));

    @AfterEach
    void close() {
        registry.close();
        log.close();
    }

    @Test
    void whatWasAnsweredCanBeRead() throws Exception {
        log.start();
        Applied<Result> applied = registry.propose(Samples.put("a", "1")).get(10, TimeUnit.SECONDS);
        assertThat(applied.result()).isEqualTo(new Result.Decided(true));
        Answer<Optional<KeyValue>> answer = registry.read(new Reads.Key("a"));
        assertThat(answer.value()).isPresent();
        assertThat(answer.index()).isEqualTo(applied.index());
    }

    @Test
    void losingTheLeaderEndsAllWaits() throws Exception {
        // Plan: wait for a key, let the leader be known for a while, cut it off, and see the wait end without a change.
        log.start();
        CompletableFuture<Answer<Optional<KeyValue>>> waiting =
                registry.query(new Reads.Key("a"), 1, Duration.ofMinutes(5), STAYS);
        Eventually.holds("the read waits", () -> registry.waiting() == 1);
        registry.propose(Samples.register("n1")).get(10, TimeUnit.SECONDS);
        registry.propose(new Command.CreateSession(shortSession())).get(10, TimeUnit.SECONDS);
        Eventually.holds("the leader's timer has run", () -> registry.snapshot().sessions().all().isEmpty());
        assertThat(waiting).isNotDone();
        log.cut = true;
        assertThat(waiting.get(10, TimeUnit.SECONDS).value()).isEmpty();
    }

    /** Ends with the first tick of the leader's timer. */
    private static Session shortSession() {
        return new Session("11111111-2222-3333-4444-555555555551", "", "n1", Duration.ZERO,
                Session.Behavior.RELEASE, "1ns", List.of(), List.of(), 0, 0);
    }
}
