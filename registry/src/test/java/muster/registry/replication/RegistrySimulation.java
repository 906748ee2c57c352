package muster.registry.replication;


import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import muster.raft.LogGroup;
import muster.raft.NotLeaderException;
import muster.raft.ReadMode;
import muster.raft.ReplicatedLog;
import muster.raft.SimulatedCluster;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.KeyOperation;
import muster.registry.state.KeyValue;
import muster.registry.state.Node;
import muster.registry.state.Operation;
import muster.registry.state.Result;
import muster.registry.state.Session;
import muster.registry.state.State;
import muster.testkit.history.History;
import muster.testkit.history.KeyModel.Input;
import muster.testkit.history.KeyModel.Output;
import muster.testkit.simulation.SimulatedNetwork.Quality;
import muster.wire.GoDuration;

/**
 * One run of registry servers under faults, with clients that read and write keys, clients that want one lock, and a catalog
 * that changes; and what has to be true of it. Everything follows from the random numbers.
 */
final class RegistrySimulation {
    private static final Duration TTL = Duration.ofMillis(800);
    private static final String LOCK = "lock";
    private static final List<String> KEYS = List.of("a", "b", "c");
    private static final int KEY_CLIENTS = 4;
    private static final int LOCK_CLIENTS = 3;

    /** What runs on a server. */
    private record Server(LogGroup group, StateStore store, ReplicatedLog<Command, Result> log, LeaderDuties duties) {}

    /** When a client was sure to hold the lock, in milliseconds. */
    record Held(int client, long from, long to) {}

    private final RandomGenerator random;
    private final SimulatedCluster<Server> cluster;
    private final List<String> names;
    private final History<Input, Output> history;
    private final List<Held> held = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private final Map<Server, Long> seen = new HashMap<>();
    private long newestIndex;
    private int clients;
    private boolean ending;
    private int values;

    RegistrySimulation(RandomGenerator random) {
        this.random = random;
        Quality quality = new Quality(random.nextDouble() * 0.15, random.nextDouble() * 0.15, 1 + random.nextInt(40));
        this.cluster = new SimulatedCluster<>(random, random.nextInt(4) == 0 ? 5 : 3, quality, 4 + random.nextInt(60), this::server);
        this.names = List.copyOf(cluster.names());
        // Events at one millisecond follow one another: a history needs to know which came first.
        long[] ticks = {0};
        this.history = new History<>(() -> ticks[0]++);
    }

    private Server server(LogGroup group) {
        LeaderDuties duties = new LeaderDuties();
        StateStore[] store = new StateStore[1];
        store[0] = new StateStore(changes -> duties.changed(changes, store[0].snapshot(), cluster.time().instant()));
        Server server = new Server(group, store[0], group.attach("registry", new Commands(), store[0]), duties);
        tick(server);
        return server;
    }

    /** As the leader's timer does. */
    private void tick(Server server) {
        cluster.time().after(500, () -> {
            if (cluster.names().stream().anyMatch(name -> cluster.on(name).orElse(null) == server)) {
                server.duties().due(server.group().isLeader(), server.store().snapshot(), cluster.time().instant())
                        .forEach(server.log()::propose);
                tick(server);
            }
        });
    }

    /** Faults and clients for a while, then all is mended and everything is compared. */
    void run(int steps) {
        names.forEach(cluster::start);
        for (int i = 0; i < KEY_CLIENTS; i++) {
            later(() -> useKeys(clients++, new HashMap<>()));
        }
        for (int i = 0; i < LOCK_CLIENTS; i++) {
            int client = i;
            later(() -> wantLock(client));
        }
        for (int i = 0; i < steps; i++) {
            cluster.time().runUntil(cluster.time().millis() + random.nextInt(120));
            fault();
            changeCatalog();
            watch();
        }
        cluster.network().heal();
        cluster.network().become(Quality.GOOD);
        names.forEach(cluster::start);
        cluster.time().runUntil(cluster.time().millis() + 4_000);
        ending = true;
        cluster.time().runUntil(cluster.time().millis() + 10_000);
        KEYS.forEach(key -> read(clients++, key, result -> {}));
        cluster.time().runUntil(cluster.time().millis() + 5_000);
    }

    List<muster.testkit.history.Operation<Input, Output>> operations() {
        return history.operations();
    }

    /** What must never be true; empty if all is well. */
    List<String> wrong() {
        List<String> all = new ArrayList<>(wrong);
        State first = cluster.on(names.getFirst()).orElseThrow().store().snapshot();
        for (String name : names) {
            State state = cluster.on(name).orElseThrow().store().snapshot();
            if (state.index() != first.index() || !state.keys().entries().all().equals(first.keys().entries().all())
                    || !state.catalog().checks().all().equals(first.catalog().checks().all())) {
                all.add(name + " differs from " + names.getFirst());
            }
        }
        for (Held one : held) {
            for (Held other : held) {
                if (one.client() < other.client() && one.from() < other.to() && other.from() < one.to()) {
                    all.add("the lock was held twice: " + one + " and " + other);
                }
            }
        }
        return all;
    }

