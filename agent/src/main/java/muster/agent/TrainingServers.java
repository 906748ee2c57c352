package muster.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import muster.registry.agent.AgentControls;

/**
 * Three servers of one log in this process, with a port each as in their own processes: they find each other, begin the log, take
 * writes and reads on each of them, lose their leader and go on. So a server starts with the log's engine loaded, and knows which of
 * its methods are worth compiling. One thread.
 */
final class TrainingServers implements AutoCloseable {
    private static final int SERVERS = 3;
    private static final int CLIENTS = 24;
    /** A program that is trained is slow, and a machine that builds is busy. */
    private static final Duration FIRST_LEADER = Duration.ofSeconds(60);
    private static final Duration ALL = Duration.ofSeconds(6);
    private static final Duration WITHOUT_LEADER = Duration.ofSeconds(4);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 50;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path folder;
    private final List<Suite> servers = new ArrayList<>();

    /** Throws {@link IOException} where there is no room for the servers' folders. */
    TrainingServers() throws IOException {
        folder = Files.createTempDirectory("muster-training");
    }

    /**
     * Returns how many writes were answered. Throws {@link IOException} where a server does not start, or none leads for long. A write
     * that fails is no reason to end: what was learned until then is of use.
     */
    int run() throws IOException, InterruptedException {
        for (int i = 0; i < SERVERS; i++) {
            servers.add(start(i));
        }
        AtomicInteger written = new AtomicInteger();
        Suite leader = leader();
        load(ALL, written);
        servers.remove(leader);
        leader.close();
        load(WITHOUT_LEADER, written);
        return written.get();
    }

    private Suite start(int number) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("-server", "-bootstrap-expect=" + SERVERS, "-node=training" + number,
                "-data-dir=" + folder.resolve("server" + number), "-bind=127.0.0.1", "-http-port=0", "-dns-port=-1", "-serf-lan-port=0",
                "-server-port=0", "-log-level=ERR", "-retry-interval=1s"));
        for (Suite other : servers) {
            arguments.add("-retry-join=" + other.cluster().orElseThrow().members().self().address());
        }
        AgentOptions options = AgentArguments.parse("consul", arguments, Map.of(), new Machine("training", List.of()));
        return Suite.start(options, new AgentControls(() -> {}, () -> {}, new Logging(options.log())), InstantSource.system());
    }

    private Suite leader() throws IOException, InterruptedException {
        long end = System.nanoTime() + FIRST_LEADER.toNanos();
        while (System.nanoTime() - end < 0) {
            for (Suite server : servers) {
                if (server.cluster().flatMap(ClusterPart::log).filter(log -> log.isLeader()).isPresent()) {
                    return server;
                }
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        throw new IOException("no server leads after " + FIRST_LEADER.toSeconds() + " s");
    }

    /** Clients of all servers, which write and read for a time. */
    private void load(Duration time, AtomicInteger written) {
        List<String> addresses = servers.stream().map(TrainingServers::address).toList();
        long end = System.nanoTime() + time.toNanos();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                String keys = addresses.get(i % addresses.size()) + "/v1/kv/training/" + i;
                clients.execute(() -> write(keys, end, written));
            }
        }
    }

    private static String address(Suite server) {
        return server.listening().stream().filter(line -> line.what().startsWith("registry")).findFirst().orElseThrow().address();
    }

    private void write(String keys, long end, AtomicInteger written) {
        try {
            for (int i = 0; System.nanoTime() - end < 0; i++) {
                try {
                    if (send("PUT", keys + "/" + i % 100, "value " + i) == 200) {
                        written.incrementAndGet();
                    }
                    if (i % 10 == 0) {
                        send("GET", keys + "/" + i % 100 + (i % 20 == 0 ? "?consistent" : ""), "");
                    }
                } catch (IOException e) {
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int send(String method, String url, String body) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).timeout(ANSWER).method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    @Override
    public void close() {
        servers.reversed().forEach(Suite::close);
        http.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the training's folder " + folder + " can't be removed", e);
        }
    }
}
