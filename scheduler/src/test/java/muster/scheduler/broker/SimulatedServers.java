package muster.scheduler.broker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import muster.raft.Applied;
import muster.raft.CommandCodec;
import muster.raft.LogGroup;
import muster.raft.NotLeaderException;
import muster.raft.ReplicatedLog;
import muster.raft.SimulatedCluster;
import muster.scheduler.state.Command;
import muster.scheduler.state.JsonCommandCodec;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.testkit.simulation.SimulatedNetwork.Quality;

/**
 * Scheduler servers, each with all that a server does, on one thread, over a network and disks of a {@link SimulatedCluster}.
 * What blocks on a server lets the time of the simulation pass until it goes on, so that servers crash in the midst of it.
 */
final class SimulatedServers {
    private static final int SERVERS = 3;
    private static final Duration NEVER = Duration.ofDays(2);
    private static final LeaderSettings SETTINGS = new LeaderSettings(0, Duration.ofSeconds(2), Duration.ofSeconds(1), 50, Duration.ofSeconds(4),
            new GcSettings(NEVER, NEVER, NEVER, NEVER, NEVER));
    /** Nothing that is proposed takes longer; see {@link SimulatedCluster}. */
    private static final int ANSWERED_MILLIS = 20_000;

    private final RandomGenerator random;
    private final SimulatedCluster<Server> servers;
    private final List<String> names;
    private final CommandCodec<Command> codec = new ReadOnce();
    private boolean mended;

    SimulatedServers(RandomGenerator random, Quality quality, int snapshotEvery) {
        this.random = random;
        servers = new SimulatedCluster<>(random, SERVERS, quality, snapshotEvery, Server::new);
        names = List.copyOf(servers.names());
        names.forEach(servers::start);
    }

    /** One life of a server. */
    final class Server {
        final LogGroup group;
        final Store store = new Store();
        final Writer writer;
        final Nodes nodes;
        private final Leader leader;
        private final Deque<Runnable> blocking = new ArrayDeque<>();
        private boolean takingLead;
        private boolean lost;

        private Server(LogGroup group) {
            this.group = group;
            writer = new Writer(patient(group.attach("scheduler", codec, store)), store, servers.time(), random);
            leader = new Leader(writer, this::after, random, SETTINGS, blocking::add);
            leader.standsBy(() -> lives() && group.isLeader());
            store.listen(leader);
            nodes = new Nodes(writer, leader, new Watches(store));
            group.onLeadership(now -> {
                if (!now) {
                    follow();
                }
            });
        }

        /** While it takes the lead up it hears afterwards that it lost it, as on the thread that tells of both. */
        private void follow() {
            if (takingLead) {
                lost = true;
            } else {
                leader.follow();
            }
        }

        boolean lives() {
            return names.stream().anyMatch(name -> servers.on(name).orElse(null) == this);
        }

        boolean leads() {
            return leader.leads();
        }

        State state() {
            return store.state();
        }

        /** Does what the lead asks for now: takes it up, works on one evaluation. Says whether there was anything. */
        boolean work() {
            if (!blocking.isEmpty()) {
                takeLead(blocking.remove());
                return true;
            }
            if (group.isLeader() && !leader.leads()) {
                takeLead(leader::lead);
                return true;
            }
            if (!leader.leads() || leader.broker().counts().ready() == 0) {
                return false;
            }
            try {
                leader.worker().work(leader.broker().dequeue());
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
            return true;
        }

        private void takeLead(Runnable how) {
            takingLead = true;
            try {
                how.run();
            } catch (RuntimeException e) {
                // It is tried again for as long as this server has the lead.
                lost |= !lives();
            } finally {
                takingLead = false;
            }
            if (lost) {
                lost = false;
                leader.follow();
            }
        }

        private Runnable after(Duration delay, Runnable action) {
            boolean[] cancelled = {false};
            servers.time().after(Math.max(0, delay.toMillis()), () -> {
                if (!cancelled[0] && lives()) {
                    action.run();
                }
            });
            return () -> cancelled[0] = true;
        }

        private <C, R> ReplicatedLog<C, R> patient(ReplicatedLog<C, R> log) {
            return new ReplicatedLog<>() {
                @Override
                public CompletableFuture<Applied<R>> propose(C command) {
                    CompletableFuture<Applied<R>> answer = new Patient<>();
                    if (!lives()) {
                        answer.completeExceptionally(new NotLeaderException("it crashed", Optional.empty()));
                        return answer;
                    }
                    log.propose(command).whenComplete((applied, failure) -> {
                        if (failure == null) {
                            answer.complete(applied);
                        } else {
                            answer.completeExceptionally(failure);
                        }
                    });
                    return answer;
                }

                @Override
                public long appliedIndex() {
                    return log.appliedIndex();
                }
            };
        }
    }

    /** Every server reads the same bytes, and reading follows from these alone: what one has read just now serves the others. */
    private static final class ReadOnce implements CommandCodec<Command> {
        private static final int KEPT = 32;

        private final CommandCodec<Command> codec = new JsonCommandCodec();
        private final SequencedMap<String, Command> read = new LinkedHashMap<>();

        @Override
        public byte[] encode(Command command) {
            return codec.encode(command);
        }

        @Override
        public Command decode(byte[] bytes) {
            if (read.size() > KEPT) {
                read.pollFirstEntry();
            }
            return read.computeIfAbsent(new String(bytes, StandardCharsets.ISO_8859_1), key -> codec.decode(bytes));
        }
    }

    /** Who waits for it lets time pass. */
    private final class Patient<T> extends CompletableFuture<T> {
        @Override
        public T get() throws InterruptedException, java.util.concurrent.ExecutionException {
            long end = servers.time().millis() + ANSWERED_MILLIS;
            while (!isDone()) {
                if (servers.time().millis() > end) {
                    throw new AssertionError("a command that was proposed " + ANSWERED_MILLIS + " ms ago is not answered");
                }
                pass(2);
            }
            return super.get();
        }
    }

    long millis() {
        return servers.time().millis();
    }

    void pass(long millis) {
        servers.time().runUntil(servers.time().millis() + millis);
    }

    void later(long millis, Runnable happening) {
        servers.time().after(millis, happening);
    }

    /** Those that run. */
    List<Server> running() {
        List<Server> all = new ArrayList<>();
        names.forEach(name -> servers.on(name).ifPresent(all::add));
        return all;
    }

    Optional<Server> any() {
        return servers.on(names.get(random.nextInt(SERVERS)));
    }

    /** The one that leads and has taken it up; of two that think so, the newer. */
    Optional<Server> leader() {
        return running().stream().filter(server -> server.leads() && server.group.isLeader()).findFirst();
    }

    /** Something may go wrong, or be mended; nothing any more after {@link #mend}. */
    void fault() {
        if (mended) {
            return;
        }
        String name = names.get(random.nextInt(SERVERS));
        switch (random.nextInt(16)) {
            case 0 -> servers.crash(name);
            case 1, 2 -> servers.start(name);
            case 3 -> servers.network().cut(Set.of(name));
            case 4, 5 -> servers.network().heal();
            case 6 -> servers.elect();
            case 7 -> {
                if (random.nextInt(3) == 0) {
                    new HashSet<>(names).forEach(servers::crash);
                }
                names.forEach(servers::start);
            }
            default -> { }
        }
    }

    void mend() {
        mended = true;
        servers.network().heal();
        servers.network().become(Quality.GOOD);
        names.forEach(servers::start);
    }
}
