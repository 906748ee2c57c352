package muster.template.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import muster.wire.Json;

/** A Vault as far as its clients see it: fixed answers by path, and a record of what was asked. Also stands in for Nomad. */
final class FakeVault implements AutoCloseable {
    /** One request as it came. */
    record Asked(String method, String path, String token, String namespace, String body) {}

    private final HttpServer server;
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile String index = "";

    FakeVault() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/", this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Sets the answer to {@code METHOD path}; one that begins with a number has it as its status. */
    FakeVault answers(String request, Object json) {
        answers.put(request, json instanceof String text ? text : Json.text(json));
        return this;
    }

    /** What Nomad would give as the index of each answer. */
    void index(String value) {
        index = value;
    }

    List<Asked> asked() {
        return asked;
    }

    List<String> paths() {
        return asked.stream().map(each -> each.method() + " " + each.path()).toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString().substring("/v1/".length());
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(new Asked(exchange.getRequestMethod(), path, String.valueOf(exchange.getRequestHeaders().getFirst("X-Vault-Token")),
                String.valueOf(exchange.getRequestHeaders().getFirst("X-Vault-Namespace")), body));
        String answer = answers.getOrDefault(exchange.getRequestMethod() + " " + path, "404 {\"errors\":[]}");
        int status = 200;
        if (answer.matches("(?s)\\d{3} .*")) {
            status = Integer.parseInt(answer.substring(0, 3));
            answer = answer.substring(4);
        }
        if (!index.isEmpty()) {
            exchange.getResponseHeaders().set("X-Nomad-Index", index);
        }
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
