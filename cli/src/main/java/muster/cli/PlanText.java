package muster.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.wire.GoQuote;

/**
 * The text of a plan: the job's difference with its annotations, and why something can't be placed. Pure. The layout aligns
 * names and values inside each block, and markers ({@code +}, {@code -}, {@code +/-}) with the longest one beside them.
 */
final class PlanText {
    private static final int INDENT = 2;
    /** From how many preempted allocations, or jobs of such, they are counted instead of named. */
    private static final int MAX_NAMED = 10;

    private PlanText() {}

    /** The difference of a whole job; unverbose leaves out what hangs on an added or removed part. */
    static String job(Doc diff, boolean verbose) {
        StringBuilder out = new StringBuilder(marker(diff)).append("Job: ").append(GoQuote.quote(diff.text("ID"))).append('\n');
        Widths widths = Widths.of(diff).with(diff.list("TaskGroups"));
        if (diff.text("Type").equals("Edited") || verbose) {
            String body = parts(diff, 0, widths);
            out.append(body).append(body.isEmpty() ? "" : "\n");
        }
        for (Doc group : diff.list("TaskGroups")) {
            out.append(group(group, widths.marker() - marker(group).length(), verbose)).append('\n');
        }
        return out.toString();
    }

    private static String group(Doc group, int pad, boolean verbose) {
        StringBuilder out = new StringBuilder(marker(group)).repeat(' ', pad)
                .append("Task Group: ").append(GoQuote.quote(group.text("Name")));
        List<String> updates = new ArrayList<>();
        new TreeMap<>(group.at("Updates").members()).forEach((kind, count) -> updates.add(count.text() + " " + kind));
        out.append(updates.isEmpty() ? "\n" : " (" + String.join(", ", updates) + ")\n");
        Widths widths = Widths.of(group).with(group.list("Tasks"));
        int start = pad + INDENT;
        if (group.text("Type").equals("Edited") || verbose) {
            String body = parts(group, start, widths);
            out.append(body).append(body.isEmpty() ? "" : "\n");
        }
        for (Doc task : group.list("Tasks")) {
            out.append(task(task, start, widths.marker() - marker(task).length(), verbose)).append('\n');
        }
        return out.toString();
    }

    private static String task(Doc task, int start, int pad, boolean verbose) {
        StringBuilder out = new StringBuilder().repeat(' ', start).append(marker(task)).repeat(' ', pad)
                .append("Task: ").append(GoQuote.quote(task.text("Name"))).append(annotations(task));
        String type = task.text("Type");
        if (type.equals("None") || !verbose && !type.equals("Edited")) {
            return out.toString();
        }
        return out.append('\n').append(parts(task, start + INDENT, Widths.of(task))).toString();
    }

    /** Fields, then objects, a line each and no newline at the end. */
    private static String parts(Doc of, int start, Widths widths) {
        List<String> lines = new ArrayList<>();
        for (Doc field : of.list("Fields")) {
            String marker = marker(field);
            StringBuilder line = new StringBuilder().repeat(' ', start).append(marker).repeat(' ', widths.marker() - marker.length())
                    .append(field.text("Name")).append(": ").repeat(' ', widths.field() - field.text("Name").length());
            String before = GoQuote.quote(field.text("Old"));
            String after = GoQuote.quote(field.text("New"));
            line.append(switch (field.text("Type")) {
                case "Deleted" -> before;
                case "Edited" -> before + " => " + after;
                default -> after;
            });
            lines.add(line.append(annotations(field)).toString());
        }
        for (Doc object : of.list("Objects")) {
            lines.add(object(object, start, widths.marker() - marker(object).length()));
        }
        return String.join("\n", lines);
    }

    private static String object(Doc object, int start, int pad) {
        String marker = marker(object);
        return new StringBuilder().repeat(' ', start).append(marker).repeat(' ', pad).append(object.text("Name")).append(" {\n")
                .append(parts(object, start + pad + INDENT, Widths.of(object)))
                .append('\n').repeat(' ', start + marker.length() + pad).append('}')
                .toString();
    }

    private static String annotations(Doc of) {
        return of.list("Annotations").isEmpty() ? "" : " (" + of.join("Annotations", ", ") + ")";
    }

    private static String marker(Doc diff) {
        return switch (diff.text("Type")) {
            case "Added" -> "+ ";
            case "Deleted" -> "- ";
            case "Edited" -> "+/- ";
            default -> "";
        };
    }