    int locksHeld() {
        return held.size();
    }

    private void fault() {
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(30)) {
            case 0 -> cluster.crash(name);
            case 1, 2, 3 -> cluster.start(name);
            case 4 -> cluster.network().cut(Set.of(name));
            case 5 -> cluster.network().cut(new HashSet<>(names.subList(0, 1 + random.nextInt(names.size() - 1))));
            case 6, 7, 8 -> cluster.network().heal();
            case 9 -> cluster.elect();
            case 10 -> {
                names.forEach(cluster::crash);
                cluster.time().runUntil(cluster.time().millis() + random.nextInt(500));
                names.forEach(cluster::start);
            }
            case 11 -> names.forEach(cluster::start);
            default -> {}
        }
    }

    /** A state that is read without asking anybody may be old, but never older than the one read there before. */
    private void watch() {
        for (String name : names) {
            cluster.on(name).ifPresent(server -> {
                long index = server.store().snapshot().index();
                if (index < seen.getOrDefault(server, 0L)) {
                    wrong.add("the index on " + name + " went back to " + index);
                }
                seen.put(server, index);
            });
        }
    }

    private Optional<Server> anyServer() {
        return cluster.on(names.get(random.nextInt(names.size())));
    }

    private void later(Runnable what) {
        cluster.time().after(20 + random.nextInt(300), what);
    }

    // Clients of keys.

    /** One client's next operation; one that doesn't know what became of its last is followed by a new client. */
    private void useKeys(int client, Map<String, Long> indexes) {
        if (ending) {
            return;
        }
        String key = KEYS.get(random.nextInt(KEYS.size()));
        String value = "v" + values++;
        switch (random.nextInt(6)) {
            case 0, 1 -> read(client, key, read -> {
                read.ifPresent(index -> indexes.put(key, index));
                later(() -> useKeys(client, indexes));
            });
            case 2, 3 -> write(client, new Input.Put(key, value), KeyOperation.set(key, bytes(value), 0), indexes);
            case 4 -> write(client, new Input.Delete(key), KeyOperation.delete(key), indexes);
            default -> {
                long index = indexes.getOrDefault(key, 0L);
                write(client, new Input.Cas(key, value, index), KeyOperation.compareAndSet(key, bytes(value), 0, index), indexes);
            }
        }
    }

    private void write(int client, Input input, KeyOperation operation, Map<String, Long> indexes) {
        Optional<Server> server = anyServer();
        if (server.isEmpty()) {
            later(() -> useKeys(client, indexes));
            return;
        }
        History<Input, Output>.Pending pending = history.call(client, input);
        server.get().log().propose(new Command.WriteKey(operation)).whenComplete((applied, failure) -> {
            int next = client;
            if (failure == null) {
                newestIndex = Math.max(newestIndex, applied.index());
                pending.answered(new Output.Changed(!(applied.result() instanceof Result.Decided decided) || decided.held()));
            } else if (failure instanceof NotLeaderException) {
                pending.refused();
            } else {
                pending.unknown();
                next = clients++;
            }
            int following = next;
            later(() -> useKeys(following, indexes));
        });
    }

    /** @param then gets the key's index, nothing where there was no answer */
    private void read(int client, String key, Consumer<Optional<Long>> then) {
        Optional<Server> server = anyServer();
        if (server.isEmpty()) {
            later(() -> then.accept(Optional.empty()));
            return;
        }
        History<Input, Output>.Pending pending = history.call(client, new Input.Get(key));
        long answeredBefore = newestIndex;
        server.get().group().current(ReadMode.LEASE).whenComplete((done, failure) -> {
            if (failure != null) {
                pending.refused();
                then.accept(Optional.empty());
                return;
            }
            State state = server.get().store().snapshot();
            if (state.index() < answeredBefore) {
                wrong.add("a read saw index " + state.index() + " after " + answeredBefore + " was answered");
            }
            newestIndex = Math.max(newestIndex, state.index());
            Optional<KeyValue> entry = state.keys().get(key);
            long index = entry.map(KeyValue::modifyIndex).orElse(0L);
            pending.answered(new Output.Value(entry.map(there -> new String(there.value(), StandardCharsets.UTF_8)), index));
            then.accept(Optional.of(index));
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // Clients of the lock.

    /** Opens a session, takes the lock under it if it is free, holds it for a while with renewals, lets it go. */
    private void wantLock(int client) {
        Optional<Server> server = anyServer();
        if (ending || server.isEmpty()) {
            if (!ending) {
                later(() -> wantLock(client));
            }
            return;
        }
        Session session = new Session(new UUID(random.nextLong(), random.nextLong()).toString(), "", "n0",
                Duration.ofMillis(random.nextInt(3) * 500L), random.nextBoolean() ? Session.Behavior.RELEASE : Session.Behavior.DELETE,
                GoDuration.format(TTL), List.of(), List.of(), 0, 0);
        long began = now();
        server.get().log().propose(new Command.CreateSession(session)).whenComplete((created, failure) -> {
            if (failure != null || created.result() instanceof Result.Refused) {
                later(() -> wantLock(client));
            } else {
                takeLock(client, session, began, 8);
            }
        });
    }

    /** Tries to take it, and keeps the session alive meanwhile. */
    private void takeLock(int client, Session session, long renewed, int tries) {
        Optional<Server> server = anyServer();
        if (ending || tries == 0 || server.isEmpty()) {
            later(() -> wantLock(client));
            return;
        }
        KeyOperation take = new KeyOperation(KeyOperation.Verb.LOCK, LOCK, bytes("by " + client), 0, 0, session.id());
        long asked = now();
        renew(session).whenComplete((done, lost) -> {
            long newest = lost == null ? asked : renewed;
            server.get().log().propose(new Command.WriteKey(take)).whenComplete((applied, failure) -> {
                boolean taken = failure == null && applied.result() instanceof Result.Decided decided && decided.held();
                if (taken && now() < newest + TTL.toMillis()) {
                    hold(client, session, now(), newest, 1 + random.nextInt(20));
                } else {
                    later(() -> takeLock(client, session, newest, tries - 1));
                }
            });
        });
    }

    /** Holds it until the session is not renewed in time, or for some renewals. */
    private void hold(int client, Session session, long since, long renewed, int renewals) {
        if (ending || renewals == 0) {
            held.add(new Held(client, since, Math.min(now(), renewed + TTL.toMillis())));
            Command release = random.nextBoolean()
                    ? new Command.EndSession(session.id())
                    : new Command.WriteKey(new KeyOperation(KeyOperation.Verb.UNLOCK, LOCK, bytes(""), 0, 0, session.id()));
            anyServer().ifPresent(server -> server.log().propose(release));
            later(() -> wantLock(client));
            return;
        }
        long asked = now();
        renew(session).whenComplete((done, failure) -> cluster.time().after(random.nextInt(300), () -> {
            long newest = failure == null ? asked : renewed;
            if (now() >= newest + TTL.toMillis()) {
                held.add(new Held(client, since, newest + TTL.toMillis()));
                later(() -> wantLock(client));
            } else {
                hold(client, session, since, newest, renewals - 1);
            }
        }));
    }

    /** Whoever leads starts the time again, and answers when it is sure that it led. */
    private CompletableFuture<Void> renew(Session session) {
        Optional<Server> leader = names.stream().flatMap(name -> cluster.on(name).stream())
                .filter(server -> server.group().isLeader()).findAny();
        if (leader.isEmpty() || leader.get().store().snapshot().sessions().get(session.id()).isEmpty()) {
            return CompletableFuture.failedFuture(new IllegalStateException("no leader, or no such session there"));
        }
        leader.get().duties().renew(session, cluster.time().instant());
        return leader.get().group().current(ReadMode.LEASE);
    }

    private long now() {
        return cluster.time().millis();
    }

    // The catalog.

    private void changeCatalog() {
        Optional<Server> server = anyServer();
        if (server.isEmpty()) {
            return;
        }
        Node node = new Node("", "n" + random.nextInt(3), "10.0.0." + random.nextInt(4), "dc1", Map.of(), Map.of(), 0, 0);
        Command command = switch (random.nextInt(12)) {
            case 0, 1, 2 -> new Command.Register(node, false, Optional.empty(), List.of(new Check(node.name(), "c" + random.nextInt(4), "c",
                    random.nextBoolean() ? Check.PASSING : Check.CRITICAL, "", "", "", "", List.of(), "", Check.Definition.NONE, 0, 0)));
            case 3 -> new Command.Deregister("n1", "", "");
            case 4 -> new Command.Transaction(List.of(new Operation.OnKey(KeyOperation.set("t/" + random.nextInt(9), bytes("x" + values++), 1)),
                    new Operation.OnKey(KeyOperation.set("t/" + random.nextInt(9), bytes("y"), 2))));
            case 5 -> new Command.WriteKey(KeyOperation.deleteTree("t/"));
            case 6 -> new Command.CollectTombstones(server.get().store().snapshot().index() / 2);
            default -> null;
        };
        if (command != null) {
            server.get().log().propose(command);
        }
    }
}
