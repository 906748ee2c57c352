package muster.lb.traefik;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.middleware.Surroundings;
import muster.lb.tree.Labels;
import muster.lb.tree.TreeReader;
import muster.registry.client.testing.FakeRegistry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;

/** Tables that are made change by change, beside tables that are made of the whole. */
class TableKeeperTest {
    private static final TraefikConfig CONFIG = TraefikSettings.read(List.of("--entryPoints.http.address=:80", "--entryPoints.other.address=:81",
            "--entryPoints.other.http.middlewares=m0@file", "--entryPoints.secure.address=:82", "--entryPoints.secure.http.tls=true",
            "--entryPoints.names.address=:53/udp", "--entryPoints.times.address=:123/udp",
            "--providers.consulcatalog.prefix=lb"), "", "").config().orElseThrow();
    private static final List<String> RULES = List.of("Host(`a.test`)", "Host(`A.test.`) && Path(`/x`)", "Host(`a.test`) || Host(`b.test`)",
            "Host(`a.test`) || Path(`/x`)", "!Host(`a.test`)", "PathPrefix(`/`)", "Path(`/x`)", "HostRegexp(`.*`)", "Nope(`x`)",
            "(Host(`b.test`) || Host(`c.test`)) && !Path(`/x`)");

    private final Surroundings surroundings = new Surroundings(request -> new CompletableFuture<>(), System::nanoTime, RandomGenerator.getDefault(),
            Runnable::run, file -> {
                throw new IllegalArgumentException("no file " + file);
            }, name -> Optional.empty());

    private TableKeeper keeper() {
        return new TableKeeper(CONFIG, surroundings, name -> Optional.empty(), () -> { }, table -> { });
    }

