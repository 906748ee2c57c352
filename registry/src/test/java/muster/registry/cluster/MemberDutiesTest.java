package muster.registry.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import muster.raft.members.AgentMember;
import muster.raft.members.AgentMember.Status;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.State;
import org.junit.jupiter.api.Test;

class MemberDutiesTest {
    private static final Instant NOW = Instant.EPOCH;

    private final MemberDuties duties = new MemberDuties();

    private static AgentMember member(Status status) {
        return new AgentMember("a", "11111111-2222-3333-4444-555555555555", "10.0.0.1", 8301, true, "dc1", Map.of("port", "8300"), 1, status, 0);
    }

    private List<Command> due(Status status, State state, Instant now) {
        return duties.due("leader", List.of(member(status)), state.catalog(), now);
    }

    private static State applied(State state, List<Command> commands) {
        State next = state;
        for (Command command : commands) {
            next = next.apply(next.index() + 1, command).state();
        }
        return next;
    }

    private static String health(State state) {
        return state.catalog().checksOf("a").stream().filter(check -> check.id().equals(Check.SERF_HEALTH)).findFirst().orElseThrow().status();
    }

    /** Plan: an agent comes, fails, comes back and leaves; after each the catalog says so, and nothing more is due. */
    @Test
    void the_catalog_follows_an_agent_through_its_life() {
        State state = applied(State.EMPTY, due(Status.ALIVE, State.EMPTY, NOW));
        assertThat(health(state)).isEqualTo(Check.PASSING);
        assertThat(state.catalog().servicesOf("a")).singleElement().satisfies(service -> assertThat(service.port()).isEqualTo(8300));
        assertThat(due(Status.ALIVE, state, NOW)).isEmpty();

        state = applied(state, due(Status.FAILED, state, NOW));
        assertThat(health(state)).isEqualTo(Check.CRITICAL);
        assertThat(due(Status.FAILED, state, NOW)).isEmpty();

        state = applied(state, due(Status.ALIVE, state, NOW.plusSeconds(20)));
        assertThat(health(state)).isEqualTo(Check.PASSING);

        state = applied(state, due(Status.LEFT, state, NOW));
        assertThat(state.catalog().node("a")).isEmpty();
        assertThat(due(Status.LEFT, state, NOW)).isEmpty();
    }

    @Test
    void what_was_just_proposed_is_not_proposed_again_for_a_while() {
        assertThat(due(Status.ALIVE, State.EMPTY, NOW)).hasSize(1);
        assertThat(due(Status.ALIVE, State.EMPTY, NOW.plusSeconds(5))).isEmpty();
        assertThat(due(Status.ALIVE, State.EMPTY, NOW.plusSeconds(11))).hasSize(1);
    }

    @Test
    void the_leader_keeps_its_own_rows_and_an_unknown_agent_that_failed_is_none() {
        assertThat(duties.due("a", List.of(member(Status.ALIVE)), State.EMPTY.catalog(), NOW)).isEmpty();
        assertThat(due(Status.FAILED, State.EMPTY, NOW)).isEmpty();
    }
}
