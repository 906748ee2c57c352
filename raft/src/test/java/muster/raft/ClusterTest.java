package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import muster.raft.Texts.Recorder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several servers of one log, in one process, over real connections on loopback. */
@Timeout(120)
class ClusterTest {
    private static final LogSizes SMALL = new LogSizes(4_000, 2_000, 20);

    @TempDir
    Path folder;

    private final List<Server> servers = new ArrayList<>();

    private static ClusterSettings settings(Optional<String> secret) {
        return new ClusterSettings("127.0.0.1:0", Optional.empty(), Sockets.plain(), secret, Duration.ofMillis(300),
                Duration.ofSeconds(2), Duration.ofSeconds(4));
    }

    private final class Server implements AutoCloseable {
        final Path home;
        final Recorder machine = new Recorder();
        final RatisLogGroup group;
        final ReplicatedLog<String, String> log;
        final LinkedBlockingQueue<Boolean> leads = new LinkedBlockingQueue<>();

        Server(String name, LogSizes sizes) {
            this(name, sizes, settings(Optional.of("cluster secret")));
        }

        Server(String name, LogSizes sizes, ClusterSettings settings) {
            home = folder.resolve(name);
            group = RatisLogGroup.clustered(home, settings, sizes);
            log = group.attach("a", Texts.CODEC, machine);
            group.onLeadership(leads::add);
            servers.add(this);
            group.start();
        }

        Member member() {
            return group.self();
        }

        @Override
        public void close() {
            group.close();
        }
    }

    @AfterEach
    void closeAll() {
        servers.forEach(Server::close);
    }

