package muster.registry.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import muster.registry.mesh.ConfigEntry;
import muster.registry.mesh.EntryKinds;
import muster.registry.mesh.Intention;
import muster.registry.state.PreparedQueries.Resolved;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MeshTest {
    private static Command set(String kind, String name, String field, Object value) {
        return new Command.SetConfigEntry(Samples.entry(kind, name, field, value), Optional.empty());
    }

    private static String refusal(State state, Command command) {
        return state.apply(99, command).result() instanceof Result.Refused(String message) ? message : "";
    }

    record Decision(String name, String source, String destination, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Decision> decisions() {
        return Stream.of(
                new Decision("both names beat any source", "web", "db", "exact"),
                new Decision("any source beats any destination", "other", "db", "any source"),
                new Decision("any destination beats any pair", "web", "other", "any destination"),
                new Decision("the widest decides the rest", "a", "b", "any pair"));
    }

    @ParameterizedTest
    @MethodSource("decisions")
    void theMostParticularIntentionDecides(Decision decision) {
        State state = Samples.after(
                new Command.SetIntention(Samples.intention("any pair", "*", "*", "deny")),
                new Command.SetIntention(Samples.intention("any destination", "web", "*", "allow")),
                new Command.SetIntention(Samples.intention("any source", "*", "db", "deny")),
                new Command.SetIntention(Samples.intention("exact", "web", "db", "allow")));
        assertThat(state.mesh().deciding(decision.source(), decision.destination()).map(Intention::id))
                .contains(decision.expected());
        assertThat(state.mesh().intentions()).extracting(Intention::precedence).containsExactly(9, 8, 6, 5);
    }

    @Test
    void intentionsOfAnEntryCountLikeOthersAndExcludeTheirDoubles() {
        State state = Samples.after(set(EntryKinds.INTENTIONS, "db", "Sources",
                List.of(Map.of("Name", "web", "Action", "deny"))));
        assertThat(state.mesh().deciding("web", "db")).hasValueSatisfying(found -> assertThat(found.isAllowed()).isFalse());
        assertThat(refusal(state, new Command.SetIntention(Samples.intention("i", "web", "db", "allow"))))
                .isEqualTo("duplicate intention found: DENY default/web => default/db (ID: , Precedence: 9)");
    }

    @Test
    void entriesThatMakeNoChainAreRefusedAndNothingChanges() {
        Command router = set(EntryKinds.ROUTER, "web", "Routes", List.of(
                Map.of("Destination", Map.of("Service", "admin"))));
        assertThat(refusal(State.EMPTY, router)).isEqualTo("discovery chain \"web\" uses a protocol \"tcp\" that does not permit"
                + " advanced routing or splitting behavior");
        State ready = Samples.after(set(EntryKinds.SERVICE_DEFAULTS, "web", "Protocol", "http"),
                set(EntryKinds.SERVICE_DEFAULTS, "admin", "Protocol", "http"), router);
        assertThat(ready.mesh().entry(EntryKinds.ROUTER, "WEB")).isPresent();
        assertThat(refusal(ready, new Command.DeleteConfigEntry(EntryKinds.SERVICE_DEFAULTS, "web", Optional.empty())))
                .isEqualTo("discovery chain \"web\" uses inconsistent protocols; service \"admin\" has \"http\" which is not \"tcp\"");
        assertThat(refusal(ready, set(EntryKinds.SERVICE_DEFAULTS, "admin", "Protocol", "grpc")))
                .isEqualTo("discovery chain \"web\" uses inconsistent protocols; service \"admin\" has \"grpc\" which is not \"http\"");
    }

    @Test
    void anEntryIsOnlySetWhereItsIndexIsTheExpectedOne() {
        // Plan: create only if absent, twice; then replace at the right index; an equal entry keeps its index.
        ConfigEntry http = Samples.entry(EntryKinds.SERVICE_DEFAULTS, "web", "Protocol", "http");
        State created = Samples.after(new Command.SetConfigEntry(http, Optional.of(0L)));
        assertThat(created.apply(8, new Command.SetConfigEntry(http, Optional.of(0L))).result())
                .isEqualTo(new Result.Decided(false));
        long index = created.mesh().entry(EntryKinds.SERVICE_DEFAULTS, "web").orElseThrow().modifyIndex();
        State.Outcome same = created.apply(9, new Command.SetConfigEntry(http, Optional.of(index)));
        assertThat(same.result()).isEqualTo(new Result.Decided(true));
        assertThat(same.changes().isEmpty()).isTrue();
        assertThat(same.state().mesh().entries().all()).isEqualTo(created.mesh().entries().all());

        ConfigEntry grpc = Samples.entry(EntryKinds.SERVICE_DEFAULTS, "web", "Protocol", "grpc");
        State later = created.apply(5_000, new Command.SetConfigEntry(grpc, Optional.of(index))).state();
        assertThat(later.apply(5_001, new Command.SetConfigEntry(http, Optional.of(5_000L))).result()).isEqualTo(new Result.Decided(true));
        assertThat(later.apply(5_001, new Command.DeleteConfigEntry(EntryKinds.SERVICE_DEFAULTS, "web", Optional.of(index))).result())
                .isEqualTo(new Result.Decided(false));
        assertThat(later.apply(5_001, new Command.DeleteConfigEntry(EntryKinds.SERVICE_DEFAULTS, "web", Optional.of(5_000L))).result())
                .isEqualTo(new Result.Decided(true));
    }

    @Test
    void queriesGoWithTheirSessionAndNamesAreUnique() {
        State state = Samples.after(new Command.SetQuery(Samples.query("q1", "Web")),
                new Command.SetQuery(Samples.template("q2", "", "${name.full}")));
        assertThat(refusal(state, new Command.SetQuery(Samples.query("q9", "wEB"))))
                .isEqualTo("name 'wEB' aliases an existing query name");
        assertThat(refusal(state, new Command.SetQuery(Samples.template("q9", "", "x"))))
                .isEqualTo("a query template with an empty name already exists");
        assertThat(refusal(state, new Command.SetQuery(Samples.template("q9", "x", "${nope}"))))
                .startsWith("failed compiling template: Bad evaluation for '${nope}' in Service.Service");
        assertThat(state.queries().resolve("anything")).isInstanceOfSatisfying(Resolved.Found.class,
                found -> assertThat(found.query().service().service()).isEqualTo("anything"));
        assertThat(state.apply(9, new Command.DeleteQuery("q2")).state().queries().resolve("anything"))
                .isEqualTo(new Resolved.Missing());
    }

    @Test
    void coordinatesGoWithTheirNode() {
        State state = Samples.after(Samples.register("n1"), new Command.SetCoordinates(List.of(
                Samples.coordinate("n1", 1), Samples.coordinate("nobody", 1))));
        assertThat(state.mesh().coordinates().all()).hasSize(1);
        assertThat(Samples.coordinate("n1", 0).roundTrip(Samples.coordinate("n2", 0.003)).toNanos()).isEqualTo(3_020_000);
        State gone = state.apply(50, new Command.Deregister("n1", "", "")).state();
        assertThat(gone.mesh().coordinates().all()).isEmpty();
        assertThat(gone.mesh().indexes().coordinates()).isEqualTo(50);
    }

    @Test
    void theAuthoritysKeyIsInNoText() {
        assertThat(new Command.SetAuthority(Samples.AUTHORITY, 0).toString()).doesNotContain("KEY").contains("<hidden>");
        State first = Samples.after(new Command.SetAuthority(Samples.AUTHORITY, 0));
        assertThat(first.apply(7, new Command.SetAuthority(Samples.AUTHORITY, 0)).result()).isEqualTo(new Result.Decided(false));
        assertThat(first.mesh().authority().orElseThrow().activeRoot().createIndex()).isEqualTo(first.index());
    }
}
