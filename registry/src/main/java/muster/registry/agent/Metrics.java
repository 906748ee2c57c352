package muster.registry.agent;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import muster.registry.client.HealthCheck.Status;

/** Gauges of the process under the original's names. (Consul HTTP API: agent/metrics) */
final class Metrics {
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss '+0000 UTC'").withZone(ZoneOffset.UTC);

    private final LocalAgent agent;
    private final Supplier<ServerStatus> server;

    Metrics(LocalAgent agent, Supplier<ServerStatus> server) {
        this.agent = agent;
        this.server = server;
    }

    /** By their whole names, with prefix and machine as configured, and without what a filter hides. */
    private Map<String, Double> gauges() {
        Map<String, Double> plain = new TreeMap<>();
        process(plain);
        ServerStatus status = server.get();
        plain.put("raft.applied_index", (double) status.appliedIndex());
        plain.put("server.isLeader", status.isLeader() ? 1.0 : 0.0);
        status.counts().forEach((name, count) -> plain.put(name, count.doubleValue()));
        LocalState state = agent.state();
        plain.put("agent.services", (double) state.services().size());
        plain.put("agent.checks", (double) state.checks().size());
        for (Status word : List.of(Status.PASSING, Status.WARNING, Status.CRITICAL)) {
            plain.put("agent.checks." + word, (double) state.checks().values().stream().filter(check -> check.state().status() == word).count());
        }
        plain.put("agent.unpushed", (double) (state.unpushed().services().size() + state.unpushed().checks().size()));

        MetricSettings settings = agent.settings().metrics();
        String machine = settings.hostname() ? "." + agent.settings().nodeName() : "";
        Map<String, Double> gauges = new TreeMap<>();
        plain.forEach((name, value) -> {
            if (settings.shows(settings.prefix() + "." + name)) {
                gauges.put(settings.prefix() + machine + "." + name, value);
            }
        });
        return gauges;
    }

    private static void process(Map<String, Double> gauges) {
        Runtime runtime = Runtime.getRuntime();
        gauges.put("runtime.alloc_bytes", (double) (runtime.totalMemory() - runtime.freeMemory()));
        gauges.put("runtime.sys_bytes", (double) runtime.totalMemory());
        gauges.put("runtime.max_bytes", (double) runtime.maxMemory());
        gauges.put("runtime.num_goroutines", (double) ManagementFactory.getThreadMXBean().getThreadCount());
        gauges.put("runtime.loaded_classes", (double) ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
        long runs = 0;
        long pauses = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            runs += Math.max(0, collector.getCollectionCount());
            pauses += Math.max(0, collector.getCollectionTime());
        }
        gauges.put("runtime.total_gc_runs", (double) runs);
        gauges.put("runtime.total_gc_pause_ns", pauses * 1_000_000.0);
        gauges.put("runtime.uptime_seconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0);
    }

    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("Timestamp", TIMESTAMP.format(agent.clock().instant()));
        tree.put("Gauges", gauges().entrySet().stream().map(gauge -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("Name", gauge.getKey());
            row.put("Value", gauge.getValue());
            row.put("Labels", Map.of());
            return row;
        }).toList());
        tree.put("Points", List.of());
        tree.put("Counters", List.of());
        tree.put("Samples", List.of());
        return tree;
    }

    /** The text format of Prometheus; dots become underscores. */
    String prometheus() {
        StringBuilder text = new StringBuilder();
        gauges().forEach((name, value) -> {
            String metric = name.replaceAll("[^a-zA-Z0-9_:]", "_");
            text.append("# HELP ").append(metric).append(' ').append(metric).append('\n')
                    .append("# TYPE ").append(metric).append(" gauge\n")
                    .append(metric).append(' ').append(value).append('\n');
        });
        return text.toString();
    }
}
