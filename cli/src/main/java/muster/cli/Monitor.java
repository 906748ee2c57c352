package muster.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import muster.wire.GoFlags;

/**
 * Follows an evaluation and then its deployment until both are decided, a line for each thing that happens. Waits by blocking
 * queries, so that a line comes with its cause and not with the next look.
 */
final class Monitor {
    private static final Duration WAIT = Duration.ofSeconds(30);
    /** How long a picture on a terminal stands at most, so that one sees the time go on. */
    private static final Duration TURN = Duration.ofSeconds(1);
    private static final int UNPLACED = 2;

    private final Api api;
    private final GoFlags flags;
    private final Console console;
    private final boolean verbose;
    private final Map<String, Doc> seen = new HashMap<>();
    private final Set<String> said = new HashSet<>();

    Monitor(Api api, GoFlags flags, Console console, boolean verbose) {
        this.api = api;
        this.flags = flags;
        this.console = console;
        this.verbose = verbose;
    }

    /** Returns 0 when all is placed, and deployed where that is to be, 2 when not everything could be placed, 1 for anything else. */
    int evaluation(String id) {
        heading("Monitoring evaluation \"" + id(id) + "\"");
        long index = 0;
        String status = "";
        try {
            while (true) {
                Api.Answer answer = Api.good(api.call("GET", target("/v1/evaluation/" + id, index), new byte[0]));
                index = index(answer, index);
                Doc evaluation = answer.json();
                describe(evaluation);
                allocations(evaluation);
                String now = evaluation.text("Status");
                if (!now.equals(status)) {
                    if (!now.equals("pending")) {
                        line("Evaluation status changed: \"pending\" -> \"" + now + "\"");
                    }
                    status = now;
                }
                if (now.matches("complete|failed|canceled")) {
                    return finished(evaluation);
                }
            }
        } catch (ApiException e) {
            return console.fail("Error reading evaluation: " + e.getMessage());
        }
    }

    private void describe(Doc evaluation) {
        String trigger = switch (evaluation.text("TriggeredBy")) {
            case "node-update" -> "Evaluation triggered by node \"" + id(evaluation.text("NodeID")) + "\"";
            default -> evaluation.text("JobID").isEmpty() ? "" : "Evaluation triggered by job \"" + evaluation.text("JobID") + "\"";
        };
        once(trigger);
        if (!evaluation.text("DeploymentID").isEmpty()) {
            once("Evaluation within deployment: \"" + id(evaluation.text("DeploymentID")) + "\"");
        }
    }

    private void allocations(Doc evaluation) {
        for (Doc allocation : api.get(NomadApi.target("/v1/evaluation/" + evaluation.text("ID") + "/allocations", flags, console)).list()) {
            Doc before = seen.put(allocation.text("ID"), allocation);
            String name = "Allocation \"" + id(allocation.text("ID")) + "\" ";
            String where = ": node \"" + id(allocation.text("NodeID")) + "\", group \"" + allocation.text("TaskGroup") + "\"";
            if (before == null) {
                if (allocation.text("DesiredStatus").equals("stop")) {
                    continue;
                }
                // What is older than the evaluation was there before it and only changed in place.
                boolean isOlder = allocation.number("CreateIndex") < evaluation.number("CreateIndex");
                line(name + (isOlder ? "modified" : "created") + where);
            } else if (!before.text("ClientStatus").equals(allocation.text("ClientStatus"))) {
                String description = allocation.text("ClientDescription");
                line(name + "status changed: \"" + before.text("ClientStatus") + "\" -> \"" + allocation.text("ClientStatus") + "\""
                        + (description.isEmpty() ? "" : " (" + description + ")"));
            }
        }
    }

