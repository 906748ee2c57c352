package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import muster.raft.Texts.Recorder;
import muster.testkit.SeededRandom;
import muster.testkit.simulation.SimulatedNetwork.Quality;
import org.junit.jupiter.api.Test;

class SimulatedClusterTest {
    private record Program(Recorder machine, ReplicatedLog<String, String> log) {
        static Program on(LogGroup group) {
            Recorder machine = new Recorder();
            return new Program(machine, group.attach("texts", Texts.CODEC, machine));
        }
    }

    /** Texts are proposed on all servers while these crash, restart and are cut off; then all is mended. */
    @Test
    void what_is_acknowledged_is_there_once_on_every_server_after_any_faults() {
        int[] all = {0};
        SeededRandom.rounds(150, random -> {
            SimulatedCluster<Program> cluster = new SimulatedCluster<>(random, 3 + 2 * random.nextInt(2),
                    new Quality(0.1, 0.1, 30), 3 + random.nextInt(40), Program::on);
            List<String> names = List.copyOf(cluster.names());
            names.forEach(cluster::start);
            List<String> acknowledged = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                cluster.time().runUntil(cluster.time().millis() + random.nextInt(60));
                fault(cluster, names, random);
                String text = "t" + i;
                cluster.on(names.get(random.nextInt(names.size()))).ifPresent(program ->
                        program.log().propose(text).thenAccept(applied -> acknowledged.add(applied.index() + ":" + text)));
            }
            cluster.network().heal();
            cluster.network().become(Quality.GOOD);
            names.forEach(cluster::start);
            cluster.time().runUntil(cluster.time().millis() + 10_000);

            List<String> first = cluster.on(names.getFirst()).orElseThrow().machine().applied;
            for (String name : names) {
                assertThat(cluster.on(name).orElseThrow().machine().applied).as(name).isEqualTo(first);
            }
            assertThat(first).containsAll(acknowledged);
            assertThat(first.stream().map(line -> line.substring(line.indexOf(':'))).toList()).doesNotHaveDuplicates();
            all[0] += acknowledged.size();
        });
        assertThat(all[0]).as("acknowledged in all rounds").isPositive();
    }

    private static void fault(SimulatedCluster<?> cluster, List<String> names, RandomGenerator random) {
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(24)) {
            case 0 -> cluster.crash(name);
            case 1, 2, 3 -> cluster.start(name);
            case 4 -> cluster.network().cut(Set.of(name));
            case 5, 6 -> cluster.network().heal();
            case 7 -> cluster.elect();
            case 8 -> names.forEach(cluster::crash);
            case 9 -> names.forEach(cluster::start);
            default -> {}
        }
    }

    @Test
    void a_read_that_asks_a_majority_sees_what_was_answered_before_anywhere() {
        int[] read = {0};
        SeededRandom.rounds(100, random -> {
            SimulatedCluster<Program> cluster =
                    new SimulatedCluster<>(random, 3, new Quality(0.05, 0.05, 20), 20, Program::on);
            List<String> names = List.copyOf(cluster.names());
            names.forEach(cluster::start);
            List<Long> answered = new ArrayList<>(List.of(0L));
            List<String> stale = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                cluster.time().runUntil(cluster.time().millis() + random.nextInt(80));
                fault(cluster, names, random);
                String text = "t" + i;
                cluster.on(names.get(random.nextInt(names.size()))).ifPresent(program ->
                        program.log().propose(text).thenAccept(applied -> answered.add(applied.index())));
                long sure = answered.stream().max(Long::compare).orElseThrow();
                Optional<LogGroup> asked = cluster.log(names.get(random.nextInt(names.size())));
                asked.ifPresent(log -> log.current(ReadMode.QUORUM).thenRun(() -> {
                    read[0]++;
                    if (log.appliedIndex() < sure) {
                        stale.add("read at " + log.appliedIndex() + " after " + sure + " was answered");
                    }
                }));
            }
            cluster.network().heal();
            names.forEach(cluster::start);
            cluster.time().runUntil(cluster.time().millis() + 10_000);
            assertThat(stale).isEmpty();
        });
        assertThat(read[0]).as("reads in all rounds").isPositive();
    }
}