    /**
     * Forty changes of a few names, good ones and bad ones, one after the other: after each the table is the one that is made of the whole, and
     * services that did not change are the same as before.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void changesAddUpToTheWhole(long seed) {
        Random random = new Random(seed);
        Map<String, String> labels = new HashMap<>();
        TableKeeper keeper = keeper();
        for (int step = 0; step < 40; step++) {
            for (int i = random.nextInt(3); i >= 0; i--) {
                change(labels, random);
                changeConnections(labels, random);
            }
            DynamicConfig now = config(labels);
            TraefikTable before = keeper.table();
            keeper.put("file", now);
            TableKeeper whole = keeper();
            whole.put("file", now);
            assertThat(picture(keeper.table())).as("step %d of seed %d", step, seed).isEqualTo(picture(whole.table()));
            keeper.table().eachService((name, service) -> before.service(name)
                    .filter(old -> old instanceof LoadBalancer balancer && service instanceof LoadBalancer same && balancer.options().equals(same.options()))
                    .filter(old -> old != service)
                    .ifPresent(old -> assertThat(((LoadBalancer) old).transport()).isNotEqualTo(((LoadBalancer) service).transport())));
            keeper.table().parts().tcpServices().forEach((name, service) -> before.parts().tcpServices().get(name)
                    .filter(old -> old.spec().equals(service.spec()))
                    .ifPresent(old -> assertThat(service).as(name).isSameAs(old)));
        }
    }

    private static void change(Map<String, String> labels, Random random) {
        String router = "http.routers.r" + random.nextInt(6) + ".";
        String service = "http.services.s" + random.nextInt(4) + ".";
        String middleware = "http.middlewares.m" + random.nextInt(4) + ".";
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> {
                labels.put(router + "rule", RULES.get(random.nextInt(RULES.size())));
                labels.put(router + "service", "s" + random.nextInt(4));
            }
            case 3 -> labels.put(router + "middlewares", "m" + random.nextInt(4));
            case 4 -> labels.put(router + "priority", "" + random.nextInt(30));
            case 5 -> labels.put(router + "tls", "true");
            case 6, 7 -> labels.put(service + "loadbalancer.servers[0].url", "http://127.0.0.1:" + (1000 + random.nextInt(3)));
            case 8 -> labels.put(service + "loadbalancer.strategy", random.nextBoolean() ? "p2c" : "nonsense");
            case 9 -> labels.put(middleware + "addprefix.prefix", "/p" + random.nextInt(3));
            case 10 -> {
                labels.keySet().removeIf(key -> key.startsWith(middleware));
                labels.put(middleware + "chain.middlewares", "m" + random.nextInt(4));
            }
            default -> {
                String gone = List.of(router, service, middleware).get(random.nextInt(3));
                labels.keySet().removeIf(key -> key.startsWith(gone));
            }
        }
    }

    private static void changeConnections(Map<String, String> labels, Random random) {
        String router = "tcp.routers.r" + random.nextInt(4) + ".";
        String service = "tcp.services.s" + random.nextInt(3) + ".";
        String middleware = "tcp.middlewares.m" + random.nextInt(2) + ".";
        String datagrams = "udp.routers.r" + random.nextInt(3) + ".";
        String answering = "udp.services.s" + random.nextInt(2) + ".";
        switch (random.nextInt(12)) {
            case 0, 1 -> {
                labels.put(router + "rule", List.of("HostSNI(`*`)", "HostSNI(`a.test`)", "ClientIP(`127.0.0.1`)", "Nope(`x`)").get(random.nextInt(4)));
                labels.put(router + "service", "s" + random.nextInt(3));
            }
            case 2 -> labels.put(router + "middlewares", "m" + random.nextInt(2));
            case 3 -> labels.put(router + "priority", "" + random.nextInt(30));
            case 4 -> labels.put(router + "tls", "true");
            case 5 -> labels.put(router + "entrypoints", List.of("http", "other,secure", "nowhere").get(random.nextInt(3)));
            case 6 -> labels.put(service + "loadbalancer.servers[0].address", "127.0.0.1:" + (1000 + random.nextInt(3)));
            case 7 -> labels.put(service + "loadbalancer.proxyprotocol.version", "" + random.nextInt(4));
            case 8 -> labels.put(middleware + "ipallowlist.sourcerange", random.nextBoolean() ? "127.0.0.1/32" : "nonsense");
            case 9 -> {
                labels.put(datagrams + "service", "s" + random.nextInt(2));
                labels.put(datagrams + "entrypoints", List.of("names", "times", "names,times").get(random.nextInt(3)));
            }
            case 10 -> labels.put(answering + "loadbalancer.servers[0].address", "127.0.0.1:" + (1000 + random.nextInt(3)));
            default -> {
                String gone = List.of(router, service, middleware, datagrams, answering).get(random.nextInt(5));
                labels.keySet().removeIf(key -> key.startsWith(gone));
            }
        }
    }

    private static DynamicConfig config(Map<String, String> labels) {
        return DynamicConfig.ofTree(new TreeReader((where, what) -> {
            throw new AssertionError(where + ": " + what);
        }).section(DynamicShapes.file(), Labels.tree(new java.util.TreeMap<>(labels)), "").orElseThrow());
    }

    /** All that can be seen of a table. */
    private static List<Object> picture(TraefikTable table) {
        List<Object> seen = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            seen.add(ApiViews.list(table, kind));
        }
        for (String entry : List.of("http", "other", "secure")) {
            for (boolean isTls : List.of(false, true)) {
                for (String host : List.of("a.test", "b.test:81", "C.test", "d.test")) {
                    RequestHead head = head(entry, isTls, host);
                    seen.add(table.candidates(head).stream().map(route -> route.router().name() + " " + route.matches().test(head)
                            + " " + route.middlewares().keySet().stream().sorted().toList()).toList());
                    seen.add(table.lookup(head).map(route -> route.router().name()));
                }
                seen.add(table.hasHttpsHost(entry, "A.test"));
            }
            seen.add(table.parts().tcp().getOrDefault(entry, List.of()).stream()
                    .map(route -> route.router().name() + " " + route.service().spec() + " " + route.middlewares().size()).toList());
            seen.add(table.hasTcp(entry));
        }
        for (String entry : List.of("names", "times")) {
            seen.add(table.udp(entry).map(route -> route.router().name() + " " + route.service().spec()));
        }
        return seen;
    }

    private static RequestHead head(String entry, boolean isTls, String host) {
        return new RequestHead("GET", "/x", host, new HeaderList().add("Host", host), new RequestHead.Peer("127.0.0.1", 1, "127.0.0.1", 80,
                isTls ? Optional.of(new muster.lb.exchange.TlsSession("TLSv1.3", "", host, Optional.empty())) : Optional.empty(), entry), 1);
    }

    /** The parts of services' tags, one after the other, add up to what merging all at once gives. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void definitionsOfServicesAddUp(long seed) {
        Random random = new Random(seed);
        Definitions definitions = new Definitions();
        Map<String, List<DynamicConfig>> services = new java.util.TreeMap<>();
        DynamicConfig followed = DynamicConfig.EMPTY;
        for (int step = 0; step < 60; step++) {
            String service = "service-" + random.nextInt(4);
            List<DynamicConfig> parts = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                Map<String, String> labels = new HashMap<>();
                for (int j = 0; j < 4; j++) {
                    change(labels, random);
                }
                parts.add(config(labels));
            }
            services.put(service, parts);
            Change change = definitions.put(Map.of(service, parts));
            followed = applied(followed, change);
            DynamicConfig whole = DynamicConfig.merge(services.values().stream().flatMap(List::stream).toList());
            for (Kind kind : Kind.values()) {
                assertThat(followed.of(kind)).as("step %d, %s", step, kind).isEqualTo(whole.of(kind));
            }
            assertThat(definitions.problems()).containsExactlyInAnyOrderElementsOf(whole.problems());
        }
    }

    private static DynamicConfig applied(DynamicConfig before, Change change) {
        Map<Kind, java.util.SortedMap<String, muster.lb.tree.Values>> items = new HashMap<>();
        for (Kind kind : Kind.values()) {
            java.util.SortedMap<String, muster.lb.tree.Values> next = new java.util.TreeMap<>(before.of(kind));
            change.of(kind).forEach((name, definition) -> definition.ifPresentOrElse(one -> next.put(name, one), () -> next.remove(name)));
            items.put(kind, next);
        }
        return new DynamicConfig(items, List.of(), List.of());
    }

    /** One service of twenty thousand changes its server: next to nothing is made for it, and a request is tried against its host's routers only. */
    @Test
    void aChangeCostsTheSameInALargeTable() {
        FakeRegistry registry = new FakeRegistry();
        TraefikConfig.Provider provider = CONFIG.provider().orElseThrow();
        Definitions definitions = new Definitions();
        TableKeeper keeper = keeper();
        Map<String, List<DynamicConfig>> all = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            all.put("web-" + i, one(registry, provider, i, 1000));
        }
        keeper.put("consulcatalog", definitions.put(all), definitions.problems());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            List<DynamicConfig> changed = one(registry, provider, 777, 2000 + round);
            long before = threads.getCurrentThreadAllocatedBytes();
            keeper.put("consulcatalog", definitions.put(Map.of("web-777", changed)), definitions.problems());
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes allocated").isLessThan(200_000);
        RequestHead head = head("http", false, "host-777.test");
        assertThat(keeper.table().lookup(head).map(route -> route.router().service())).contains("web-777@consulcatalog");
        assertThat(keeper.table().candidates(head)).hasSize(1);
        assertThat(keeper.table().routersOfOtherHosts(head)).isEqualTo(19_999);
        assertThat(keeper.table().service("web-777@consulcatalog").orElseThrow().serverStatus()).containsOnlyKeys("http://127.0.0.1:2004");
    }

    private static List<DynamicConfig> one(FakeRegistry registry, TraefikConfig.Provider provider, int number, int port) {
        return TraefikTags.of(registry.instance("web-" + number, "web-" + number, "127.0.0.1", port,
                "lb.http.routers.r" + number + ".rule=Host(`host-" + number + ".test`)", "lb.http.routers.r" + number + ".entrypoints=http"), provider).stream().toList();
    }
}
