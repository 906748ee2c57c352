package muster.raft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import muster.testkit.simulation.SimulatedDisk;
import muster.testkit.simulation.SimulatedNetwork;
import muster.testkit.simulation.SimulatedTime;

/**
 * A cluster of servers in one thread: the real state machines, entries, snapshots and bookkeeping of calls, on a model of what
 * the engine promises, over a network that loses and reorders and disks that forget what was not synced. The engine itself
 * is tried with real processes; this is about what we do with what it delivers.
 *
 * <p>The model is Raft without its timers: an election happens when the simulation says so, between servers that reach one
 * another, and counts votes as Raft does. Wherever two servers apply the same entry, they are compared.
 *
 * @param <A> what runs on each server
 */
public final class SimulatedCluster<A> {
    /** Whole states are compared at each so many entries, and wherever one is saved or restored. */
    static final int COMPARED_EVERY = 48;
    /** What a sync takes at most: long enough that crashes fall into it. */
    private static final int SYNC_MILLIS = 25;

    private final SimulatedTime time = new SimulatedTime();
    private final RandomGenerator chance;
    private final SimulatedNetwork network;
    private final Function<LogGroup, A> program;
    private final int snapshotEvery;
    private final Map<String, SimulatedDisk<SimulatedLog>> disks = new LinkedHashMap<>();
    private final Map<String, SimulatedServer> running = new HashMap<>();
    private final Map<String, A> programs = new HashMap<>();
    private final Map<String, Integer> agreed = new HashMap<>();

    /**
     * All servers are stopped at first.
     *
     * @param program attaches new, empty state machines to a log and returns what runs on them
     * @param snapshotEvery after how many entries a server saves its state and forgets them
     */
    public SimulatedCluster(RandomGenerator chance, int servers, SimulatedNetwork.Quality quality, int snapshotEvery,
            Function<LogGroup, A> program) {
        this.chance = chance;
        this.network = new SimulatedNetwork(time, chance, quality);
        this.program = program;
        this.snapshotEvery = snapshotEvery;
        IntStream.rangeClosed(1, servers).forEach(i ->
                disks.put("s" + i, new SimulatedDisk<>(time, chance, SYNC_MILLIS, SimulatedLog.EMPTY)));
        elections();
    }

    public SimulatedTime time() {
        return time;
    }

    public SimulatedNetwork network() {
        return network;
    }

    /** The names of all servers, running or not. */
    public Set<String> names() {
        return disks.keySet();
    }

    /** What runs on a server, while it does. */
    public Optional<A> on(String server) {
        return Optional.ofNullable(programs.get(server));
    }

    /** The log of a server that runs. */
    public Optional<LogGroup> log(String server) {
        return Optional.ofNullable(running.get(server));
    }

    public void start(String server) {
        if (!running.containsKey(server)) {
            SimulatedServer life = new SimulatedServer(this, server, disks.get(server),
                    new SeenCalls.Writer(chance.nextLong(), chance.nextLong()));
            programs.put(server, program.apply(life));
            running.put(server, life);
            life.start();
        }
    }

    /** Kills a server and takes the power from its disk. */
    public void crash(String server) {
        SimulatedServer life = running.remove(server);
        programs.remove(server);
        if (life != null) {
            life.close();
            disks.get(server).crash();
        }
    }

    /** Lets a server that can win an election win one, though there may be a leader. */
    public void elect() {
        List<SimulatedServer> candidates = names().stream().map(running::get).filter(life -> life != null)
                .collect(Collectors.toCollection(ArrayList::new));
        while (!candidates.isEmpty()) {
            if (wins(candidates.remove(chance.nextInt(candidates.size())))) {
                return;
            }
        }
    }

    private boolean wins(SimulatedServer candidate) {
        String own = nameOf(candidate);
        List<SimulatedServer> voters = names().stream()
                .filter(name -> network.connects(own, name) && running.containsKey(name)).map(running::get)
                .filter(candidate::isAtLeast).toList();
        if (voters.size() <= names().size() / 2) {
            return false;
        }
        long term = voters.stream().mapToLong(SimulatedServer::term).max().orElseThrow() + 1;
        voters.forEach(voter -> voter.promise(term));
        candidate.lead();
        return true;
    }

    private String nameOf(SimulatedServer server) {
        return running.entrySet().stream().filter(entry -> entry.getValue() == server).findFirst().orElseThrow().getKey();
    }

    /** Every now and then, where no leader reaches a majority, there is a new one. */
    private void elections() {
        time.after(100 + chance.nextInt(200), () -> {
            if (names().stream().noneMatch(this::leadsMajority)) {
                elect();
            }
            elections();
        });
    }

    private boolean leadsMajority(String name) {
        SimulatedServer server = running.get(name);
        return server != null && server.isLeader()
                && names().stream().filter(other -> running.containsKey(other) && network.connects(name, other)).count()
                        > names().size() / 2;
    }

    RandomGenerator chance() {
        return chance;
    }

    int snapshotEvery() {
        return snapshotEvery;
    }

    void send(String from, String to, Consumer<SimulatedServer> message) {
        network.send(from, to, () -> {
            SimulatedServer receiver = running.get(to);
            if (receiver != null) {
                message.accept(receiver);
            }
        });
    }

    /** All servers have to see the same at the same place. */
    void agree(long entry, int digest, String what) {
        Integer before = agreed.putIfAbsent(what + " " + entry, digest);
        if (before != null && before != digest) {
            throw new AssertionError("servers differ in the " + what + " at entry " + entry);
        }
    }

    /** What was compared of whole states: the numbers of entries. For tests of the simulation itself. */
    Set<Long> compared() {
        return agreed.keySet().stream().filter(key -> key.startsWith("state ")).map(key -> Long.parseLong(key.substring(6)))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
