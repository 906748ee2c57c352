package muster.registry.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import muster.registry.query.Reads;
import muster.registry.state.Autopilot;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.KeyOperation;
import muster.registry.state.Node;
import muster.registry.state.Operation;
import muster.registry.state.Samples;
import muster.registry.state.Service;
import muster.registry.state.Session;
import muster.registry.state.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {
    static final Check FULL_CHECK = new Check("n1", "c", "check", "warning", "notes", "out\nput", "w1", "web",
            List.of("a"), "http", new Check.Definition(Duration.ofSeconds(5), Duration.ofMillis(1500), Duration.ofHours(1),
                    "http://x", true, Map.of("H", List.of("1", "2")), "POST", "body", ""), 3, 4);
    static final Service FULL_SERVICE = new Service("n1", "w1", "web", "connect-proxy", List.of("a", "ü"), "1.2.3.4",
            80, Map.of("lan", new Service.TaggedAddress("1.2.3.4", 81)), Map.of("k", "v"), new Service.Weights(2, 3), true,
            Optional.of(new Service.Proxy("db", "db1", "127.0.0.1", 9, Map.of("protocol", "http"),
                    List.of(new Service.Upstream("", "x", "dc2", "", 7, Map.of(), "local")), "remote")), false, 1, 2);
    static final Node FULL_NODE = new Node("40e4a748-2192-161a-0510-9bf59fe95002", "n1", "10.0.0.1", "dc1",
            Map.of("lan", "10.0.0.1"), Map.of("rack", "r1"), 0, 0);
    static final Session SESSION = new Session("11111111-2222-3333-4444-555555555551", "name", "n1",
            Duration.ofSeconds(-1), Session.Behavior.DELETE, "10s", List.of("c"), List.of(new Session.ServiceCheck("s", "")),
            0, 0);

    static Stream<Command> commands() {
        return Stream.of(
                new Command.Register(FULL_NODE, true, Optional.of(FULL_SERVICE), List.of(FULL_CHECK)),
                Samples.register("n1"),
                new Command.Deregister("n1", "w1", ""),
                new Command.CreateSession(SESSION),
                new Command.EndSession("x"),
                new Command.CollectTombstones(1L << 40),
                new Command.SetAutopilot(Autopilot.DEFAULT, Optional.of(7L)),
                new Command.SetAutopilot(Autopilot.DEFAULT, Optional.empty()),
                new Command.SetQuery(Samples.query("q1", "web")),
                new Command.DeleteQuery("q1"),
                new Command.SetCoordinates(List.of(Samples.coordinate("n1", 0.25))),
                new Command.SetConfigEntry(Samples.entry("service-resolver", "web", "ConnectTimeout", 15L), Optional.of(0L)),
                new Command.DeleteConfigEntry("service-resolver", "web", Optional.empty()),
                new Command.SetIntention(Samples.intention("i1", "web", "db", "deny")),
                new Command.DeleteIntention("i1"),
                new Command.SetAuthority(Samples.AUTHORITY, 9));
    }

    private static Command roundTrip(Command command) {
        Commands codec = new Commands();
        return codec.decode(codec.encode(command));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commandsComeBackAsTheyWere(Command command) {
        assertThat(roundTrip(command)).isEqualTo(command);
    }

    @Test
    void keyOperationsComeBackWithTheirBytesAndUnsignedFlags() {
        byte[] value = {0, 1, (byte) 0xff, '"'};
        KeyOperation sent = new KeyOperation(KeyOperation.Verb.DELETE_CAS, "a/é", value, -1, 5, "s");
        KeyOperation read = ((Command.WriteKey) roundTrip(new Command.WriteKey(sent))).operation();
        assertThat(read).usingRecursiveComparison().isEqualTo(sent);
    }

    @Test
    void transactionsKeepTheOrderOfTheirSteps() {
        Command.Transaction sent = new Command.Transaction(List.of(
                new Operation.OnNode(Operation.Verb.DELETE_CAS, FULL_NODE),
                new Operation.OnService(Operation.Verb.SET, FULL_SERVICE),
                new Operation.OnCheck(Operation.Verb.GET, FULL_CHECK)));
        assertThat(roundTrip(sent)).isEqualTo(sent);
    }

    @Test
    void bytesOfAnotherVersionAreRefused() {
        assertThatThrownBy(() -> new Commands().decode(new byte[] {9, 'k', '{', '}'}))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("version 9");
        assertThatThrownBy(() -> new Commands().decode(new byte[] {1, '?', '{', '}'}))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'?'");
        assertThatThrownBy(() -> new Commands().decode(new byte[0])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSnapshotRestoresTheWholeState() throws Exception {
        // Plan: fill every table, save, restore, and compare tables, indexes and what later commands answer.
        State state = Samples.after(
                Samples.register(FULL_SERVICE), new Command.Register(FULL_NODE, false, Optional.of(FULL_SERVICE), List.of(
                        Samples.check("n1", "c", "passing", ""), Samples.check("n1", "s", "passing", "w1"))),
                new Command.CreateSession(SESSION), Samples.put("a", "1"), Samples.acquire("b", SESSION.id()),
                Samples.put("gone", "x"), Samples.delete("gone"), Samples.register("n2"),
                Samples.register(Samples.service("n2", "x", "x", 1)), Samples.deregister("n2", "x"),
                new Command.SetQuery(Samples.query("q1", "web")),
                new Command.SetCoordinates(List.of(Samples.coordinate("n2", 0.25))),
                new Command.SetConfigEntry(Samples.entry("service-resolver", "web", "ConnectTimeout", 15L), Optional.empty()),
                new Command.SetIntention(Samples.intention("i1", "web", "db", "deny")),
                new Command.SetAuthority(Samples.AUTHORITY, 0));
        StateStore store = new StateStore(changes -> { });
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        Snapshots.write(state, saved);
        store.restore(new ByteArrayInputStream(saved.toByteArray()));
        State restored = store.snapshot();
        assertThat(restored.index()).isEqualTo(state.index());
        assertThat(restored.keys().entries().all()).isEqualTo(state.keys().entries().all());
        assertThat(restored.keys().lockedBy(SESSION.id())).containsExactly("b");
        assertThat(restored.keys().indexUnder("gone")).isEqualTo(state.keys().indexUnder("gone"));
        assertThat(restored.catalog().nodes().all()).isEqualTo(state.catalog().nodes().all());
        assertThat(restored.catalog().services().all()).isEqualTo(state.catalog().services().all());
        assertThat(restored.catalog().connectable("db")).isEqualTo(state.catalog().connectable("db"));
        assertThat(restored.catalog().checks().all()).isEqualTo(state.catalog().checks().all());
        assertThat(restored.catalog().serviceIndex("web")).isEqualTo(state.catalog().serviceIndex("web"));
        assertThat(restored.catalog().serviceIndex("x")).isEqualTo(state.catalog().serviceIndex("x"));
        assertThat(restored.sessions().all()).isEqualTo(state.sessions().all());
        assertThat(restored.queries().all()).isEqualTo(state.queries().all());
        assertThat(restored.queries().resolve("WEB")).isEqualTo(state.queries().resolve("web"));
        assertThat(restored.queries().lastIndex()).isEqualTo(state.queries().lastIndex());
        assertThat(restored.mesh().entries().all()).isEqualTo(state.mesh().entries().all());
        assertThat(restored.mesh().intentions()).isEqualTo(state.mesh().intentions());
        assertThat(restored.mesh().coordinate("n2")).isEqualTo(state.mesh().coordinate("n2"));
        assertThat(restored.mesh().authority()).isEqualTo(state.mesh().authority());
        assertThat(restored.mesh().indexes()).isEqualTo(state.mesh().indexes());
        Command end = Samples.register("n1", Samples.check("n1", "c", "critical", ""));
        assertThat(restored.apply(99, end).changes()).isEqualTo(state.apply(99, end).changes());
    }

    @Test
    void an_archive_takes_the_place_of_everything_and_no_index_goes_backwards() {
        // Plan: restore a short archive into a long log, then one of a much longer log; look at indexes of reads and of later writes.
        State archived = Samples.after(Samples.put("a", "1"));
        StateStore store = new StateStore(changes -> { });
        store.apply(50, Samples.put("b", "2"));
        int before = store.restorations();
        store.apply(51, roundTrip(new Command.Restore(archived)));
        assertThat(store.restorations()).isEqualTo(before + 1);
        assertThat(store.snapshot().index()).isEqualTo(51);
        Reads.Key a = new Reads.Key("a");
        assertThat(a.at(store.snapshot()).index()).isEqualTo(51);
        assertThat(a.at(store.snapshot()).value().orElseThrow().modifyIndex()).isEqualTo(archived.index());
        assertThat(new Reads.Key("b").at(store.snapshot()).value()).isEmpty();

        State long1000 = archived.apply(1_000, Samples.put("a", "3")).state();
        store.apply(52, roundTrip(new Command.Restore(long1000)));
        assertThat(a.at(store.snapshot()).index()).isEqualTo(1_001);
        store.apply(53, Samples.put("a", "4"));
        assertThat(a.at(store.snapshot()).index()).isEqualTo(1_002);
        store.apply(54, roundTrip(new Command.Restore(archived)));
        assertThat(a.at(store.snapshot()).index()).isEqualTo(1_003);
    }
}
