package muster.checks;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.registry.client.HealthCheck.Status;
import muster.wire.GoDuration;
import muster.wire.Json;
import muster.wire.JsonException;
import muster.wire.Key;

/** Runs a program in a container by Docker's own API and judges its exit. (Docker Engine API: exec) */
final class DockerRunner implements Runner {
    private static final String USUAL_SOCKET = "/var/run/docker.sock";
    private static final int MAX_ANSWER = 64 * 1024;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final CheckDefinition.Docker definition;
    private final int outputLimit;
    private final URI docker;

    /** @param docker {@code unix:///path} or {@code tcp://host:port} */
    DockerRunner(CheckDefinition.Docker definition, int outputLimit, URI docker) {
        this.definition = definition;
        this.outputLimit = outputLimit;
        this.docker = docker;
    }

    /** Where Docker listens, as its own command line finds it. */
    static URI address(Map<String, String> environment) {
        String given = environment.getOrDefault("DOCKER_HOST", "");
        try {
            return URI.create(given.isEmpty() ? "unix://" + USUAL_SOCKET : given);
        } catch (IllegalArgumentException malformed) {
            return URI.create("unix://" + USUAL_SOCKET);
        }
    }

    record ExecBody(boolean attachStdin, boolean attachStdout, boolean attachStderr, boolean tty, List<String> cmd) {}

    record StartBody(boolean detach, boolean tty) {}

    record Created(@Key("Id") String id) {}

    record Inspected(boolean running, Integer exitCode) {}

    @Override
    public Outcome run() throws InterruptedException {
        Deadline deadline = Deadline.in(definition.when().timeout());
        try {
            String container = URLEncoder.encode(definition.container(), StandardCharsets.UTF_8);
            Created exec = Json.read(Created.class, call("POST", "/containers/" + container + "/exec",
                    new ExecBody(false, true, true, false, command()), 201, deadline), Json.Unknown.IGNORE);
            String path = "/exec/" + URLEncoder.encode(String.valueOf(exec.id()), StandardCharsets.UTF_8);
            Output.Tail tail = new Output.Tail(outputLimit);
            start(path + "/start", tail, deadline);
            return judge(exitCode(path + "/json", deadline), tail);
        } catch (SocketTimeoutException late) {
            return Outcome.critical("Timed out (" + GoDuration.format(definition.when().timeout()) + ") running check");
        } catch (IOException | JsonException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return Outcome.critical("docker: " + (e instanceof IOException io ? Connection.explain(io) : e.getMessage()));
        }
    }

    private List<String> command() {
        return definition.shell().isEmpty() ? definition.args() : List.of(definition.shell(), "-c", String.join(" ", definition.args()));
    }

    /** The stream ends when the program does; its exit code may come a moment later. */
    private int exitCode(String path, Deadline deadline) throws IOException, InterruptedException {
        while (true) {
            Inspected found = Json.read(Inspected.class, call("GET", path, null, 200, deadline), Json.Unknown.IGNORE);
            if (!found.running() && found.exitCode() != null) {
                return found.exitCode();
            }
            deadline.remainingMillis();
            Thread.sleep(LOOK_AGAIN);
        }
    }

    private static Outcome judge(int exit, Output.Tail tail) {
        Status status = exit == 0 ? Status.PASSING : exit == 1 ? Status.WARNING : Status.CRITICAL;
        return new Outcome(status, Output.tail(tail));
    }

    private void start(String path, Output.Tail tail, Deadline deadline) throws IOException, InterruptedException {
        Demultiplexer frames = new Demultiplexer(tail);
        HttpExchange.Answer answer = exchange("POST", path, new StartBody(false, false), frames, deadline);
        if (answer.status() != 200) {
            throw new IOException("unexpected response code " + answer.status() + " when the program was started");
        }
    }

    private byte[] call(String method, String path, Object body, int wanted, Deadline deadline) throws IOException, InterruptedException {
        Output.Tail text = new Output.Tail(MAX_ANSWER);
        HttpExchange.Answer answer = exchange(method, path, body, text, deadline);
        if (answer.status() == 404) {
            throw new IOException("container \"" + definition.container() + "\" is unknown: " + text.text().strip());
        }
        if (answer.status() != wanted) {
            throw new IOException("unexpected response code " + answer.status() + ": " + text.text().strip());
        }
        return text.text().getBytes(StandardCharsets.UTF_8);
    }

    private HttpExchange.Answer exchange(String method, String path, Object body, Output.Sink sink, Deadline deadline)
            throws IOException, InterruptedException {
        String text = body == null ? "" : new String(Json.write(body), StandardCharsets.UTF_8);
        try (Wire wire = open(deadline)) {
            return new HttpExchange(Map.of("Content-Type", List.of("application/json")), false, MAX_ANSWER)
                    .exchange(wire, method, URI.create("http://docker" + path), text, sink);
        }
    }

    private Wire open(Deadline deadline) throws IOException, InterruptedException {
        return switch (String.valueOf(docker.getScheme())) {
            case "unix" -> SocketFile.open(docker.getPath(), deadline);
            case "tcp", "http" -> Connection.open(new HostPort(String.valueOf(docker.getHost()), docker.getPort()), deadline);
            default -> throw new IOException("DOCKER_HOST \"" + docker + "\" has to begin with unix:// or tcp://");
        };
    }

    /**
     * Takes the two streams of a program out of Docker's frames: a byte of the stream's number, three of zero, four of the length. Bytes
     * that stand in no frame are taken as they are.
     */
    static final class Demultiplexer implements Output.Sink {
        private static final int HEAD = 8;

        private final Output.Sink sink;
        private final List<Byte> head = new ArrayList<>(HEAD);
        private long left;
        private boolean plain;

        Demultiplexer(Output.Sink sink) {
            this.sink = sink;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            int at = offset;
            int end = offset + length;
            while (at < end) {
                if (plain || left > 0) {
                    int part = plain ? end - at : (int) Math.min(left, end - at);
                    sink.write(bytes, at, part);
                    at += part;
                    left -= plain ? 0 : part;
                } else {
                    head.add(bytes[at++]);
                    if (head.size() == HEAD) {
                        frame();
                    }
                }
            }
        }

        private void frame() {
            byte[] bytes = new byte[HEAD];
            for (int i = 0; i < HEAD; i++) {
                bytes[i] = head.get(i);
            }
            head.clear();
            plain = bytes[0] < 0 || bytes[0] > 2 || bytes[1] != 0 || bytes[2] != 0 || bytes[3] != 0;
            if (plain) {
                sink.write(bytes, 0, HEAD);
            } else {
                left = (bytes[4] & 0xffL) << 24 | (bytes[5] & 0xff) << 16 | (bytes[6] & 0xff) << 8 | bytes[7] & 0xff;
            }
        }
    }
}
