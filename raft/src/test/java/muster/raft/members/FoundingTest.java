package muster.raft.members;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import muster.raft.Member;
import muster.raft.members.LogSeat.State;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.api.Test;

class FoundingTest {
    private record Case(String name, LogSeat self, List<LogSeat> others, Class<? extends Founding> decision, List<String> members) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Member server(String id) {
        return new Member(id, "127.0.0.1:8300");
    }

    private static LogSeat fresh(String id, int expect) {
        return new LogSeat(server(id), State.NEW, expect, List.of(), false);
    }

    private static LogSeat seated(String id, String... members) {
        return new LogSeat(server(id), State.SEATED, 3, Stream.of(members).map(FoundingTest::server).toList(), false);
    }

    static List<Case> cases() {
        return List.of(
                new Case("one that expects itself alone begins", fresh("a", 1), List.of(), Founding.Found.class, List.of("a")),
                new Case("the lowest of three begins", fresh("a", 3), List.of(fresh("c", 3), fresh("b", 3)), Founding.Found.class,
                        List.of("a", "b", "c")),
                new Case("the others wait for it", fresh("b", 3), List.of(fresh("c", 3), fresh("a", 3)), Founding.Wait.class, List.of()),
                new Case("two of three wait", fresh("a", 3), List.of(fresh("b", 3)), Founding.Wait.class, List.of()),
                new Case("one too many is not among the founders", fresh("a", 3), List.of(fresh("b", 3), fresh("c", 3), fresh("d", 3)),
                        Founding.Found.class, List.of("a", "b", "c")),
                new Case("one that expects another number does not count", fresh("a", 3), List.of(fresh("b", 3), fresh("c", 5)),
                        Founding.Wait.class, List.of()),
                new Case("a log that is there is joined", fresh("a", 3), List.of(fresh("b", 3), fresh("c", 3), seated("x", "x", "y")),
                        Founding.Join.class, List.of()),
                new Case("a log begun with this server is taken", fresh("a", 3), List.of(seated("b", "a", "b", "c")), Founding.Take.class,
                        List.of("a", "b", "c")),
                new Case("without a number it waits for a log", fresh("a", 0), List.of(fresh("b", 0), fresh("c", 3)), Founding.Wait.class,
                        List.of()),
                new Case("and joins it", fresh("a", 0), List.of(seated("b", "b")), Founding.Join.class, List.of()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decides(Case given) {
        Founding decision = Founding.decide(given.self(), given.others());
        assertThat(decision).isInstanceOf(given.decision());
        List<Member> members = switch (decision) {
            case Founding.Found(List<Member> log) -> log;
            case Founding.Take(List<Member> log) -> log;
            case Founding.Join() -> List.of();
            case Founding.Wait wait -> List.of();
        };
        assertThat(members).extracting(Member::id).containsExactlyElementsOf(given.members());
    }

    @Test
    void a_seat_is_read_as_it_was_told() throws Exception {
        LogSeat seat = new LogSeat(server("a"), State.SEATED, 3, List.of(server("a"), server("b")), true);
        AgentMember agent = new AgentMember("n", "i", "h", 1, true, "dc1", seat.tags(), 1, AgentMember.Status.ALIVE, 0);
        assertThat(LogSeat.of(agent)).contains(seat);
        assertThat(LogSeat.of(new AgentMember("n", "i", "h", 1, false, "dc1", Map.of(), 1, AgentMember.Status.ALIVE, 0))).isEmpty();
        assertThat(LogSeat.members(LogSeat.bytes(seat.members()))).isEqualTo(seat.members());
    }
}
