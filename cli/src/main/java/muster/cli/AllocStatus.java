package muster.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import muster.wire.GoFlags;

/** {@code alloc status}. */
final class AllocStatus {
    static final Command COMMAND = new Command("alloc status", "Display allocation status information and metadata", """
            Usage: nomad alloc status [options] <allocation>

              Shows an allocation: its tasks, their newest events, addresses, and why it was placed where it is.

            Alloc Status Options:

              -short                 a table of the tasks instead of all of each
              -stats                 how much each task uses, in detail
              -json                  as JSON
              -t=<template>          through a Go template
              -verbose               whole ids, exact times, how templates stand, and the scores of the placement""", AllocStatus::run);

    private static final String ARGUMENTS = "This command takes one of the following argument conditions:\n"
            + " * A single <allocation>\n * No arguments, with output format specified";

    private AllocStatus() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("short", "stats", "verbose").parse(args);
        Api api = NomadApi.api(flags, console);
        if (flags.rest().isEmpty() && Formatted.isWanted(flags)) {
            try {
                return Formatted.print(console, flags, api.get(NomadApi.target("/v1/allocations", flags, console)).value());
            } catch (ApiException e) {
                return console.fail("Error querying allocations: " + e.getMessage());
            }
        }
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ARGUMENTS, "alloc status");
        }
        Lookups.Found found = Lookups.allocationOrAll(api, flags, console, flags.rest().getFirst(), "querying allocation");
        if (found.isMissing()) {
            return found.exit();
        }
        try {
            Doc allocation = api.get(NomadApi.target("/v1/allocation/" + found.stub().text("ID"), flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, allocation.value());
            }
            if (flags.on("short")) {
                console.out().println(Layout.values(List.of("ID|" + allocation.text("ID"), "Name|" + allocation.text("Name"),
                        "Created|" + when(allocation.time("CreateTime"), false, console),
                        "Modified|" + when(allocation.time("ModifyTime"), false, console))));
                AllocTasks.print(console, allocation);
            } else {
                print(console, flags, allocation, usage(api, flags, console, allocation), api);
            }
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying allocation: " + e.getMessage());
        }
    }

    /** What the tasks use now; nothing when the client can't be asked, which is said where it matters. */
    private static Doc usage(Api api, GoFlags flags, Console console, Doc allocation) {
        if (!allocation.text("ClientStatus").equals("running")) {
            return new Doc(null);
        }
        try {
            return api.get(NomadApi.target("/v1/client/allocation/" + allocation.text("ID") + "/stats", flags, console));
        } catch (ApiException e) {
            console.err().println("Couldn't retrieve stats: " + e.getMessage());
            return new Doc(null);
        }
    }

    private static void print(Console console, GoFlags flags, Doc allocation, Doc usage, Api api) {
        boolean verbose = flags.on("verbose");
        List<String> rows = new ArrayList<>(List.of(
                "ID|" + allocation.text("ID"),
                "Eval ID|" + Layout.id(allocation.text("EvalID"), verbose),
                "Name|" + allocation.text("Name"),
                "Node ID|" + Layout.id(allocation.text("NodeID"), verbose),
                "Node Name|" + allocation.text("NodeName"),
                "Job ID|" + allocation.text("JobID"),
                "Job Version|" + allocation.at("Job").text("Version"),
                "Client Status|" + allocation.text("ClientStatus"),
                "Client Description|" + allocation.text("ClientDescription"),
                "Desired Status|" + allocation.text("DesiredStatus"),
                "Desired Description|" + allocation.text("DesiredDescription"),
                "Created|" + when(allocation.time("CreateTime"), verbose, console),
                "Modified|" + when(allocation.time("ModifyTime"), verbose, console)));
        if (!allocation.text("DeploymentID").isEmpty()) {
            Doc healthy = allocation.at("DeploymentStatus").at("Healthy");
            rows.add("Deployment ID|" + Layout.id(allocation.text("DeploymentID"), verbose));
            rows.add("Deployment Health|" + (healthy.isNull() ? "unset" : healthy.text().equals("true") ? "healthy" : "unhealthy"));
            if (allocation.at("DeploymentStatus").is("Canary")) {
                rows.add("Canary|true");
            }
        }
        rescheduling(allocation, verbose, api, flags, console, rows);
        if (verbose) {
            Doc metrics = allocation.at("Metrics");
            rows.addAll(List.of("Evaluated Nodes|" + metrics.number("NodesEvaluated"), "Filtered Nodes|" + metrics.number("NodesFiltered"),
                    "Exhausted Nodes|" + metrics.number("NodesExhausted"),
                    "Allocation Time|" + Layout.duration(metrics.number("AllocationTime")), "Failures|" + metrics.number("CoalescedFailures")));
        }
        console.out().println(Layout.values(rows));
        addresses(console, allocation);
        checks(console, flags, allocation, api);
        AllocTasks.print(console, flags, allocation, usage);
        templates(console, flags, allocation, api);
        if (verbose) {
            placement(console, allocation);
        }
    }

    /** How often it was tried elsewhere already, what took its place, and when something will. */
    private static void rescheduling(Doc allocation, boolean verbose, Api api, GoFlags flags, Console console, List<String> rows) {
        Doc policy = allocation.at("Job").list("TaskGroups").stream().filter(group -> group.text("Name").equals(allocation.text("TaskGroup")))
                .findFirst().orElse(new Doc(null)).at("ReschedulePolicy");
        List<Doc> events = allocation.at("RescheduleTracker").list("Events");
        if (!events.isEmpty() && policy.number("Attempts") > 0) {
            Instant since = allocation.time("ModifyTime").minusNanos(policy.number("Interval"));
            long attempts = events.stream().filter(event -> event.time("RescheduleTime").isAfter(since)).count();
            rows.add("Reschedule Attempts|" + attempts + "/" + policy.number("Attempts"));
        }
        if (!allocation.text("NextAllocation").isEmpty()) {
            rows.add("Replacement Alloc ID|" + Layout.id(allocation.text("NextAllocation"), verbose));
        }
        String followUp = allocation.text("FollowupEvalID");
        Instant until = followUp.isEmpty() ? null : waitUntil(api, flags, console, followUp);
        if (until != null) {
            rows.add("Reschedule Eligibility|" + Layout.ago(until, console.clock().instant()));
        }
    }

    /** When an evaluation that waits will be looked at; null for one that does not wait, and where it can't be told, which is no failure. */
    static Instant waitUntil(Api api, GoFlags flags, Console console, String evaluation) {
        try {
            Instant until = api.get(NomadApi.target("/v1/evaluation/" + evaluation, flags, console)).time("WaitUntil");
            return until == null || until.isBefore(console.clock().instant()) ? null : until;
        } catch (ApiException e) {
            return null;
        }
    }

    private static String when(Instant time, boolean verbose, Console console) {
        return verbose ? Layout.time(time, console.zone()) : Layout.ago(time, console.clock().instant());
    }

    private static void addresses(Console console, Doc allocation) {
        Doc shared = allocation.at("AllocatedResources").at("Shared");
        List<Doc> ports = shared.list("Ports");
        if (ports.isEmpty()) {
            return;
        }
        List<String> dynamic = new ArrayList<>();
        shared.list("Networks").forEach(network -> network.list("DynamicPorts").forEach(port -> dynamic.add(port.text("Label"))));
        List<String> rows = new ArrayList<>();
        rows.add("Label|Dynamic|Address");
        for (Doc port : ports) {
            rows.add("*" + port.text("Label") + "|" + (dynamic.contains(port.text("Label")) ? "yes" : "no") + "|"
                    + port.text("HostIP") + ":" + port.text("Value") + (port.number("To") > 0 ? " -> " + port.text("To") : ""));
        }
        String mode = shared.list("Networks").stream().map(network -> network.text("Mode")).findFirst().orElse("");
        console.out().println("\nAllocation Addresses" + (mode.isEmpty() ? "" : " (mode = \"" + mode + "\")") + "\n" + Layout.table(rows));
    }

    /** Asked for only where the job has some: those whose services the scheduler itself lists. */
    private static void checks(Console console, GoFlags flags, Doc allocation, Api api) {
        boolean some = allocation.at("Job").list("TaskGroups").stream()
                .filter(group -> group.text("Name").equals(allocation.text("TaskGroup")))
                .flatMap(group -> Stream.concat(Stream.of(group), group.list("Tasks").stream()))
                .flatMap(part -> part.list("Services").stream())
                .anyMatch(service -> service.text("Provider").equals("nomad") && !service.list("Checks").isEmpty());
        if (!some || !allocation.text("ClientStatus").equals("running")) {
            return;
        }
        try {
            AllocChecks.print(console, AllocChecks.of(api, flags, console, allocation.text("ID")));
        } catch (ApiException e) {
            console.err().println("Couldn't retrieve checks: " + e.getMessage());
        }
    }

    /** What the templates of its tasks wait for and since when, and what is wrong with them; all of how they stand where that is asked for. */
    private static void templates(Console console, GoFlags flags, Doc allocation, Api api) {
        if (!List.of("pending", "running").contains(allocation.text("ClientStatus"))) {
            return;
        }
        Api.Answer answer = api.call("GET",
                NomadApi.target("/v1/client/allocation/" + allocation.text("ID") + "/templates", flags, console), new byte[0]);
        if (answer.status() != 200) {
            return;
        }
        Instant now = console.clock().instant();
        List<String> rows = new ArrayList<>();
        rows.add("Task|Template|Waits For|Since|Last Error|Next Retry");
        List<String> all = new ArrayList<>();
        all.add("Task|Template|State|Last Render|Last Change");
        List<String> values = new ArrayList<>();
        values.add("Task|Template|Dependency|Value Changed|Error");
        answer.json().members().forEach((task, templates) -> templates.list().forEach(template -> {
            String name = task + "|" + template.text("Destination") + "|";
            String end = "|" + template.text("LastError") + "|" + since(template, "NextRetry", now);
            template.list("Missing").forEach(missing -> rows.add(name + missing.text() + "|" + since(template, "MissingSince", now) + end));
            if (template.list("Missing").isEmpty() && !template.text("LastError").isEmpty()) {
                rows.add(name + "-|-" + end);
            }
            all.add(name + template.text("State") + "|" + since(template, "LastRender", now) + "|" + since(template, "LastChange", now));
            template.list("Dependencies").forEach(input -> values.add(name + input.text("Name") + "|" + since(input, "Changed", now) + "|"
                    + input.text("Error") + (input.text("HeldSince").isEmpty() ? "" : "empty, shown as it was, since " + since(input, "HeldSince", now))));
        }));
        if (rows.size() > 1) {
            console.out().println("\nTemplates\n" + Layout.table(rows));
        }
        if (flags.on("verbose") && all.size() > 1) {
            console.out().println("\nTemplates' State\n" + Layout.table(all));
            if (values.size() > 1) {
                console.out().println("\nTemplates' Dependencies\n" + Layout.table(values));
            }
        }
    }

    private static String since(Doc of, String field, Instant now) {
        return of.text(field).isEmpty() ? "-" : Layout.ago(of.time(field), now);
    }

    private static void placement(Console console, Doc allocation) {
        Doc metrics = allocation.at("Metrics");
        List<String> names = new ArrayList<>();
        metrics.list("ScoreMetaData").forEach(node -> node.at("Scores").members().keySet().forEach(name -> {
            if (!names.contains(name)) {
                names.add(name);
            }
        }));
        List<String> rows = new ArrayList<>();
        rows.add("Node|" + String.join("|", names) + (names.isEmpty() ? "" : "|") + "final score");
        for (Doc node : metrics.list("ScoreMetaData")) {
            StringBuilder row = new StringBuilder(node.text("NodeID"));
            names.forEach(name -> row.append('|').append(String.format(java.util.Locale.ROOT, "%.3g", node.at("Scores").at(name).decimal())));
            rows.add(row.append('|').append(String.format(java.util.Locale.ROOT, "%.3g", node.at("NormScore").decimal())).toString());
        }
        console.out().println("\nPlacement Metrics\n" + Layout.table(rows));
    }
}
