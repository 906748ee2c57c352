package muster.lb.fabio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.lb.proxy.OpenVertx;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;

/**
 * A balancer of Fabio's dialect with a registry in memory and a client: one listener for HTTP and one for the API, both on free ports; its
 * flags are added to those, so that later ones win. It does not register itself unless they say so.
 */
public final class RunningFabio implements AutoCloseable {
    private static final List<String> FLAGS = List.of("-proxy.addr", "127.0.0.1:0", "-ui.addr", "127.0.0.1:0", "-registry.consul.register.enabled=false",
            "-proxy.strategy", "rr");
    /** Far more than anything here takes. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final FakeRegistry registry = new FakeRegistry();
    final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final FabioBalancer balancer;

    public RunningFabio(OpenVertx vertx, String... flags) {
        List<String> all = new ArrayList<>(FLAGS);
        all.addAll(List.of(flags));
        FabioSettings settings = FabioSettings.read(all, Map.of(), "", "");
        assertThat(settings.problems()).isEmpty();
        try {
            balancer = FabioBalancer.start(settings.config().orElseThrow(), registry, vertx.vertx());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while the balancer started", e);
        }
    }

    public int port() {
        return balancer.proxyPort();
    }

    /** An instance on this machine, at its node's address. */
    public void register(String service, int port, String... tags) {
        registry.add(registry.instance(service, service + "-" + port, "", port, tags));
    }

    void leave(String service, int port) {
        registry.remove(registry.self().nodeName(), service + "-" + port);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path)).timeout(PATIENCE);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(headers.length == 0 ? request(path) : request(path).headers(headers));
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** What the API answers to GET. */
    String api(String path) throws IOException, InterruptedException {
        return call("GET", path).body();
    }

    /** What the API answers. */
    HttpResponse<String> call(String method, String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + balancer.apiPort() + path))
                .method(method, HttpRequest.BodyPublishers.noBody()));
    }

    /** Waits until the table has so many routes. */
    void awaitRoutes(int count) {
        Eventually.passes(count + " routes", () -> assertThat(api("/api/routes?raw").lines()).hasSize(count));
    }

    /** Waits until requests for the path get this status. */
    void awaitStatus(String path, int status) {
        Eventually.passes(path + " answers " + status, () -> assertThat(get(path).statusCode()).isEqualTo(status));
    }

    /** A client's connection. */
    Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    /** Sends bytes and reads until the other side closes. */
    String raw(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    /** The client goes first: a balancer waits for the connections that it has. */
    @Override
    public void close() {
        client.shutdownNow();
        client.close();
        balancer.close();
    }
}