    /** The longest field name and marker of a block. */
    private record Widths(int field, int marker) {
        static Widths of(Doc block) {
            int field = block.list("Fields").stream().mapToInt(f -> f.text("Name").length()).max().orElse(0);
            return new Widths(field, 0).with(block.list("Fields")).with(block.list("Objects"));
        }

        Widths with(List<Doc> diffs) {
            return new Widths(field, Math.max(marker, diffs.stream().mapToInt(d -> PlanText.marker(d).length()).max().orElse(0)));
        }
    }

    /** The result of the dry run, without the closing newline. */
    static String dryRun(Doc plan, boolean isSystem) {
        Map<String, Doc> failed = new TreeMap<>(plan.at("FailedTGAllocs").members());
        if (failed.isEmpty()) {
            return "- All tasks successfully allocated.\n";
        }
        StringBuilder out = new StringBuilder(isSystem
                ? "- WARNING: Failed to place allocations on all nodes.\n"
                : "- WARNING: Failed to place all allocations.\n");
        failed.forEach((group, metrics) -> {
            long count = metrics.number("CoalescedFailures") + 1;
            out.append("  Task Group ").append(GoQuote.quote(group)).append(" (failed to place ").append(count)
                    .append(count == 1 ? " allocation" : " allocations").append("):\n");
            out.append(metrics(metrics, "    ")).append("\n\n");
        });
        return out.substring(0, out.length() - 1);
    }

    /** Which allocations have to make room: each of a few, else their jobs, else how many of which type; empty for none. */
    static Optional<String> preemptions(List<Doc> allocations) {
        if (allocations.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Integer> jobs = new TreeMap<>();
        Map<String, Integer> types = new TreeMap<>();
        List<String> rows = new ArrayList<>();
        for (Doc allocation : allocations) {
            jobs.merge(allocation.text("JobID") + "|" + allocation.text("Namespace") + "|" + allocation.text("JobType"), 1, Integer::sum);
            types.merge(allocation.text("JobType"), 1, Integer::sum);
            rows.add(allocation.text("ID") + "|" + allocation.text("JobID") + "|" + allocation.text("TaskGroup"));
        }
        String head = "Alloc ID|Job ID|Task Group";
        if (allocations.size() >= MAX_NAMED) {
            boolean few = jobs.size() < MAX_NAMED;
            head = few ? "Job ID|Namespace|Job Type|Preemptions" : "Job Type|Preemptions";
            rows.clear();
            (few ? jobs : types).forEach((name, count) -> rows.add(name + "|" + count));
        }
        rows.addFirst(head);
        return Optional.of("Preemptions:\n\n" + Layout.table(rows));
    }

    /** Why a group was not placed: a line a reason, as `job plan`, `job status` and the monitor print it. */
    static String metrics(Doc metrics, String prefix) {
        List<String> lines = new ArrayList<>();
        if (metrics.number("NodesEvaluated") == 0) {
            lines.add("No nodes were eligible for evaluation");
        }
        new TreeMap<>(metrics.at("NodesAvailable").members()).forEach((datacenter, count) -> {
            if (count.number() == 0) {
                lines.add("No nodes are available in datacenter " + GoQuote.quote(datacenter));
            }
        });
        new TreeMap<>(metrics.at("ClassFiltered").members()).forEach((nodeClass, count) ->
                lines.add("Class " + GoQuote.quote(nodeClass) + ": " + count.text() + " nodes excluded by filter"));
        new TreeMap<>(metrics.at("ConstraintFiltered").members()).forEach((constraint, count) ->
                lines.add("Constraint " + GoQuote.quote(constraint) + ": " + count.text() + " nodes excluded by filter"));
        if (metrics.number("NodesExhausted") > 0) {
            lines.add("Resources exhausted on " + metrics.number("NodesExhausted") + " nodes");
        }
        new TreeMap<>(metrics.at("ClassExhausted").members()).forEach((nodeClass, count) ->
                lines.add("Class " + GoQuote.quote(nodeClass) + " exhausted on " + count.text() + " nodes"));
        new TreeMap<>(metrics.at("DimensionExhausted").members()).forEach((dimension, count) ->
                lines.add("Dimension " + GoQuote.quote(dimension) + " exhausted on " + count.text() + " nodes"));
        metrics.list("QuotaExhausted").forEach(quota -> lines.add("Quota limit hit " + GoQuote.quote(quota.text())));
        return String.join("\n", lines.stream().map(line -> prefix + "* " + line).toList());
    }
}
