package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import muster.raft.Texts.Recorder;
import muster.raft.members.AgentMember;
import muster.raft.members.AskException;
import muster.raft.members.MemberSettings;
import muster.raft.members.Membership;
import muster.raft.members.Quorum;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers and an agent beside them that find each other and make up a log, in one process, over loopback. */
@Timeout(180)
class QuorumTest {
    private static final MemberSettings.Times QUICK = new MemberSettings.Times(Duration.ofMillis(200), Duration.ofSeconds(2),
            Duration.ofSeconds(3), Duration.ofMillis(800), Duration.ofHours(1));

    @TempDir
    Path folder;

    private final List<Agent> agents = new ArrayList<>();

    private volatile Duration stabilization = Duration.ZERO;

    private final class Agent implements AutoCloseable {
        final String name;
        final Membership members;
        final Optional<RatisLogGroup> group;
        final Recorder machine = new Recorder();
        final CompletableFuture<Void> removed = new CompletableFuture<>();
        private ReplicatedLog<String, String> log;
        private Quorum quorum;

        Agent(String name, int expect, String secret, List<String> join) throws Exception {
            this.name = name;
            boolean server = expect >= 0;
            Optional<String> shared = Optional.of(secret);
            Path home = folder.resolve(name);
            group = server ? Optional.of(RatisLogGroup.clustered(home.resolve("log"), new ClusterSettings("127.0.0.1:0", Optional.empty(),
                    Sockets.plain(), shared, Duration.ofMillis(300), Duration.ofSeconds(2), Duration.ofSeconds(10)))) : Optional.empty();
            group.ifPresent(present -> {
                log = present.attach("a", Texts.CODEC, machine);
                present.start();
            });
            members = new Membership(new MemberSettings("127.0.0.1:0", Optional.empty(), Sockets.plain(), shared,
                    new MemberSettings.Join(join, Duration.ofMillis(200), 0), QUICK, Optional.of(home.resolve("members"))),
                    new AgentMember(name, UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString(), "", 0, server, "dc1",
                            Map.of(), 0, AgentMember.Status.ALIVE, 0), InstantSource.system());
            group.ifPresent(present -> quorum =
                    new Quorum(present, members, expect, () -> new Quorum.Rules(true, 0, stabilization), () -> removed.complete(null)));
            agents.add(this);
            members.start();
            if (server) {
                quorum.start();
            }
        }

        String address() {
            return members.self().address();
        }

        Applied<String> write(String command) throws Exception {
            return log.propose(command).get(30, TimeUnit.SECONDS);
        }

        AgentMember.Status sees(Agent other) {
            return members.members().stream().filter(member -> member.name().equals(other.name)).map(AgentMember::status).findFirst()
                    .orElse(null);
        }

        int logSize() {
            return group.orElseThrow().members().size();
        }

        @Override
        public void close() {
            if (quorum != null) {
                quorum.close();
            }
            members.close();
            group.ifPresent(RatisLogGroup::close);
        }
    }

    @AfterEach
    void closeAll() {
        agents.forEach(Agent::close);
    }

    private Agent server(String name, int expect, Agent... join) throws Exception {
        return new Agent(name, expect, "secret", List.of(join).stream().map(Agent::address).toList());
    }

    private List<Agent> three() throws Exception {
        Agent first = server("one", 3);
        List<Agent> three = List.of(first, server("two", 3, first), server("three", 3, first));
        Eventually.holds("three servers have a log", () -> three.stream().allMatch(server -> server.group.orElseThrow().leader().isPresent()));
        return three;
    }

    private static Agent leader(List<Agent> among) {
        return Eventually.value("a leader", () -> among.stream().filter(server -> server.group.orElseThrow().isLeader()).findFirst());
    }

    /** Plan: three servers and a client; the leader is closed; writes go on, all see it failed; it comes back with its data. */
    @Test
    void three_servers_begin_a_log_and_go_on_without_one() throws Exception {
        List<Agent> three = three();
        assertThat(three.getLast().write("one").index()).isEqualTo(1);
        Agent client = new Agent("client", -1, "secret", List.of(three.getFirst().address()));
        Eventually.holds("all know all", () -> agents.stream().allMatch(agent -> agent.members.members().size() == 4));
        Eventually.holds("the client sees three servers", () -> client.members.servers().size() == 3);

        Agent first = leader(three);
        List<Agent> others = three.stream().filter(server -> server != first).toList();
        first.close();
        assertThat(others.getFirst().write("two").index()).isEqualTo(2);
        for (Agent agent : List.of(others.getFirst(), others.getLast(), client)) {
            Eventually.holds(agent.name + " sees it failed", () -> agent.sees(first) == AgentMember.Status.FAILED);
        }
        assertThat(others.getFirst().logSize()).as("it keeps its seat").isEqualTo(3);

        Agent back = server(first.name, 3);
        Eventually.holds("it is back without being told of anybody", () -> client.sees(back) == AgentMember.Status.ALIVE);
        assertThat(back.write("three").index()).isEqualTo(3);
        assertThat(back.machine.applied).hasSize(3);
    }

