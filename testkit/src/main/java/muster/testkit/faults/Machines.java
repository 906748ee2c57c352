package muster.testkit.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import muster.testkit.Eventually;
import muster.testkit.RunningProgram;
import muster.testkit.SeededRandom;

/**
 * Agents that make a cluster: each a process with its own data folder and loopback address. They reach one another
 * through {@link Relay}s, at addresses that belong to these, so that the network can be cut; clients reach them directly.
 * One thread starts and stops; the addresses may be read by any.
 */
public final class Machines implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration END = Duration.ofSeconds(120);

    private static final int FIRST_PORT = 15_000;
    private static final int PORTS = 15_000;
    private static final int ATTEMPTS = 100;

    private final Program program;
    private final Path folder;
    private final List<Machine> machines = new ArrayList<>();
    private final List<Relay> relays = new ArrayList<>();
    private final List<RunningProgram> running = new ArrayList<>();
    private int lives;

    private Machines(Program program, Path folder, int network) {
        this.program = program;
        this.folder = folder;
        List<String> owns = IntStream.rangeClosed(1, program.count()).mapToObj(i -> "127.0." + network + "." + i).toList();
        List<String> fronts = IntStream.rangeClosed(1, program.count()).mapToObj(i -> "127.0." + (network + 1) + "." + i).toList();
        List<Integer> ports = ports(Stream.concat(owns.stream(), fronts.stream()).toList(), 3);
        for (int i = 0; i < program.count(); i++) {
            Machine machine = new Machine(i, owns.get(i), fronts.get(i), folder.resolve("m" + i), fronts,
                    new Machine.Ports(ports.get(0), ports.get(1), ports.get(2)));
            machines.add(machine);
            running.add(null);
            for (int port : ports.subList(0, 2)) {
                relays.add(new Relay(new InetSocketAddress(machine.front(), port), new InetSocketAddress(machine.own(), port)));
            }
        }
    }

    /**
     * Servers of the registry. Starts nothing yet.
     *
     * @param words that start {@code consul}, before its arguments
     * @param folder empty; gets what the servers keep and print
     * @param network the third number of their addresses in 127.0; they use the next one, too
     */
    public static Machines ofRegistry(List<String> words, Path folder, int network, int servers) {
        return new Machines(new RegistryProgram(words, servers), folder, network);
    }

    /** Servers of the scheduler, numbered first, and clients; the words start {@code nomad}. Else as {@link #ofRegistry}. */
    public static Machines ofScheduler(List<String> words, Path folder, int network, int servers, int clients) {
        return new Machines(new SchedulerProgram(words, servers, clients), folder, network);
    }

    /**
     * Ports that are free at all these addresses, and below those that the system gives to connections: an agent that comes
     * back must not find one of its own in use by a connection of its predecessor.
     */
    private static List<Integer> ports(List<String> addresses, int count) {
        RandomGenerator random = SeededRandom.of(System.nanoTime());
        Set<Integer> found = new LinkedHashSet<>();
        for (int attempt = 0; found.size() < count; attempt++) {
            if (attempt == count * ATTEMPTS) {
                throw new IllegalStateException("no " + count + " ports are free at " + addresses);
            }
            int port = FIRST_PORT + random.nextInt(PORTS);
            if (addresses.stream().allMatch(address -> isFree(new InetSocketAddress(address, port)))) {
                found.add(port);
            }
        }
        return List.copyOf(found);
    }

    private static boolean isFree(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Starts all and waits until they have a leader. */
    public void startAll() {
        IntStream.range(0, count()).forEach(this::launch);
        awaitAll();
    }

    /** Ends the first one well and starts it again: what its end leaves lets all that start later do so quicker. */
    public void rehearse() {
        apply(new Fault.Terminate(0));
        mend();
    }

    /** How many there are, running or not. */
    public int count() {
        return machines.size();
    }

    /** Below which they keep and print all. */
    Path folder() {
        return folder;
    }

    /** How many of them are servers: the first ones. */
    int servers() {
        return program.servers();
    }

    /** Where a server answers clients. */
    public URI http(int server) {
        return URI.create("http://" + machines.get(server).own() + ":" + machines.get(server).ports().http());
    }

    /** Does what the fault says; what is so already stays. */
    public void apply(Fault fault) {
        switch (fault) {
            case Fault.Kill(int server) -> end(server, RunningProgram::kill);
            case Fault.Terminate(int server) -> end(server, program -> {
                program.signal("CONT");
                program.terminate(END);
            });
            case Fault.Start(int server) -> {
                if (running.get(server) == null) {
                    launch(server);
                }
            }
            case Fault.Freeze(int server) -> signal(server, "STOP");
            case Fault.Thaw(int server) -> signal(server, "CONT");
            case Fault.Cut(Set<Integer> servers) -> cut(servers);
            case Fault.Heal() -> cut(Set.of());
            case Fault.PowerCut() -> IntStream.range(0, count()).forEach(server -> end(server, RunningProgram::kill));
        }
    }

    /** Takes every fault back, and waits until each server answers current reads. */
    public void mend() {
        apply(new Fault.Heal());
        for (int server = 0; server < count(); server++) {
            apply(new Fault.Thaw(server));
            apply(new Fault.Start(server));
        }
        awaitAll();
    }

    private void awaitAll() {
        try {
            awaitAnswers();
        } catch (AssertionError e) {
            // Their output then tells what their threads wait for.
            IntStream.range(0, count()).forEach(server -> signal(server, "QUIT"));
            running.stream().filter(program -> program != null && program.isAlive())
                    .forEach(program -> program.awaitLine("a thread dump", line -> line.contains("Full thread dump")));
            throw e;
        }
    }

    private void awaitAnswers() {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2)).build();
        try (client) {
            for (int server = 0; server < count(); server++) {
                HttpRequest read = HttpRequest.newBuilder(http(server).resolve(program.question(server))).timeout(Duration.ofSeconds(10)).build();
                RunningProgram agent = running.get(server);
                Eventually.holds("machine " + server + " answers with a leader", START, () -> {
                    if (!agent.isAlive()) {
                        throw new AssertionError("it ended by itself:\n" + String.join("\n", agent.output()));
                    }
                    try {
                        int status = client.send(read, HttpResponse.BodyHandlers.discarding()).statusCode();
                        return status == 200 || status == 404;
                    } catch (IOException e) {
                        return false;
                    } catch (InterruptedException e) {
                        throw new AssertionError("interrupted", e);
                    }
                });
            }
        }
    }

    private void launch(int server) {
        Machine machine = machines.get(server);
        Path file = machine.home().resolve("agent.hcl");
        try {
            Files.createDirectories(machine.home());
            Files.writeString(file, program.configuration(machine));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> command = new ArrayList<>(program.words());
        command.addAll(program.arguments(file.toString()));
        running.set(server, RunningProgram.start("m" + server + "-" + lives++, machine.home(), Map.of("MUSTER_HEAP", "128m"), command));
    }

    private void end(int server, Consumer<RunningProgram> how) {
        RunningProgram agent = running.get(server);
        if (agent != null) {
            how.accept(agent);
            running.set(server, null);
        }
    }

    private void signal(int server, String signal) {
        RunningProgram agent = running.get(server);
        if (agent != null && agent.isAlive()) {
            agent.signal(signal);
        }
    }

    /** Each relay stands before one server: it holds what comes from the other side of the cut. */
    private void cut(Set<Integer> servers) {
        for (int server = 0; server < count(); server++) {
            Set<InetAddress> held = new HashSet<>();
            for (int other = 0; other < count(); other++) {
                if (servers.contains(server) != servers.contains(other)) {
                    held.add(address(machines.get(other).own()));
                }
            }
            relays.get(2 * server).hold(held);
            relays.get(2 * server + 1).hold(held);
        }
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        running.stream().filter(program -> program != null).forEach(RunningProgram::close);
        relays.forEach(Relay::close);
        // Tasks outlive the agents that started them.
        Tasks.below(folder).forEach(task -> task.process().destroyForcibly());
    }
}
