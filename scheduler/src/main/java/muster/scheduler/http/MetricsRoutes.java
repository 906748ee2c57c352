package muster.scheduler.http;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.broker.Leader;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.JobSummary;
import muster.scheduler.state.Node;
import muster.scheduler.state.State;
import muster.scheduler.state.TaskGroupSummary;

/** {@code /v1/metrics} (API page "Metrics"): what can be counted at the moment, under the original's names. */
final class MetricsRoutes {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss '+0000 UTC'").withZone(ZoneOffset.UTC);

    private record Gauge(String name, Map<String, String> labels, double value) {}

    private final Writer writer;
    private final Leader leader;

    MetricsRoutes(Writer writer, Leader leader) {
        this.writer = writer;
        this.leader = leader;
    }

    void add(Routes routes) {
        routes.get("/v1/metrics", Handlers.direct(this::metrics));
    }

    private Reply metrics(Call call) {
        List<Gauge> gauges = gauges(writer.state());
        return call.query("format").equals("prometheus") ? prometheus(gauges) : json(call, gauges);
    }

    private List<Gauge> gauges(State state) {
        List<Gauge> gauges = new ArrayList<>();
        var broker = leader.broker().counts();
        add(gauges, "nomad.nomad.broker.total_ready", broker.ready());
        add(gauges, "nomad.nomad.broker.total_waiting", broker.waiting());
        add(gauges, "nomad.nomad.blocked_evals.total_blocked", leader.blocked().size());
        Map<String, Integer> statuses = new TreeMap<>(Map.of("pending", 0, "running", 0, "dead", 0));
        for (Job job : state.jobs()) {
            statuses.merge(Values.text(job.status()), 1, Integer::sum);
        }
        statuses.forEach((status, count) -> add(gauges, "nomad.nomad.job_status." + status, count));
        for (JobSummary summary : state.summaries()) {
            Values.orEmpty(summary.summary()).forEach((group, counts) -> add(gauges, summary, group, counts));
        }
        nodes(gauges, state);
        Runtime runtime = Runtime.getRuntime();
        add(gauges, "nomad.runtime.alloc_bytes", runtime.totalMemory() - runtime.freeMemory());
        add(gauges, "nomad.runtime.sys_bytes", runtime.totalMemory());
        return gauges;
    }

    private static void add(List<Gauge> gauges, String name, double value) {
        gauges.add(new Gauge(name, Map.of(), value));
    }

    private static void add(List<Gauge> gauges, JobSummary summary, String group, TaskGroupSummary counts) {
        Map<String, String> labels = new TreeMap<>(Map.of("exported_job", summary.jobId(), "namespace", summary.namespace(), "task_group", group));
        Map<String, Integer> values = new TreeMap<>(Map.of("complete", counts.complete(), "failed", counts.failed(), "lost", counts.lost(),
                "queued", counts.queued(), "running", counts.running(), "starting", counts.starting()));
        values.forEach((name, value) -> gauges.add(new Gauge("nomad.nomad.job_summary." + name, labels, value)));
    }

    private static void nodes(List<Gauge> gauges, State state) {
        for (Node node : state.nodes()) {
            Map<String, String> labels = new TreeMap<>(Map.of("datacenter", node.datacenter(), "node_class", Values.text(node.nodeClass()),
                    "node_id", node.id(), "node_scheduling_eligibility", node.schedulingEligibility(), "node_status", node.status()));
            Map<String, Integer> counts = new TreeMap<>(Map.of("running", 0, "pending", 0, "terminal", 0));
            for (Allocation allocation : state.allocationsOn(node.id())) {
                counts.merge(allocation.isClientTerminal() ? "terminal"
                        : allocation.clientStatus().equals(Allocation.RUNNING) ? "running" : "pending", 1, Integer::sum);
            }
            counts.forEach((name, value) -> gauges.add(new Gauge("nomad.client.allocations." + name, labels, value)));
        }
    }

    private Reply json(Call call, List<Gauge> gauges) {
        List<Object> list = new ArrayList<>();
        for (Gauge gauge : gauges) {
            Map<String, Object> one = new TreeMap<>();
            one.put("Labels", gauge.labels());
            one.put("Name", gauge.name());
            one.put("Value", gauge.value());
            list.add(one);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("Counters", List.of());
        answer.put("Gauges", list);
        answer.put("Points", List.of());
        answer.put("Samples", List.of());
        answer.put("Timestamp", TIME.format(writer.now()));
        return Answers.json(call, answer);
    }

    private static Reply prometheus(List<Gauge> gauges) {
        StringBuilder text = new StringBuilder();
        String last = "";
        for (Gauge gauge : gauges.stream().sorted(java.util.Comparator.comparing(Gauge::name)).toList()) {
            String name = gauge.name().replace('.', '_').replace('-', '_');
            if (!name.equals(last)) {
                text.append("# HELP ").append(name).append(' ').append(name).append("\n# TYPE ").append(name).append(" gauge\n");
                last = name;
            }
            text.append(name);
            if (!gauge.labels().isEmpty()) {
                List<String> labels = new ArrayList<>();
                gauge.labels().forEach((label, value) -> labels.add(label + "=\""
                        + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"'));
                text.append('{').append(String.join(",", labels)).append('}');
            }
            text.append(' ').append(gauge.value() == Math.rint(gauge.value()) ? String.valueOf((long) gauge.value()) : String.valueOf(gauge.value()))
                    .append('\n');
        }
        return Reply.of(200, "text/plain; version=0.0.4; charset=utf-8", text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