    private int finished(Doc evaluation) {
        String id = evaluation.text("ID");
        Map<String, Doc> failed = new TreeMap<>(evaluation.at("FailedTGAllocs").members());
        String ending = "Evaluation \"" + id(id) + "\" finished with status \"" + evaluation.text("Status") + "\"";
        if (failed.isEmpty()) {
            heading(ending);
        } else {
            heading(ending + " but failed to place all allocations:");
            failed.forEach((group, metrics) -> {
                long count = metrics.number("CoalescedFailures") + 1;
                line("Task Group \"" + group + "\" (failed to place " + count + (count == 1 ? " allocation):" : " allocations):"));
                console.out().println(PlanText.metrics(metrics, "      "));
            });
            if (!evaluation.text("BlockedEval").isEmpty()) {
                line("Evaluation \"" + id(evaluation.text("BlockedEval")) + "\" waiting for additional capacity to place remainder");
            }
        }
        console.out().flush();
        int deployed = evaluation.text("DeploymentID").isEmpty() ? 0 : deployment(evaluation.text("DeploymentID"));
        return !evaluation.text("Status").equals("complete") ? 1 : failed.isEmpty() ? deployed : UNPLACED;
    }

    /** Follows a deployment to its end: drawn again and again on a terminal, elsewhere printed at its end. */
    int deployment(String id) {
        heading("Monitoring deployment \"" + id(id) + "\"");
        console.out().flush();
        LiveView live = Terminal.isThere() && !console.env("TERM").equals("dumb") ? Terminal.view() : null;
        return deployment(id, live);
    }

    /** @param live where it is drawn in the meantime; null for nowhere */
    int deployment(String id, LiveView live) {
        long index = 0;
        try {
            while (true) {
                Api.Answer answer = Api.good(api.call("GET", target("/v1/deployment/" + id, index, live == null ? WAIT : TURN), new byte[0]));
                index = index(answer, index);
                Doc deployment = answer.json();
                if (deployment.text("Status").matches("successful|failed|cancelled|blocked")) {
                    return ended(deployment, live);
                }
                if (live != null) {
                    console.out().print(live.redraw("  " + live.spinner() + " Deployment \"" + id(id) + "\" in progress...\n" + picture(deployment)));
                    console.out().flush();
                }
            }
        } catch (ApiException e) {
            return console.fail("Error reading deployment: " + e.getMessage());
        }
    }

    private int ended(Doc deployment, LiveView live) {
        boolean good = deployment.text("Status").equals("successful");
        if (live == null) {
            console.out().println(picture(deployment));
        } else {
            console.out().print(live.finish("  " + (good ? "✓" : "!") + " Deployment \"" + id(deployment.text("ID")) + "\" "
                    + deployment.text("Status") + "\n" + picture(deployment)));
        }
        console.out().flush();
        return good ? 0 : 1;
    }

    private String picture(Doc deployment) {
        String text = "\n    " + time() + "\n" + DeploymentText.whole(deployment, verbose, console.zone()).indent(4).stripTrailing();
        if (!verbose) {
            return text;
        }
        List<Doc> allocations = api.get(NomadApi.target("/v1/deployment/allocations/" + deployment.text("ID"), flags, console)).list();
        return text + "\n" + ("\nAllocations\n" + JobStatus.allocations(allocations, true, console)).indent(4).stripTrailing();
    }

    private String target(String path, long index) {
        return target(path, index, WAIT);
    }

    private String target(String path, long index, Duration wait) {
        return NomadApi.target(path, flags, console,
                index == 0 ? "" : "index=" + index, index == 0 ? "" : "wait=" + wait.toSeconds() + "s");
    }

    private static long index(Api.Answer answer, long before) {
        try {
            return Math.max(1, Long.parseUnsignedLong(answer.headers().getOrDefault("x-nomad-index", "0")));
        } catch (NumberFormatException e) {
            return before;
        }
    }

    private void once(String text) {
        if (!text.isEmpty() && said.add(text)) {
            line(text);
        }
    }

    private void line(String text) {
        console.out().println("    " + time() + ": " + text);
        console.out().flush();
    }

    private void heading(String text) {
        console.out().println("==> " + time() + ": " + text);
        console.out().flush();
    }

    private String time() {
        return Layout.time(console.clock().instant(), console.zone());
    }

    private String id(String id) {
        return Layout.id(id, verbose);
    }
}
