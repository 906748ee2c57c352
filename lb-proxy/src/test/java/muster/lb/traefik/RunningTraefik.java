package muster.lb.traefik;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import muster.lb.proxy.OpenVertx;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;

/**
 * A balancer of Traefik's dialect with a registry in memory and a client: entry points {@code http} and {@code traefik}, and those that its
 * flags add, all on free ports; tags that begin with {@code lb.}; the API open.
 */
final class RunningTraefik implements AutoCloseable {
    private static final List<String> FLAGS = List.of("--entryPoints.http.address=:80", "--entryPoints.traefik.address=:81", "--api.insecure",
            "--providers.consulcatalog.prefix=lb");

    final FakeRegistry registry = new FakeRegistry();
    final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final TraefikBalancer balancer;

    RunningTraefik(OpenVertx vertx, String... flags) {
        List<String> all = new ArrayList<>(FLAGS);
        all.addAll(List.of(flags));
        TraefikSettings settings = TraefikSettings.read(all, "", "");
        assertThat(settings.problems()).isEmpty();
        TraefikConfig config = settings.config().orElseThrow();
        Map<String, Integer> free = config.entryPoints().stream().collect(Collectors.toMap(TraefikConfig.EntryPoint::name, entry -> 0));
        try {
            balancer = TraefikBalancer.start(config.at(free, "127.0.0.1"), registry, vertx.vertx(), 2, InstantSource.system());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while the balancer started", e);
        }
    }

    int port(String entryPoint) {
        return balancer.port(entryPoint);
    }

    /** An instance on this machine; tags are given without their {@code lb.}. */
    void register(String service, int port, String... tags) {
        registry.add(registry.instance(service, service + "-" + port, "127.0.0.1", port,
                Arrays.stream(tags).map(tag -> "lb." + tag).toArray(String[]::new)));
    }

    /** A service {@code svc-NAME} whose router takes {@code /NAME} and has the middleware NAME of these options. */
    void registerWith(String name, int port, String... options) {
        List<String> tags = new ArrayList<>(List.of("http.routers." + name + ".rule=PathPrefix(`/" + name + "`)",
                "http.routers." + name + ".middlewares=" + name));
        Arrays.stream(options).map(option -> "http.middlewares." + name + "." + option).forEach(tags::add);
        register("svc-" + name, port, tags.toArray(String[]::new));
    }

    /** The same, and waits until the router is there. */
    void routeWith(String name, int port, String... options) {
        registerWith(name, port, options);
        Eventually.passes("router " + name + " is enabled",
                () -> assertThat(api("/api/http/routers/" + name + "@consulcatalog").body()).contains("\"status\":\"enabled\""));
    }

    URI uri(String entryPoint, String path) {
        return URI.create("http://127.0.0.1:" + port(entryPoint) + path);
    }

    /** A request to the entry point {@code http}. */
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri("http", path));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /** What the entry point {@code traefik} answers to GET. */
    HttpResponse<String> api(String path) throws IOException, InterruptedException {
        return call("GET", path);
    }

    /** What the entry point {@code traefik} answers. */
    HttpResponse<String> call(String method, String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri("traefik", path)).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    /** The client goes first: a balancer waits for the connections that it has. */
    @Override
    public void close() {
        client.shutdownNow();
        client.close();
        balancer.close();
    }
}
