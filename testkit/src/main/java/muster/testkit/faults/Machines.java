package muster.testkit.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import muster.testkit.Eventually;
import muster.testkit.FreePorts;
import muster.testkit.RunningProgram;

/**
 * Registry servers that make a cluster: each a process with its own data folder and loopback address. They reach one another
 * through {@link Relay}s, at addresses that belong to these, so that the network can be cut; clients reach them directly.
 * One thread starts and stops; the addresses may be read by any.
 */
public final class RegistryServers implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration END = Duration.ofSeconds(30);

    private final List<String> program;
    private final Path folder;
    private final int count;
    private final List<Relay> relays = new ArrayList<>();
    private final List<RunningProgram> running = new ArrayList<>();
    private final int joinPort;
    private final int serverPort;
    private final int httpPort;
    private int lives;

    /**
     * Starts nothing yet.
     *
     * @param program the words that start {@code consul}, before its arguments
     * @param folder empty; gets the servers' data and output
     */
    public RegistryServers(List<String> program, Path folder, int count) {
        this.program = program;
        this.folder = folder;
        this.count = count;
        List<Integer> ports = FreePorts.some(3);
        joinPort = ports.get(0);
        serverPort = ports.get(1);
        httpPort = ports.get(2);
        for (int i = 0; i < count; i++) {
            running.add(null);
            relays.add(new Relay(new InetSocketAddress(front(i), joinPort), new InetSocketAddress(own(i), joinPort)));
            relays.add(new Relay(new InetSocketAddress(front(i), serverPort), new InetSocketAddress(own(i), serverPort)));
        }
    }

    /** Starts all and waits until they have a leader. */
    public void startAll() {
        IntStream.range(0, count).forEach(this::launch);
        awaitAll();
    }

    /** How many there are, running or not. */
    public int count() {
        return count;
    }

    /** Where a server answers clients. */
    public URI http(int server) {
        return URI.create("http://" + own(server) + ":" + httpPort);
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
            case Fault.PowerCut() -> IntStream.range(0, count).forEach(server -> end(server, RunningProgram::kill));
        }
    }

    /** Takes every fault back, and waits until each server answers current reads. */
    public void mend() {
        apply(new Fault.Heal());
        for (int server = 0; server < count; server++) {
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
            IntStream.range(0, count).forEach(server -> signal(server, "QUIT"));
            running.stream().filter(program -> program != null && program.isAlive())
                    .forEach(program -> program.awaitLine("a thread dump", line -> line.contains("Full thread dump")));
            throw e;
        }
    }

    private void awaitAnswers() {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2)).build();
        try (client) {
            for (int server = 0; server < count; server++) {
                HttpRequest read = HttpRequest.newBuilder(http(server).resolve("/v1/kv/any?consistent")).timeout(Duration.ofSeconds(10)).build();
                RunningProgram program = running.get(server);
                Eventually.holds("server " + server + " answers with a leader", START, () -> {
                    if (!program.isAlive()) {
                        throw new AssertionError("server ended by itself:\n" + String.join("\n", program.output()));
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
        Path home = folder.resolve("s" + server);
        Path config = home.resolve("server.hcl");
        try {
            Files.createDirectories(home);
            Files.writeString(config, """
                    node_name        = "s%d"
                    server           = true
                    bootstrap_expect = %d
                    bind_addr        = "%s"
                    client_addr      = "%s"
                    advertise_addr   = "%s"
                    data_dir         = "%s"
                    retry_interval   = "1s"
                    retry_join       = [%s]
                    ports { http = %d, dns = -1, serf_lan = %d, server = %d }
                    """.formatted(server, count, own(server), own(server), front(server), home.resolve("data"),
                    IntStream.range(0, count).filter(other -> other != server).mapToObj(other -> '"' + front(other) + ":" + joinPort + '"')
                            .collect(Collectors.joining(", ")), httpPort, joinPort, serverPort));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of("agent", "-config-file", config.toString(), "-log-level", "INFO"));
        running.set(server, RunningProgram.start("s" + server + "-" + lives++, home, Map.of("MUSTER_HEAP", "128m"), command));
    }

    private void end(int server, Consumer<RunningProgram> how) {
        RunningProgram program = running.get(server);
        if (program != null) {
            how.accept(program);
            running.set(server, null);
        }
    }

    private void signal(int server, String signal) {
        RunningProgram program = running.get(server);
        if (program != null && program.isAlive()) {
            program.signal(signal);
        }
    }

    /** Each relay stands before one server: it holds what comes from the other side of the cut. */
    private void cut(Set<Integer> servers) {
        for (int server = 0; server < count; server++) {
            Set<InetAddress> held = new HashSet<>();
            for (int other = 0; other < count; other++) {
                if (servers.contains(server) != servers.contains(other)) {
                    held.add(address(own(other)));
                }
            }
            relays.get(2 * server).hold(held);
            relays.get(2 * server + 1).hold(held);
        }
    }

    private static String own(int server) {
        return "127.0.77." + (server + 1);
    }

    private static String front(int server) {
        return "127.0.78." + (server + 1);
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
    }
}
