package muster.cli;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP API that answers what it is told, and the commands run against it. */
final class FakeAgent implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    /** What a command left behind. */
    record Ran(int exit, String out, String err) {}

    private record Answer(int status, String body) {}

    private final HttpServer server;
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<Headers> headers = new CopyOnWriteArrayList<>();

    FakeAgent() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    /** What is answered to a request line, as {@code GET /v1/kv/a?raw}; given again, the next answer; the last one stays. */
    FakeAgent on(String request, int status, String body) {
        answers.computeIfAbsent(request, r -> new ArrayDeque<>()).add(new Answer(status, body));
        return this;
    }

    FakeAgent on(String request, String body) {
        return on(request, 200, body);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        requests.add(request);
        headers.add(exchange.getRequestHeaders());
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        Deque<Answer> given = answers.getOrDefault(request, answers.get(request.replaceFirst("[?].*", "")));
        Answer answer = given == null ? new Answer(404, "not told: " + request) : given.size() > 1 ? given.poll() : given.peek();
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("X-Nomad-Index", String.valueOf(requests.size()));
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** The request lines, in order. */
    List<String> requests() {
        return requests;
    }

    /** The body of the last request. */
    String lastBody() {
        return bodies.getLast();
    }

    /** A header of the last request; null where it had none of that name. */
    String lastHeader(String name) {
        return headers.getLast().getFirst(name);
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    Ran run(String tool, String... args) {
        return feed(tool, "", args);
    }

    /** Runs with a text as standard input. */
    Ran feed(String tool, String in, String... args) {
        return run(tool, in, environment(), Path.of(""), args);
    }

    /** Runs with a folder that paths are relative to. */
    Ran runIn(Path folder, String tool, String... args) {
        return run(tool, "", environment(), folder, args);
    }

    private Map<String, String> environment() {
        return Map.of("CONSUL_HTTP_ADDR", address(), "NOMAD_ADDR", "http://" + address());
    }

    static Ran run(String tool, String in, Map<String, String> env, Path folder, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream printed = new PrintStream(out, false, StandardCharsets.UTF_8);
        PrintStream complained = new PrintStream(err, true, StandardCharsets.UTF_8);
        int exit = Main.run(tool, List.of(args), new Console(new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                printed, complained, env, folder, () -> NOW, () -> ZoneOffset.UTC, tool.equals("muster")));
        printed.flush();
        return new Ran(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
