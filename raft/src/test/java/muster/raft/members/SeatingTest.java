package muster.raft.members;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import muster.raft.Member;
import muster.raft.members.AgentMember.Status;
import muster.raft.members.LogSeat.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SeatingTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Quorum.Rules RULES = new Quorum.Rules(true, 0, Duration.ofSeconds(10));

    private final Seating seating = new Seating();

    private static Member server(String id) {
        return new Member(id, "127.0.0.1:8300");
    }

    private static List<Member> log(String... ids) {
        return Stream.of(ids).map(SeatingTest::server).toList();
    }

    private static LogSeat leader(String... log) {
        return new LogSeat(server(log[0]), State.SEATED, 3, log(log), true);
    }

    private static AgentMember agent(String id, Status status, LogSeat seat) {
        return new AgentMember("agent-" + id, id, "127.0.0.1", 8301, true, "dc1", seat.tags(), 1, status, 0);
    }

    private static AgentMember seated(String id, Status status) {
        return agent(id, status, new LogSeat(server(id), State.SEATED, 3, log("a", "b", "c"), false));
    }

    private static AgentMember waiting(String id, Status status) {
        return agent(id, status, new LogSeat(server(id), State.WAITING, 3, List.of(), false));
    }

    private List<String> steady(long now, AgentMember... others) {
        return seating.steady(leader("a", "b"), List.of(others), RULES, now).stream().map(seat -> seat.member().id()).toList();
    }

    @Test
    void who_waits_without_a_break_gets_a_seat() {
        assertThat(steady(0, waiting("x", Status.ALIVE))).isEmpty();
        assertThat(steady(9 * SECOND, waiting("x", Status.ALIVE))).isEmpty();
        assertThat(steady(10 * SECOND, waiting("x", Status.ALIVE))).containsExactly("x");
    }

    @Test
    void who_was_away_waits_anew() {
        steady(0, waiting("x", Status.ALIVE));
        steady(9 * SECOND, waiting("x", Status.FAILED));
        assertThat(steady(10 * SECOND, waiting("x", Status.ALIVE))).isEmpty();
        assertThat(steady(20 * SECOND, waiting("x", Status.ALIVE))).containsExactly("x");
    }

    @Test
    void a_new_lead_looks_for_itself_who_is_steady() {
        steady(0, waiting("x", Status.ALIVE));
        seating.follows();
        assertThat(steady(10 * SECOND, waiting("x", Status.ALIVE))).isEmpty();
    }

    @Test
    void who_has_a_seat_does_not_wait_for_one() {
        steady(0, waiting("b", Status.ALIVE));
        assertThat(steady(10 * SECOND, waiting("b", Status.ALIVE))).isEmpty();
    }

    @Test
    void a_change_is_tried_again_after_a_while() {
        assertThat(seating.isDue("x", 0)).isTrue();
        assertThat(seating.isDue("x", 5 * SECOND - 1)).isFalse();
        assertThat(seating.isDue("y", 5 * SECOND - 1)).isTrue();
        assertThat(seating.isDue("x", 5 * SECOND)).isTrue();
    }

    private record Vacancy(String name, List<Member> log, List<AgentMember> others, Quorum.Rules rules, List<String> vacant) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Vacancy> vacancies() {
        AgentMember there = seated("b", Status.ALIVE);
        AgentMember dead = seated("c", Status.FAILED);
        AgentMember came = seated("d", Status.ALIVE);
        return List.of(
                new Vacancy("who left loses its seat", log("a", "b", "c"), List.of(there, seated("c", Status.LEFT)), RULES, List.of("c")),
                new Vacancy("who is leaving still has it", log("a", "b", "c"), List.of(there, seated("c", Status.LEAVING)), RULES, List.of()),
                new Vacancy("a dead one of three keeps it", log("a", "b", "c"), List.of(there, dead), RULES, List.of()),
                new Vacancy("a dead one of four was replaced", log("a", "b", "c", "d"), List.of(there, dead, came), RULES, List.of("c")),
                new Vacancy("not where dead ones are kept", log("a", "b", "c", "d"), List.of(there, dead, came),
                        new Quorum.Rules(false, 0, Duration.ZERO), List.of()),
                new Vacancy("nor below the least number", log("a", "b", "c", "d"), List.of(there, dead, came),
                        new Quorum.Rules(true, 4, Duration.ZERO), List.of()),
                new Vacancy("nor while too few are there to spare it", log("a", "b", "c", "d"), List.of(seated("b", Status.FAILED), dead, came), RULES,
                        List.of()),
                new Vacancy("an agent that came back under another name has the seat", log("a", "b", "c"),
                        List.of(there, seated("c", Status.LEFT), agent("c", Status.ALIVE, new LogSeat(server("c"), State.SEATED, 3, log("a"), false))),
                        RULES, List.of()),
                new Vacancy("a seat of nobody known stays", log("a", "b", "c"), List.of(there), RULES, List.of()));
    }

    @ParameterizedTest
    @MethodSource("vacancies")
    void is_vacant(Vacancy given) {
        assertThat(Seating.vacant(leader("a"), given.log(), given.others(), given.rules())).extracting(seat -> seat.member().id())
                .containsExactlyElementsOf(given.vacant());
    }

    @Test
    void a_server_that_its_leader_does_not_count_for_a_while_is_removed() {
        LogSeat self = new LogSeat(server("b"), State.SEATED, 3, log("a", "b", "c"), false);
        List<AgentMember> strange = List.of(agent("a", Status.ALIVE, leader("a", "c")));
        List<AgentMember> known = List.of(agent("a", Status.ALIVE, leader("a", "b", "c")));
        assertThat(seating.isRemoved(self, strange, 0)).isFalse();
        assertThat(seating.isRemoved(self, known, 4 * SECOND)).isFalse();
        assertThat(seating.isRemoved(self, strange, 5 * SECOND)).isFalse();
        assertThat(seating.isRemoved(self, strange, 10 * SECOND)).isFalse();
        assertThat(seating.isRemoved(self, strange, 10 * SECOND + 1)).isTrue();
    }
}
