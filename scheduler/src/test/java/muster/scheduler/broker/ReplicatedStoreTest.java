package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import muster.raft.Applied;
import muster.raft.LogGroup;
import muster.raft.NotLeaderException;
import muster.raft.OutcomeUnknownException;
import muster.raft.ReadMode;
import muster.raft.ReplicatedLog;
import muster.raft.SimulatedCluster;
import muster.scheduler.state.Command;
import muster.scheduler.state.JsonCommandCodec;
import muster.scheduler.state.Store;
import muster.testkit.SeededRandom;
import muster.testkit.simulation.SimulatedNetwork.Quality;
import org.junit.jupiter.api.Test;

/** What schedulers under trouble write, replicated by servers that crash, lose messages and forget what was not synced. */
class ReplicatedStoreTest {
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 200);
    /** So many clusters get the commands of the same trouble. */
    private static final int CLUSTERS = 25;

    private record Server(LogGroup group, Store store, ReplicatedLog<Command, Store.Result> log) {
        static Server on(LogGroup group) {
            Store store = new Store();
            return new Server(group, store, group.attach("scheduler", new JsonCommandCodec(), store));
        }

        byte[] saved() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                store.save(bytes);
            } catch (IOException e) {
                throw new AssertionError("memory can't be written to", e);
            }
            return bytes.toByteArray();
        }
    }

    /** One writer that proposes commands in their order, each until it is answered, if only by a refusal, or its effect is seen. */
    private static final class Proposer {
        private final SimulatedCluster<Server> cluster;
        private final List<String> names;
        private final RandomGenerator random;
        private final List<Command> commands;
        private int next;
        /** The newest index that was answered or read. */
        private long index;
        private boolean busy;
        private int unknown;

        Proposer(SimulatedCluster<Server> cluster, RandomGenerator random, List<Command> commands) {
            this.cluster = cluster;
            this.names = List.copyOf(cluster.names());
            this.random = random;
            this.commands = commands;
        }

        void go() {
            if (busy || next == commands.size()) {
                return;
            }
            cluster.on(names.get(random.nextInt(names.size()))).ifPresent(server -> {
                busy = true;
                server.log().propose(commands.get(next)).whenComplete(this::answered);
            });
        }

        private void answered(Applied<Store.Result> applied, Throwable failure) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof OutcomeUnknownException) {
                // Nobody writes but this one, so a newer index tells that it took effect, or one before it did late.
                unknown++;
                ask();
                return;
            }
            if (applied != null) {
                index = Math.max(index, applied.index());
            }
            // Commands that came late or twice let later ones be refused: these leave no index.
            if (!(cause instanceof NotLeaderException)) {
                next++;
            }
            busy = false;
        }

        private void ask() {
            cluster.on(names.get(random.nextInt(names.size()))).ifPresentOrElse(
                    server -> server.group().current(ReadMode.QUORUM).whenComplete((done, failure) -> {
                        if (failure != null) {
                            cluster.time().after(50, this::ask);
                        } else {
                            long read = server.group().appliedIndex();
                            next += read > index ? 1 : 0;
                            index = Math.max(index, read);
                            busy = false;
                        }
                    }),
                    () -> cluster.time().after(50, this::ask));
        }
    }

    @Test
    void servers_that_fail_keep_the_same_state_of_jobs_and_allocations() {
        int[] unknown = {0};
        SeededRandom.rounds(Math.max(1, SEEDS / CLUSTERS), random -> {
            JsonCommandCodec codec = new JsonCommandCodec();
            List<Command> commands = SimulationTest.trouble(random).commands().stream().map(codec::decode).toList();
            for (int i = 0; i < CLUSTERS; i++) {
                unknown[0] += replicate(random, commands.subList(0, Math.min(commands.size(), 40 + random.nextInt(60))));
            }
        });
        assertThat(unknown[0]).as("answers that were lost, of all").isPositive();
    }

    /** Proposes all commands under faults, mends all, and compares; returns how often nobody knew what became of one. */
    private static int replicate(RandomGenerator random, List<Command> commands) {
        SimulatedCluster<Server> cluster = new SimulatedCluster<>(random, 3,
                new Quality(random.nextDouble() * 0.15, random.nextDouble() * 0.15, 1 + random.nextInt(30)), 3 + random.nextInt(30), Server::on);
        List<String> names = List.copyOf(cluster.names());
        names.forEach(cluster::start);
        Proposer proposer = new Proposer(cluster, random, commands);
        for (int i = 0; i < 3 * commands.size(); i++) {
            proposer.go();
            cluster.time().runUntil(cluster.time().millis() + 1 + random.nextInt(60));
            fault(cluster, names, random);
        }
        cluster.network().heal();
        cluster.network().become(Quality.GOOD);
        names.forEach(cluster::start);
        cluster.time().runUntil(cluster.time().millis() + 8_000);

        List<byte[]> states = new ArrayList<>();
        names.forEach(name -> cluster.on(name).ifPresent(server -> states.add(server.saved())));
        assertThat(states).hasSize(3).allSatisfy(state -> assertThat(state).isEqualTo(states.getFirst()));
        long kept = cluster.on(names.getFirst()).orElseThrow().store().state().index();
        assertThat(kept).as("index of what was acknowledged or read").isGreaterThanOrEqualTo(proposer.index);
        return proposer.unknown;
    }

    private static void fault(SimulatedCluster<Server> cluster, List<String> names, RandomGenerator random) {
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(30)) {
            case 0 -> cluster.crash(name);
            case 1, 2, 3 -> cluster.start(name);
            case 4 -> cluster.network().cut(Set.of(name));
            case 5, 6 -> cluster.network().heal();
            case 7 -> cluster.elect();
            case 8 -> {
                names.forEach(cluster::crash);
                names.forEach(cluster::start);
            }
            default -> {}
        }
    }
}