    @Test
    void a_fourth_server_takes_the_seat_of_a_dead_one() throws Exception {
        List<Agent> three = three();
        three.getFirst().write("one");
        Agent dead = three.getLast();
        dead.close();
        Agent fourth = server("four", 0, three.getFirst());
        Eventually.holds("the new one has a seat and the dead one none", () -> fourth.logSize() == 3
                && fourth.group.orElseThrow().members().contains(fourth.group.orElseThrow().self()));
        assertThat(fourth.write("two").index()).isEqualTo(2);
        assertThat(fourth.machine.applied).hasSize(2);

        Agent back = server(dead.name, 0, fourth);
        back.removed.get(60, TimeUnit.SECONDS);
    }

    @Test
    void a_server_without_a_seat_gets_one_once_it_was_there_for_long_enough() throws Exception {
        List<Agent> three = three();
        stabilization = Duration.ofHours(1);
        Agent fourth = server("four", 0, three.getFirst());
        Eventually.holds("it waits", () -> !fourth.group.orElseThrow().isNew() && leader(three).sees(fourth) == AgentMember.Status.ALIVE);
        three.getFirst().write("one");
        assertThat(three).extracting(Agent::logSize).containsOnly(3);
        stabilization = Duration.ofMillis(300);
        Eventually.holds("it has a seat", () -> fourth.logSize() == 4);
        assertThat(fourth.write("two").index()).isEqualTo(2);
    }

    /** Plan: five begin together, and not before; two die and the three go on; a sixth takes the seat of one of the dead. */
    @Test
    void five_servers_begin_a_log_and_go_on_without_two() throws Exception {
        List<Agent> all = new ArrayList<>(List.of(server("s1", 5)));
        for (int i = 2; i <= 4; i++) {
            all.add(server("s" + i, 5, all.getFirst()));
        }
        Eventually.holds("four know one another", () -> all.stream().allMatch(agent -> agent.members.members().size() == 4));
        assertThat(all).as("four are too few").allMatch(agent -> agent.group.orElseThrow().isNew());
        all.add(server("s5", 5, all.getFirst()));
        Eventually.holds("five have a log", () -> all.stream().allMatch(agent -> agent.group.orElseThrow().leader().isPresent() && agent.logSize() == 5));
        assertThat(all.getLast().write("one").index()).isEqualTo(1);

        Agent first = leader(all);
        List<Agent> dead = List.of(first, all.stream().filter(agent -> agent != first).findFirst().orElseThrow());
        dead.forEach(Agent::close);
        List<Agent> left = all.stream().filter(agent -> !dead.contains(agent)).toList();
        assertThat(left.getFirst().write("two").index()).isEqualTo(2);

        Agent sixth = server("s6", 0, left.getFirst());
        Eventually.holds("one of the dead lost its seat to the new one", () -> sixth.logSize() == 5
                && sixth.group.orElseThrow().members().contains(sixth.group.orElseThrow().self()));
        assertThat(sixth.write("three").index()).isEqualTo(3);
        assertThat(sixth.machine.applied).containsExactly("1:one", "2:two", "3:three");
    }

    @Test
    void one_server_becomes_three_and_the_first_may_leave() throws Exception {
        Agent first = server("one", 1);
        first.write("alone");
        Agent second = server("two", 3, first);
        Agent third = server("three", 3, first);
        Eventually.holds("all have seats", () -> List.of(first, second, third).stream().allMatch(server -> server.logSize() == 3));
        assertThat(third.write("by three").index()).isEqualTo(2);

        assertThat(first.quorum.leave(Duration.ofSeconds(20))).isTrue();
        first.members.leave(false);
        first.close();
        Eventually.holds("two are left", () -> second.logSize() == 2 && third.logSize() == 2);
        assertThat(second.sees(first)).isEqualTo(AgentMember.Status.LEFT);
        assertThat(third.write("by two").index()).isEqualTo(3);
    }

    @Test
    void all_stop_and_start_again_in_another_order_at_other_ports() throws Exception {
        List<Agent> three = three();
        three.getFirst().write("one");
        List<String> addresses = three.stream().map(Agent::address).toList();
        three.forEach(Agent::close);
        List<Agent> again = new ArrayList<>();
        again.add(server("three", 3));
        again.add(server("one", 3, again.getFirst()));
        assertThat(again.getLast().write("two").index()).isEqualTo(2);
        again.add(server("two", 3, again.getFirst()));
        assertThat(again.getLast().write("three").index()).isEqualTo(3);
        assertThat(again.getLast().machine.applied).containsExactly("1:one", "2:two", "3:three");
        assertThat(again).extracting(Agent::address).doesNotContainAnyElementsOf(addresses);
    }