    private List<Server> three(LogSizes sizes) {
        List<Server> three = IntStream.range(0, 3).mapToObj(i -> new Server("server-" + i, sizes)).toList();
        List<Member> members = three.stream().map(Server::member).toList();
        three.forEach(server -> server.group.begin(members));
        return three;
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within 30 s: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static Server leader(List<Server> among) throws InterruptedException {
        await("a leader", () -> among.stream().anyMatch(server -> server.group.isLeader()));
        return among.stream().filter(server -> server.group.isLeader()).findFirst().orElseThrow();
    }

    private static List<Server> without(List<Server> all, Server one) {
        return all.stream().filter(server -> server != one).toList();
    }

    @Test
    void whatever_server_is_asked_all_apply_the_same() throws Exception {
        List<Server> three = three(LogSizes.DEFAULT);
        for (int i = 0; i < 30; i++) {
            Server asked = three.get(i % 3);
            Applied<String> answer = asked.log.propose("command " + i).get(20, TimeUnit.SECONDS);
            assertThat(answer).isEqualTo(new Applied<>(i + 1, "COMMAND " + i));
            assertThat(asked.machine.applied).as("what the asked one applied before it answered").hasSize(i + 1);
        }
        for (Server server : three) {
            server.group.current(ReadMode.QUORUM).get(20, TimeUnit.SECONDS);
            assertThat(server.machine.applied).isEqualTo(three.getFirst().machine.applied).hasSize(30);
            assertThat(server.group.members()).containsExactlyInAnyOrderElementsOf(three.stream().map(Server::member).toList());
            assertThat(server.group.leader()).isEqualTo(three.getFirst().group.leader()).isPresent();
        }
    }

    /** Plan: write by all servers without pause, stop the leader in between, count: everything answered is there, once. */
    @Test
    void another_leader_takes_over_and_nothing_is_lost_or_doubled() throws Exception {
        List<Server> three = three(LogSizes.DEFAULT);
        Server first = leader(three);
        List<Server> others = without(three, first);
        List<CompletableFuture<Applied<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            answers.add(others.get(i % 2).log.propose("command " + i));
            if (i == 200) {
                first.close();
            }
            if (i % 20 == 0) {
                answers.getLast().get(20, TimeUnit.SECONDS);
            }
        }
        for (CompletableFuture<Applied<String>> answer : answers) {
            answer.get(20, TimeUnit.SECONDS);
        }
        for (Server server : others) {
            server.group.current(ReadMode.LEASE).get(20, TimeUnit.SECONDS);
            assertThat(server.machine.applied).hasSize(400);
            assertThat(server.machine.applied.stream().map(line -> line.substring(line.indexOf(':') + 1)).distinct()).hasSize(400);
        }
        assertThat(first.leads).containsExactly(true, false);
        assertThat(leader(others).leads.poll(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_minority_answers_neither_writes_nor_reads() throws Exception {
        List<Server> three = three(LogSizes.DEFAULT);
        three.getFirst().log.propose("one").get(20, TimeUnit.SECONDS);
        Server left = leader(three);
        without(three, left).forEach(Server::close);
        assertThatThrownBy(() -> left.log.propose("two").get(30, TimeUnit.SECONDS))
                .cause().isInstanceOfAny(OutcomeUnknownException.class, NotLeaderException.class);
        assertThatThrownBy(() -> left.group.current(ReadMode.LEASE).get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(NotLeaderException.class);
        await("the end of the lead", () -> left.leads.contains(false));
    }

    /** Plan: one of three is down while so much is written that the log no longer reaches back; it comes back, by a snapshot. */
    @Test
    void a_server_that_fell_behind_gets_the_state_and_goes_on() throws Exception {
        List<Server> three = three(SMALL);
        Server behind = without(three, leader(three)).getFirst();
        behind.log.propose("before").get(20, TimeUnit.SECONDS);
        behind.close();
        List<Server> others = without(three, behind);
        for (int i = 0; i < 600; i++) {
            others.getFirst().log.propose("command " + i).get(20, TimeUnit.SECONDS);
        }
        Server back = new Server(behind.home.getFileName().toString(), SMALL);
        back.group.current(ReadMode.QUORUM).get(30, TimeUnit.SECONDS);
        assertThat(back.machine.applied).hasSize(601);
        assertThat(back.log.propose("after").get(20, TimeUnit.SECONDS)).isEqualTo(new Applied<>(602, "AFTER"));
        assertThat(others.getFirst().machine.applied.size()).isGreaterThanOrEqualTo(601);
    }

    /** Plan: a log kept alone, then by a server with a port, then by three; then the first one leaves. */
    @Test
    void a_log_of_one_becomes_one_of_three_and_its_first_server_may_go() throws Exception {
        try (RatisLogGroup alone = new RatisLogGroup(folder.resolve("first"), "here")) {
            ReplicatedLog<String, String> log = alone.attach("a", Texts.CODEC, new Recorder());
            alone.start();
            log.propose("alone").join();
        }
        Server first = new Server("first", LogSizes.DEFAULT);
        assertThat(first.group.isNew()).isFalse();
        first.log.propose("with a port").get(20, TimeUnit.SECONDS);
        Server second = new Server("second", LogSizes.DEFAULT);
        Server third = new Server("third", LogSizes.DEFAULT);
        for (Server added : List.of(second, third)) {
            assertThat(added.group.isNew()).isTrue();
            added.group.begin(List.of());
            first.group.add(added.member());
        }
        third.log.propose("by three").get(20, TimeUnit.SECONDS);
        assertThat(third.machine.applied).containsExactly("1:alone", "2:with a port", "3:by three");
        assertThat(second.group.members()).hasSize(3);

        second.group.remove(first.member().id());
        first.close();
        List<Server> left = List.of(second, third);
        leader(left);
        assertThat(second.log.propose("by two").get(20, TimeUnit.SECONDS).index()).isEqualTo(4);
        assertThat(third.group.members()).containsExactlyInAnyOrder(second.member(), third.member());
    }

    @Test
    void the_lead_is_handed_over() throws Exception {
        List<Server> three = three(LogSizes.DEFAULT);
        Server first = leader(three);
        Server next = without(three, first).getFirst();
        next.group.transfer(next.member().id());
        await("the new leader", () -> next.group.isLeader());
        assertThat(first.log.propose("one").get(20, TimeUnit.SECONDS).index()).isEqualTo(1);
        assertThat(first.group.leader()).contains(next.member().address());
    }

    @Test
    void all_stop_and_start_again_in_any_order() throws Exception {
        List<Server> three = three(LogSizes.DEFAULT);
        three.getLast().log.propose("one").get(20, TimeUnit.SECONDS);
        three.forEach(Server::close);
        List<Server> again = new ArrayList<>();
        for (int i : new int[] {2, 0, 1}) {
            Server server = new Server("server-" + i, LogSizes.DEFAULT);
            again.forEach(other -> {
                other.group.moved(server.member());
                server.group.moved(other.member());
            });
            again.add(server);
        }
        assertThat(again.getFirst().log.propose("two").get(20, TimeUnit.SECONDS).index()).isEqualTo(2);
        assertThat(again.getFirst().machine.applied).containsExactly("1:one", "2:two");
    }

    @Test
    void who_does_not_know_the_secret_is_not_let_in() throws Exception {
        List<Server> three = three(LogSizes.DEFAULT);
        leader(three);
        Server stranger = new Server("stranger", LogSizes.DEFAULT, settings(Optional.of("another secret")));
        stranger.group.begin(List.of());
        Server leader = leader(three);
        assertThatThrownBy(() -> leader.group.add(stranger.member())).isInstanceOf(IllegalStateException.class);
        assertThat(leader.group.members()).hasSize(3);
    }
}
