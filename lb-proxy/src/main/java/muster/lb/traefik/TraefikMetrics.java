package muster.lb.traefik;

import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.RequestHead;

/** Traefik's metrics in Prometheus' text form. Series of routers and services that are gone vanish. Any thread. */
final class TraefikMetrics implements TraefikDispatcher.Observer {
    /** What series there are at most; what would be more is counted nowhere. Methods outside this list are one. */
    private static final int MAX_SERIES = 20_000;
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PRI");

    private final TraefikConfig.Metrics config;
    private final InstantSource clock;
    private final Map<Key, Series> series = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> retries = new ConcurrentHashMap<>();
    private final Supplier<Map<String, Integer>> connections;
    private volatile long lastReload;

    /** @param subject entrypoint, router or service */
    private record Key(String subject, String name, String service, String code, String method, String protocol) {
        String labels() {
            StringBuilder text = new StringBuilder("code=\"" + code + "\"");
            if (subject.equals("entrypoint")) {
                text.append(",entrypoint=\"").append(escaped(name)).append('"');
            }
            text.append(",method=\"").append(method).append("\",protocol=\"").append(protocol).append('"');
            if (subject.equals("router")) {
                text.append(",router=\"").append(escaped(name)).append('"');
            }
            return subject.equals("entrypoint") ? text.toString() : text.append(",service=\"").append(escaped(service)).append('"').toString();
        }
    }

    private static final class Series {
        private final LongAdder count = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private final LongAdder received = new LongAdder();
        private final LongAdder sent = new LongAdder();
        private final LongAdder tls = new LongAdder();
        private final LongAdder[] buckets;

        Series(int size) {
            buckets = new LongAdder[size];
            for (int i = 0; i < size; i++) {
                buckets[i] = new LongAdder();
            }
        }
    }

    /** @param connections open ones by entry point */
    TraefikMetrics(TraefikConfig.Metrics config, InstantSource clock, Supplier<Map<String, Integer>> connections) {
        this.config = config;
        this.clock = clock;
        this.connections = connections;
    }

    @Override
    public void ended(TraefikDispatcher.Seen seen) {
        Dispatcher.Ended ended = seen.ended();
        RequestHead head = ended.head();
        String code = "" + ended.status();
        String method = METHODS.contains(head.method()) ? head.method() : "EXTENSION_METHOD";
        String protocol = head.isWebSocket() ? "websocket" : head.headers().first("Accept").orElse("").equals("text/event-stream") ? "sse" : "http";
        if (config.byEntryPoint()) {
            add(new Key("entrypoint", head.peer().entryPoint(), "", code, method, protocol), ended);
        }
        seen.router().ifPresent(taken -> {
            if (config.byRouter()) {
                add(new Key("router", taken.name(), taken.service(), code, method, protocol), ended);
            }
            if (config.byService() && ended.attempt().isPresent()) {
                String service = ended.attempt().get().service();
                add(new Key("service", service, service, code, method, protocol), ended);
                if (ended.tries().again() > 0) {
                    retries.computeIfAbsent(service, s -> new LongAdder()).add(ended.tries().again());
                }
            }
        });
    }

    private void add(Key key, Dispatcher.Ended ended) {
        if (series.size() >= MAX_SERIES && !series.containsKey(key)) {
            return;
        }
        Series one = series.computeIfAbsent(key, k -> new Series(config.buckets().size()));
        one.count.increment();
        one.nanos.add(ended.time().toNanos());
        one.sent.add(ended.bytes());
        one.received.add(ended.head().headers().first("Content-Length").filter(text -> text.matches("[0-9]{1,15}")).map(Long::parseLong).orElse(0L));
        if (ended.head().peer().isTls()) {
            one.tls.increment();
        }
        double seconds = ended.time().toNanos() / 1e9;
        for (int i = 0; i < one.buckets.length; i++) {
            if (seconds <= config.buckets().get(i)) {
                one.buckets[i].increment();
            }
        }
    }

    /** Forgets what is no longer there. */
    void replaced(TraefikTable table) {
        lastReload = clock.instant().getEpochSecond();
        retries.keySet().removeIf(service -> !table.isDefined(Kind.HTTP_SERVICE, service));
        series.keySet().removeIf(key -> switch (key.subject()) {
            case "router" -> table.router(Kind.HTTP_ROUTER, key.name()).isEmpty();
            case "service" -> !table.isDefined(Kind.HTTP_SERVICE, key.name());
            default -> false;
        });
    }