    @Test
    void a_failed_agent_is_made_to_leave() throws Exception {
        Agent server = server("one", 1);
        Agent client = new Agent("client", -1, "secret", List.of(server.address()));
        Eventually.holds("the server knows it", () -> server.sees(client) == AgentMember.Status.ALIVE);
        client.close();
        Eventually.holds("it failed", () -> server.sees(client) == AgentMember.Status.FAILED);
        assertThat(server.members.forceLeave("client", false)).isTrue();
        assertThat(server.sees(client)).isEqualTo(AgentMember.Status.LEFT);
        assertThat(server.members.forceLeave("client", true)).isTrue();
        assertThat(server.sees(client)).isNull();
        assertThat(server.members.forceLeave("nobody", false)).isFalse();
    }

    @Test
    void agents_ask_each_other_and_are_told_when_the_other_is_gone() throws Exception {
        Agent server = server("one", 1);
        server.members.answer("echo", (from, body, gone) -> CompletableFuture.completedFuture((from + new String(body)).getBytes()));
        server.members.answer("refuse", (from, body, gone) -> CompletableFuture.failedFuture(new IllegalStateException("no")));
        CompletableFuture<Void> withdrawn = new CompletableFuture<>();
        server.members.answer("wait", (from, body, gone) -> {
            gone.thenRun(() -> withdrawn.complete(null));
            return new CompletableFuture<>();
        });
        Agent client = new Agent("client", -1, "secret", List.of(server.address()));
        Eventually.holds("the client knows it", () -> client.sees(server) == AgentMember.Status.ALIVE);
        assertThat(new String(client.members.ask("one", "echo", "!".getBytes()).get(20, TimeUnit.SECONDS))).isEqualTo("client!");
        assertThat(reason(client.members.ask("one", "refuse", new byte[0]))).isEqualTo(AskException.Reason.REFUSED);
        assertThat(reason(client.members.ask("one", "unknown", new byte[0]))).isEqualTo(AskException.Reason.REFUSED);
        assertThat(reason(client.members.ask("nobody", "echo", new byte[0]))).isEqualTo(AskException.Reason.NOT_SENT);
        CompletableFuture<byte[]> cancelled = client.members.ask("one", "wait", new byte[0]);
        cancelled.cancel(true);
        withdrawn.get(20, TimeUnit.SECONDS);
        CompletableFuture<byte[]> waiting = client.members.ask("one", "wait", new byte[0]);
        client.members.ask("one", "echo", new byte[0]).get(20, TimeUnit.SECONDS);
        server.close();
        assertThat(reason(waiting)).isEqualTo(AskException.Reason.LOST);
    }

    private static AskException.Reason reason(CompletableFuture<byte[]> answer) throws Exception {
        try {
            answer.get(20, TimeUnit.SECONDS);
            throw new AssertionError("it was answered");
        } catch (ExecutionException e) {
            return ((AskException) e.getCause()).reason();
        }
    }

    @Test
    void strangers_namesakes_and_other_logs_are_not_let_in() throws Exception {
        Agent server = server("one", 1);
        server.write("one");
        Agent stranger = new Agent("stranger", -1, "another secret", List.of());
        assertThat(stranger.members.join(List.of(server.address())).problems()).singleElement().asString().contains("Failed to join 127.0.0.1");
        Agent other = server("two", 1);
        other.write("another log");
        assertThat(other.members.join(List.of(server.address())).problems()).singleElement().asString().contains("a log of its own");
        assertThat(other.members.join(List.of("127.0.0.1:1", "no.such.host.invalid")).problems()).hasSize(2);
        assertThat(server.members.members()).hasSize(1);
    }

    /** Plan: an agent leaves to come back and does, with nobody to look for; it leaves for good and knows nobody then. */
    @Test
    void an_agent_that_left_finds_the_others_again_where_it_is_to_come_back() throws Exception {
        Agent server = server("one", 1);
        Agent client = new Agent("client", -1, "secret", List.of(server.address()));
        Eventually.holds("they know each other", () ->
                server.sees(client) == AgentMember.Status.ALIVE && client.sees(server) == AgentMember.Status.ALIVE);
        client.members.leave(true);
        Eventually.holds("it left", () -> server.sees(client) == AgentMember.Status.LEFT);
        client.close();
        Agent back = new Agent("client", -1, "secret", List.of());
        Eventually.holds("it is back", () ->
                server.sees(back) == AgentMember.Status.ALIVE && back.sees(server) == AgentMember.Status.ALIVE);
        back.members.leave(false);
        back.close();
        assertThat(new Agent("client", -1, "secret", List.of()).members.members()).hasSize(1);
    }
}
