package muster.registry.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import muster.registry.prepared.PreparedQuery;
import muster.registry.mesh.Intention;
import muster.registry.mesh.Coordinate;
import muster.registry.mesh.ConfigEntry;
import muster.registry.mesh.Authority;
import java.util.Map;
import java.util.Optional;

/** Commands to test with, short to write. */
public final class Samples {
    private Samples() {}

    public static Command put(String key, String value) {
        return new Command.WriteKey(KeyOperation.set(key, value.getBytes(), 0));
    }

    public static Command cas(String key, String value, long index) {
        return new Command.WriteKey(KeyOperation.compareAndSet(key, value.getBytes(), 0, index));
    }

    public static Command delete(String key) {
        return new Command.WriteKey(KeyOperation.delete(key));
    }

    public static Command deleteTree(String prefix) {
        return new Command.WriteKey(KeyOperation.deleteTree(prefix));
    }

    public static Command acquire(String key, String session) {
        return new Command.WriteKey(new KeyOperation(KeyOperation.Verb.LOCK, key, "locked".getBytes(), 0, 0, session));
    }

    public static Command release(String key, String session) {
        return new Command.WriteKey(new KeyOperation(KeyOperation.Verb.UNLOCK, key, "free".getBytes(), 0, 0, session));
    }

    public static Node node(String name) {
        return new Node("", name, "10.0.0.1", "dc1", Map.of(), Map.of(), 0, 0);
    }

    public static Service service(String node, String id, String name, int port) {
        return new Service(node, id, name, "", List.of("v1"), "", port, Map.of(), Map.of(), Service.Weights.DEFAULT,
                false, Optional.empty(), false, 0, 0);
    }

    public static Check check(String node, String id, String status, String serviceId) {
        return new Check(node, id, id, status, "", "", serviceId, "", List.of(), "", Check.Definition.NONE, 0, 0);
    }

    public static Command register(String node, Check... checks) {
        return new Command.Register(node(node), false, Optional.empty(), List.of(checks));
    }

    public static Command register(Service service, Check... checks) {
        return new Command.Register(node(service.node()), false, Optional.of(service), List.of(checks));
    }

    public static Command deregister(String node, String serviceId) {
        return new Command.Deregister(node, serviceId, "");
    }

    public static Session session(String id, String node, Session.Behavior behavior, String... checks) {
        return new Session(id, "", node, Duration.ofSeconds(15), behavior, "", List.of(checks), List.of(), 0, 0);
    }

    /** Applies the commands one after the other, from index 1 on. */
    public static State after(Command... commands) {
        State state = State.EMPTY;
        for (Command command : commands) {
            state = state.apply(state.index() + 1, command).state();
        }
        return state;
    }

    public static final Authority AUTHORITY = new Authority("11111111-2222-3333-4444-555555555555",
            new Authority.Configuration("consul", Map.of("LeafCertTTL", "72h"), true),
            List.of(new Authority.Root("aa:bb", "root", "7", "cc:dd", Instant.ofEpochSecond(1), Instant.ofEpochSecond(2), "PEM",
                    List.of("OTHER"), true, Optional.empty(), "ec", 256, 0, 0)), new Authority.Secret("KEY"), 3, 0, 0);

    public static PreparedQuery query(String id, String name) {
        return new PreparedQuery(id, name, "", "", PreparedQuery.Template.NONE, new PreparedQuery.ServiceQuery("web",
                PreparedQuery.Failover.NONE, true, List.of("c"), "_agent", List.of("a", "!b"), Map.of("k", "v"), Map.of(), false),
                "10s", 0, 0);
    }

    public static PreparedQuery template(String id, String prefix, String service) {
        return new PreparedQuery(id, prefix, "", "", new PreparedQuery.Template("name_prefix_match", "", false),
                new PreparedQuery.ServiceQuery(service, null, false, null, "", null, null, null, false), "", 0, 0);
    }

    public static Coordinate coordinate(String node, double x) {
        return new Coordinate(node, "", new Coordinate.Position(List.of(x, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), 1.5, 0, 1e-5));
    }

    public static ConfigEntry entry(String kind, String name, String field, Object value) {
        return new ConfigEntry(kind, name, Map.of(field, value), 0, 0);
    }

    public static Intention intention(String id, String source, String destination, String action) {
        return new Intention(id, "", source, destination, "consul", action, Map.of("k", "v"), List.of(), Instant.ofEpochSecond(5),
                Instant.ofEpochSecond(6), 0, 0);
    }
}