    /** All of it. */
    String text(TraefikTable table, long reloads) {
        StringBuilder out = new StringBuilder(4096);
        head(out, "traefik_config_reloads_total", "counter", "Config reloads").append("traefik_config_reloads_total ").append(reloads).append('\n');
        head(out, "traefik_config_last_reload_success", "gauge", "Last config reload success").append("traefik_config_last_reload_success ")
                .append(lastReload).append('\n');
        head(out, "traefik_open_connections", "gauge", "How many open connections exist, by entryPoint and protocol");
        connections.get().forEach((entry, open) ->
                out.append("traefik_open_connections{entrypoint=\"").append(escaped(entry)).append("\",protocol=\"TCP\"} ").append(open).append('\n'));
        for (String subject : List.of("entrypoint", "router", "service")) {
            Map<String, Series> all = new ConcurrentSkipListMap<>();
            series.forEach((key, one) -> {
                if (key.subject().equals(subject)) {
                    all.put(key.labels(), one);
                }
            });
            if (!all.isEmpty()) {
                subject(out, "traefik_" + subject + "_", subject, all);
            }
        }
        if (!retries.isEmpty()) {
            head(out, "traefik_service_retries_total", "counter", "How many request retries happened on a service.");
            new TreeMap<>(retries).forEach((service, count) ->
                    line(out, "traefik_service_retries_total", "service=\"" + escaped(service) + "\"", count.sum()));
        }
        servers(out, table);
        return out.toString();
    }

    private void subject(StringBuilder out, String prefix, String subject, Map<String, Series> all) {
        head(out, prefix + "requests_total", "counter", "How many HTTP requests are processed on " + subject + "s");
        all.forEach((labels, one) -> line(out, prefix + "requests_total", labels, one.count.sum()));
        head(out, prefix + "requests_tls_total", "counter", "How many HTTP requests with TLS are processed on " + subject + "s");
        all.forEach((labels, one) -> {
            if (one.tls.sum() > 0) {
                line(out, prefix + "requests_tls_total", labels, one.tls.sum());
            }
        });
        head(out, prefix + "request_duration_seconds", "histogram", "How long it took to process the request on " + subject + "s");
        all.forEach((labels, one) -> {
            for (int i = 0; i < one.buckets.length; i++) {
                line(out, prefix + "request_duration_seconds_bucket", labels + ",le=\"" + number(config.buckets().get(i)) + "\"", one.buckets[i].sum());
            }
            line(out, prefix + "request_duration_seconds_bucket", labels + ",le=\"+Inf\"", one.count.sum());
            out.append(prefix).append("request_duration_seconds_sum{").append(labels).append("} ").append(one.nanos.sum() / 1e9).append('\n');
            line(out, prefix + "request_duration_seconds_count", labels, one.count.sum());
        });
        head(out, prefix + "requests_bytes_total", "counter", "The total size of requests in bytes handled by " + subject + "s");
        all.forEach((labels, one) -> line(out, prefix + "requests_bytes_total", labels, one.received.sum()));
        head(out, prefix + "responses_bytes_total", "counter", "The total size of responses in bytes handled by " + subject + "s");
        all.forEach((labels, one) -> line(out, prefix + "responses_bytes_total", labels, one.sent.sum()));
    }

    private static void servers(StringBuilder out, TraefikTable table) {
        head(out, "traefik_service_server_up", "gauge", "service server is up, described by gauge value of 0 or 1");
        table.eachService((name, service) -> {
            if (service instanceof LoadBalancer balancer && balancer.options().has("healthCheck")) {
                service.serverStatus().forEach((url, status) -> line(out, "traefik_service_server_up",
                        "service=\"" + escaped(name) + "\",url=\"" + escaped(url) + "\"", status.equals("UP") ? 1 : 0));
            }
        });
    }

    private static StringBuilder head(StringBuilder out, String name, String type, String help) {
        return out.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder out, String name, String labels, long value) {
        out.append(name).append('{').append(labels).append("} ").append(value).append('\n');
    }

    private static String number(double value) {
        return value == Math.rint(value) ? "" + (long) value : String.format(Locale.ROOT, "%s", value);
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
