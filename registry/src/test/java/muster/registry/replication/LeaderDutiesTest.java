package muster.registry.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import muster.registry.state.Command;
import muster.registry.state.Samples;
import muster.registry.state.Session;
import muster.registry.state.State;
import org.junit.jupiter.api.Test;

class LeaderDutiesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Session SESSION = new Session("11111111-2222-3333-4444-555555555551", "", "n1",
            Duration.ofSeconds(15), Session.Behavior.RELEASE, "10s", List.of(), List.of(), 0, 0);

    private final LeaderDuties duties = new LeaderDuties();
    private State state = State.EMPTY;

    private void apply(Command command, Instant now) {
        State.Outcome outcome = state.apply(state.index() + 1, command);
        state = outcome.state();
        duties.changed(outcome.changes(), state, now);
    }

    @Test
    void aSessionThatIsNotRenewedEndsAfterTwiceItsTtl() {
        duties.due(true, state, START);
        apply(Samples.register("n1"), START);
        apply(new Command.CreateSession(SESSION), START);
        assertThat(duties.due(true, state, START.plusSeconds(19))).isEmpty();
        assertThat(duties.due(true, state, START.plusSeconds(20))).containsExactly(new Command.EndSession(SESSION.id()));
    }

    @Test
    void renewingStartsTheTimeAgain() {
        duties.due(true, state, START);
        apply(Samples.register("n1"), START);
        apply(new Command.CreateSession(SESSION), START);
        duties.renew(SESSION, START.plusSeconds(15));
        assertThat(duties.due(true, state, START.plusSeconds(34))).isEmpty();
        assertThat(duties.due(true, state, START.plusSeconds(35))).hasSize(1);
    }

    @Test
    void aNewLeaderRestartsAllTimers() {
        apply(Samples.register("n1"), START);
        apply(new Command.CreateSession(SESSION), START);
        assertThat(duties.due(false, state, START.plusSeconds(100))).isEmpty();
        assertThat(duties.due(true, state, START.plusSeconds(100))).isEmpty();
        assertThat(duties.due(true, state, START.plusSeconds(120))).hasSize(1);
    }

    @Test
    void aKeyThatItsSessionLostRefusesHoldersForTheLockDelay() {
        duties.due(true, state, START);
        apply(Samples.register("n1"), START);
        apply(new Command.CreateSession(SESSION), START);
        apply(Samples.acquire("k", SESSION.id()), START);
        apply(new Command.EndSession(SESSION.id()), START);
        assertThat(duties.isDelayed("k", START.plusSeconds(14))).isTrue();
        assertThat(duties.isDelayed("k", START.plusSeconds(15))).isFalse();
        assertThat(duties.isDelayed("other", START)).isFalse();
    }

    @Test
    void tombstonesAreCollectedWhenTheyAreAQuarterOfAnHourOld() {
        duties.due(true, state, START);
        apply(Samples.put("a", "1"), START);
        apply(Samples.delete("a"), START);
        duties.due(true, state, START.plusSeconds(31));
        assertThat(duties.due(true, state, START.plus(Duration.ofMinutes(14)))).isEmpty();
        assertThat(duties.due(true, state, START.plus(Duration.ofMinutes(16))))
                .containsExactly(new Command.CollectTombstones(2));
    }
}
