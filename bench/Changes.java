import com.sun.management.ThreadMXBean;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import muster.http.Transports;
import muster.lb.fabio.FabioBalancer;
import muster.lb.fabio.FabioSettings;
import muster.lb.traefik.TraefikBalancer;
import muster.lb.traefik.TraefikSettings;
import muster.registry.client.HealthCheck;
import muster.registry.client.KeyValue;
import muster.registry.client.Node;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryClient;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.ServiceSummary;
import muster.registry.client.View;
import muster.registry.client.WatchStatus;

/**
 * {@code java -cp 'target/dist/lib/*' bench/Changes.java [SERVICES]}: a balancer of each dialect follows a registry in memory with that many services,
 * each with a route for a host of its own (10, then 50,000). One service after another moves to another port: how long until a request over a kept
 * connection is answered from there, and what all threads allocate meanwhile.
 */
final class Changes {
    private static final int ROUNDS = 60;
    private static final int WARM = 40;

    public static void main(String[] args) throws Exception {
        System.out.println("| changes | table made, s | change to first answer, ms | least | most | allocated, kB | heap kept, MB | load |\n|---|---|---|---|---|---|---|---|");
        Vertx vertx = Transports.vertx();
        HttpServer one = server("one");
        HttpServer two = server("two");
        for (int services : args.length > 0 ? new int[] {Integer.parseInt(args[0])} : new int[] {10, 50_000}) {
            for (String dialect : List.of("Fabio", "Traefik")) {
                measure(dialect, services, vertx, one.getAddress().getPort(), two.getAddress().getPort());
            }
        }
        System.exit(0);
    }

    private static HttpServer server(String says) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, says.length());
            exchange.getResponseBody().write(says.getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
        return server;
    }

    private static void measure(String dialect, int services, Vertx vertx, int one, int two) throws Exception {
        double before = used();
        Registry registry = new Registry();
        for (int i = 0; i < services; i++) {
            registry.set(i, one);
        }
        double held = used() - before;
        int port = Peers.port();
        long begun = System.nanoTime();
        try (AutoCloseable balancer = dialect.equals("Fabio")
                ? FabioBalancer.start(FabioSettings.read(List.of("-insecure", "-proxy.addr", "127.0.0.1:" + port, "-ui.addr", "127.0.0.1:" + Peers.port(),
                        "-registry.consul.register.enabled=false", "-registry.timeout", "120s"), Map.of(), "", "").config().orElseThrow(), registry, vertx)
                : TraefikBalancer.start(TraefikSettings.read(List.of("--entryPoints.web.address=127.0.0.1:" + port, "--providers.consulcatalog=true"), "", "")
                        .config().orElseThrow(), registry, vertx, 2, InstantSource.system());
                Http client = new Http(port)) {
            await(client, services - 1, "one");
            double made = (System.nanoTime() - begun) / 1e9;
            double kept = used() - before - held;
            double[] times = new double[ROUNDS];
            double[] allocated = new double[ROUNDS];
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int round = -WARM; round < ROUNDS; round++) {
                int service = Math.floorMod(round * 7919, services);
                boolean goes = registry.port(service) == one;
                long bytes = threads.getTotalThreadAllocatedBytes();
                long since = System.nanoTime();
                registry.set(service, goes ? two : one);
                await(client, service, goes ? "two" : "one");
                if (round >= 0) {
                    times[round] = (System.nanoTime() - since) / 1e6;
                    allocated[round] = (threads.getTotalThreadAllocatedBytes() - bytes) / 1e3;
                }
            }
            Arrays.sort(times);
            Arrays.sort(allocated);
            System.out.printf(Locale.ROOT, "| %s, %,d routes | %.1f | %.1f | %.1f | %.1f | %.0f | %.0f | %s |%n", dialect, services, made, times[ROUNDS / 2],
                    times[0], times[ROUNDS - 1], allocated[ROUNDS / 2], kept, Figures.load());
        }
    }

    private static void await(Http client, int service, String says) throws Exception {
        long until = System.nanoTime() + 300_000_000_000L;
        while (!client.get("http://host-" + service + ".test/path").body().equals(says)) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("service " + service + " does not show");
            }
        }
    }

    private static double used() {
        System.gc();
        return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / 1e6;
    }

    /** A registry that holds services and tells those who watch one of them. */
    private static final class Registry implements RegistryClient {
        private static final Node NODE = new Node("", "node", "127.0.0.1", "dc1", Map.of(), Map.of(), 0, 0);
        private final Map<String, ServiceInstance> instances = new ConcurrentHashMap<>();
        private final Map<String, Listener<List<ServiceInstance>>> watching = new ConcurrentHashMap<>();
        private long index = 1;

        int port(int number) {
            return instances.get("service-" + number).port();
        }

        void set(int number, int port) {
            String name = "service-" + number;
            List<String> tags = tags(number);
            ServiceInstance instance = new ServiceInstance(NODE, "", name, name, tags, "127.0.0.1", port, Map.of(), Map.of(),
                    ServiceInstance.Weights.DEFAULT, false,
                    List.of(new HealthCheck("node", "service:" + name, "", HealthCheck.Status.PASSING, "", "", name, name, tags, "ttl", 0, 0)), 0, ++index);
            instances.put(name, instance);
            Listener<List<ServiceInstance>> listener = watching.get(name);
            if (listener != null) {
                listener.changed(view(List.of(instance)));
            }
        }

        private static List<String> tags(int number) {
            String host = "host-" + number + ".test";
            return List.of("traefik.http.routers.router-" + number + ".rule=Host(`" + host + "`)", "urlprefix-" + host + "/path");
        }

        private <T> View<T> view(T value) {
            return new View<>(Optional.of(value), index, Instant.now(), Optional.empty());
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> Watch watch(Query<T> query, Listener<T> listener) {
            switch (query) {
                case Query.Services all -> {
                    List<ServiceSummary> names = new ArrayList<>();
                    instances.forEach((name, instance) -> names.add(new ServiceSummary(name, instance.tags())));
                    listener.changed((View<T>) view(names));
                }
                case Query.HealthService one -> {
                    watching.put(one.service(), (Listener<List<ServiceInstance>>) (Listener<?>) listener);
                    listener.changed((View<T>) view(List.of(instances.get(one.service()))));
                }
                default -> listener.changed((View<T>) view(List.<KeyValue>of()));
            }
            return () -> { };
        }

        @Override
        public <T> Reading<T> read(Query<T> query) {
            throw new UnsupportedOperationException("only watched here: " + query);
        }

        @Override
        public void register(ServiceRegistration registration) {}

        @Override
        public void deregister(String serviceId) {}

        @Override
        public void updateCheck(String checkId, HealthCheck.Status status, String output) {}

        @Override
        public boolean put(String key, byte[] value, long flags, Optional<Long> cas) {
            return false;
        }

        @Override
        public void delete(String key, boolean recurse) {}

        @Override
        public AgentSelf self() {
            return new AgentSelf("node", "dc1");
        }

        @Override
        public List<WatchStatus> watches() {
            return List.of();
        }

        @Override
        public void close() {}
    }
}
