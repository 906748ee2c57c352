package muster.registry.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import muster.checks.CheckState;
import muster.checks.Outcome;
import muster.checks.Thresholds;
import muster.registry.client.HealthCheck.Status;
import org.junit.jupiter.api.Test;

class LocalStateTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration DELAY = Duration.ofMinutes(5);
    private static final Definitions DEFINITIONS = new Definitions("n1", 4096, false);

    private record Body(Map<String, Object> fields) {}

    private static Registration service(String id, List<String> tags, Body... checks) {
        return DEFINITIONS.service(Bodies.fromTree(Bodies.ServiceBody.class, Map.of("ID", id, "Name", "web", "Tags", tags,
                "Checks", Stream.of(checks).map(Body::fields).toList())), NOW);
    }

    private static Body tcp(String id) {
        return new Body(Map.of("CheckID", id, "TCP", "127.0.0.1:1", "Interval", "10s"));
    }

    private static Body ttl(String id) {
        return new Body(Map.of("CheckID", id, "TTL", "10s"));
    }

    private static LocalState pushed(LocalState state) {
        return state.withUnpushed(LocalState.Unpushed.NOTHING);
    }

    private static LocalState seen(LocalState state, String id, Outcome outcome, Instant at) {
        CheckState next = state.checks().get(id).state().observed(Thresholds.NONE, outcome, at);
        return state.moved(id, next, DELAY, at);
    }

    @Test
    void a_registration_brings_the_service_and_its_checks_and_both_are_to_be_pushed() {
        LocalState state = LocalState.EMPTY.with(service("w1", List.of("a"), tcp("c1")), false, NOW);
        assertThat(state.services()).containsOnlyKeys("w1");
        assertThat(state.checks().get("c1").serviceName()).isEqualTo("web");
        assertThat(state.checks().get("c1").serviceTags()).containsExactly("a");
        assertThat(state.unpushed()).isEqualTo(new LocalState.Unpushed(Set.of("w1"), Set.of("c1")));
    }

    @Test
    void a_second_registration_keeps_checks_that_it_does_not_name_unless_told_to_replace_them() {
        LocalState first = LocalState.EMPTY.with(service("w1", List.of("a"), tcp("c1"), tcp("c2")), false, NOW);
        assertThat(first.with(service("w1", List.of(), tcp("c3")), false, NOW).checks()).containsOnlyKeys("c1", "c2", "c3");

        LocalState marked = first.inMaintenance("w1", "why", NOW);
        LocalState replaced = pushed(marked).with(service("w1", List.of(), tcp("c3")), true, NOW);
        assertThat(replaced.checks()).containsOnlyKeys("c3", "_service_maintenance:w1");
        assertThat(replaced.unpushed().checks()).containsExactlyInAnyOrder("c1", "c2", "c3");
    }

    @Test
    void a_check_that_is_registered_again_as_it_was_keeps_its_state() {
        LocalState state = LocalState.EMPTY.with(service("w1", List.of(), tcp("c1")), false, NOW);
        state = seen(state, "c1", Outcome.passing("fine"), NOW);
        state = state.with(service("w1", List.of("new"), tcp("c1")), true, NOW.plusSeconds(9));
        assertThat(state.checks().get("c1").state().output()).isEqualTo("fine");
        assertThat(state.checks().get("c1").state().everPassed()).isTrue();
        assertThat(state.checks().get("c1").serviceTags()).containsExactly("new");
    }

    @Test
    void a_check_that_changes_keeps_its_status_until_its_first_result() {
        LocalState state = LocalState.EMPTY.with(service("w1", List.of(), tcp("c1")), false, NOW);
        state = seen(state, "c1", Outcome.passing("fine"), NOW);
        state = state.with(service("w1", List.of(), ttl("c1")), false, NOW.plusSeconds(9));
        assertThat(state.checks().get("c1").state().status()).isEqualTo(Status.PASSING);
        assertThat(state.checks().get("c1").state().expiresAt()).contains(NOW.plusSeconds(19));
    }

    @Test
    void a_check_of_an_unknown_service_is_refused() {
        LocalCheck check = DEFINITIONS.check(Bodies.fromTree(Bodies.CheckBody.class,
                Map.of("Name", "c", "TTL", "1s", "ServiceID", "none")), NOW);
        assertThatThrownBy(() -> LocalState.EMPTY.with(check, NOW)).hasMessage("ServiceID \"none\" does not exist");
    }

    @Test
    void a_service_goes_with_its_checks_and_an_unknown_one_changes_nothing() {
        LocalState state = pushed(LocalState.EMPTY.with(service("w1", List.of(), tcp("c1")), false, NOW));
        LocalState gone = state.withoutService("w1");
        assertThat(gone.services()).isEmpty();
        assertThat(gone.checks()).isEmpty();
        assertThat(gone.unpushed()).isEqualTo(new LocalState.Unpushed(Set.of("w1"), Set.of("c1")));
        assertThat(state.withoutService("other")).isSameAs(state);
    }

    /** Plan: an output alone is not pushed until the delay is over; a status is, at once, and takes the output with it. */
    @Test
    void an_output_alone_is_held_back_and_a_status_is_not() {
        LocalState state = LocalState.EMPTY.with(service("w1", List.of(), tcp("c1")), false, NOW);
        state = pushed(seen(state, "c1", Outcome.passing("1"), NOW));

        LocalState said = seen(state, "c1", Outcome.passing("2"), NOW.plusSeconds(10));
        said = seen(said, "c1", Outcome.passing("3"), NOW.plusSeconds(20));
        assertThat(said.unpushed().isEmpty()).isTrue();
        assertThat(said.nextEvent()).contains(NOW.plusSeconds(310));
        assertThat(said.at(NOW.plusSeconds(309), DELAY).unpushed().isEmpty()).isTrue();
        LocalState due = said.at(NOW.plusSeconds(310), DELAY);
        assertThat(due.unpushed().checks()).containsExactly("c1");
        assertThat(due.checks().get("c1").outputDue()).isEmpty();

        LocalState turned = seen(said, "c1", Outcome.critical("4"), NOW.plusSeconds(30));
        assertThat(turned.unpushed().checks()).containsExactly("c1");
        assertThat(turned.checks().get("c1").outputDue()).isEmpty();
    }

    @Test
    void without_a_delay_an_output_is_pushed_at_once() {
        LocalState state = pushed(LocalState.EMPTY.with(service("w1", List.of(), tcp("c1")), false, NOW));
        CheckState next = state.checks().get("c1").state().observed(Thresholds.NONE, Outcome.critical("x"), NOW);
        assertThat(state.moved("c1", next, Duration.ZERO, NOW).unpushed().checks()).containsExactly("c1");
    }

    @Test
    void time_turns_late_ttl_checks_and_removes_services_that_were_critical_for_too_long() {
        Body removed = new Body(Map.of("CheckID", "c1", "TTL", "10s", "DeregisterCriticalServiceAfter", "2m"));
        LocalState state = LocalState.EMPTY.with(service("w1", List.of(), removed), false, NOW)
                .with(service("w2", List.of(), ttl("c2")), false, NOW);
        state = state.moved("c1", state.checks().get("c1").state().told(Outcome.passing(""), NOW), DELAY, NOW);

        LocalState late = state.at(NOW.plusSeconds(10), DELAY);
        assertThat(late.checks().get("c1").state().status()).isEqualTo(Status.CRITICAL);
        assertThat(late.at(NOW.plusSeconds(129), DELAY).services()).containsOnlyKeys("w1", "w2");
        assertThat(late.at(NOW.plusSeconds(130), DELAY).services()).containsOnlyKeys("w2");
        assertThat(state.nextEvent()).contains(NOW.plusSeconds(10));
    }

    @Test
    void nothing_is_changed_by_time_alone_when_nothing_is_due() {
        LocalState state = LocalState.EMPTY.with(service("w1", List.of(), ttl("c1")), false, NOW);
        assertThat(state.at(NOW.plusSeconds(5), DELAY)).isSameAs(state);
        assertThat(LocalState.EMPTY.nextEvent()).isEqualTo(Optional.empty());
    }

    @Test
    void maintenance_is_a_critical_check_and_its_first_reason_stays() {
        LocalState state = LocalState.EMPTY.with(service("w1", List.of()), false, NOW)
                .inMaintenance("w1", "", NOW).inMaintenance("w1", "second", NOW).inMaintenance("", "broken", NOW);
        LocalCheck mark = state.checks().get("_service_maintenance:w1");
        assertThat(mark.notes()).isEqualTo(
                "Maintenance mode is enabled for this service, but no reason was provided. This is a default message.");
        assertThat(mark.state().status()).isEqualTo(Status.CRITICAL);
        assertThat(mark.serviceName()).isEqualTo("web");
        assertThat(state.checks().get("_node_maintenance").notes()).isEqualTo("broken");
        assertThat(state.outOfMaintenance("w1").outOfMaintenance("").checks()).isEmpty();
    }
}
