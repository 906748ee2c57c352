package muster.template;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import muster.template.runner.TemplateStatus;
import muster.wire.GoTime;
import muster.wire.Json;

/** {@code GET /v1/template/status}: each template of the agent, what it waits for and how old its values are. Never shows values. */
final class StatusPage implements AutoCloseable {
    static final String PATH = "/v1/template/status";
    private static final int LARGEST_PORT = 65_535;

    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Supplier<List<TemplateStatus>> status;
    private final InstantSource clock;

    /** Listens. @param address {@code host:port}; port 0 takes a free one */
    StatusPage(String address, Supplier<List<TemplateStatus>> status, InstantSource clock) throws IOException {
        this.status = status;
        this.clock = clock;
        int colon = address.lastIndexOf(':');
        String port = address.substring(colon + 1);
        if (colon < 1 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > LARGEST_PORT) {
            throw new IOException("status_address \"" + address + "\" is not written host:port");
        }
        server = HttpServer.create(new InetSocketAddress(address.substring(0, colon).replaceAll("[\\[\\]]", ""), Integer.parseInt(port)), 0);
        server.setExecutor(executor);
        server.createContext(PATH, this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean read = List.of("GET", "HEAD").contains(exchange.getRequestMethod());
            Map<String, Object> body = new LinkedHashMap<>();
            if (read) {
                body.put("Now", GoTime.rfc3339(clock.instant()));
                body.put("Templates", status.get().stream().map(each -> (Object) each.json()).toList());
            } else {
                body.put("Error", "only GET is answered here");
            }
            byte[] bytes = Json.write(body);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(read ? 200 : 405, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
