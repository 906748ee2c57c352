package muster.registry.agent;

import java.lang.management.ManagementFactory;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

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

    private Map<String, Double> gauges() {
        Runtime runtime = Runtime.getRuntime();
        Map<String, Double> gauges = new TreeMap<>();
        gauges.put("consul.runtime.alloc_bytes", (double) (runtime.totalMemory() - runtime.freeMemory()));
        gauges.put("consul.runtime.sys_bytes", (double) runtime.totalMemory());
        gauges.put("consul.runtime.num_goroutines", (double) ManagementFactory.getThreadMXBean().getThreadCount());
        gauges.put("consul.raft.applied_index", (double) server.get().appliedIndex());
        gauges.put("consul.server.isLeader", server.get().isLeader() ? 1.0 : 0.0);
        gauges.put("consul.agent.services", (double) agent.state().services().size());
        gauges.put("consul.agent.checks", (double) agent.state().checks().size());
        return gauges;
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
            String metric = name.replace('.', '_');
            text.append("# HELP ").append(metric).append(' ').append(metric).append('\n')
                    .append("# TYPE ").append(metric).append(" gauge\n")
                    .append(metric).append(' ').append(value).append('\n');
        });
        return text.toString();
    }
}
