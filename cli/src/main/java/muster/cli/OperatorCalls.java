package muster.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import muster.wire.GoFlags;
import muster.wire.Json;

/** {@code operator metrics}, {@code operator api} and {@code operator scheduler get-config|set-config}. */
final class OperatorCalls {
    static final Command METRICS = new Command("operator metrics", "Retrieve Nomad metrics", """
            Usage: nomad operator metrics [options]

              Prints what the asked agent counts.

            Metrics Options:

              -pretty                indented
              -format=<format>       prometheus instead of JSON
            """ + Formatted.HELP, OperatorCalls::metrics);
    static final Command API = new Command("operator api", "Query Nomad's HTTP API", """
            Usage: nomad operator api [options] <path>

              Sends a request with the address and token of the command line and prints the answer. Standard input, where it is piped
              in, is the body.

            API Options:

              -X=<method>            the request's method; GET, or POST where there is a body
              -H=<header>            a header as name: value; may be repeated
              -filter=<expression>   a filter for lists
              -dry-run               print the request instead as a curl command
              -verbose               print status and headers too""", OperatorCalls::api);
    static final Command GET_CONFIG = new Command("operator scheduler get-config", "Display the current scheduler configuration", """
            Usage: nomad operator scheduler get-config [options]

              Shows how the scheduler works in the whole cluster.

            Options:

            """ + Formatted.HELP, OperatorCalls::getConfig);
    static final Command SET_CONFIG = new Command("operator scheduler set-config", "Modify the scheduler configuration", """
            Usage: nomad operator scheduler set-config [options]

              Changes how the scheduler works; what is not given stays.

            Options:

              -check-index=<n>                 only if the configuration's modify index is n
              -scheduler-algorithm=<a>         binpack or spread
              -memory-oversubscription=<bool>  whether memory_max counts
              -preempt-batch-scheduler=<bool>  whether batch jobs push out others of lower priority
              -preempt-service-scheduler=<bool> the same for service jobs
              -preempt-system-scheduler=<bool> the same for system jobs""", OperatorCalls::setConfig);

    private static final String CONFIGURATION = "/v1/operator/scheduler/configuration";

    private OperatorCalls() {}

    private static int metrics(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("pretty").texts("format").parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "operator metrics");
        }
        try {
            Api.Answer answer = Api.good(NomadApi.api(flags, console).call("GET", NomadApi.target("/v1/metrics", flags, console,
                    flags.has("format") ? "format=" + ConsulApi.encode(flags.text("format")) : "", flags.on("pretty") ? "pretty=true" : ""),
                    new byte[0]));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, answer.json().value());
            }
            console.out().println(answer.text());
            return 0;
        } catch (ApiException e) {
            return console.fail("Error getting metrics: " + e.getMessage());
        }
    }

    private static int api(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("X", "filter").lists("H").switches("dry-run", "verbose").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "A path or URL is required", "operator api");
        }
        byte[] body;
        try (InputStream in = console.in()) {
            body = in.available() > 0 ? in.readAllBytes() : new byte[0];
        } catch (IOException e) {
            return console.fail("Error reading stdin: " + e.getMessage());
        }
        String given = flags.rest().getFirst();
        String path = given.startsWith("/") ? given : given.startsWith("v1/") ? "/" + given : "/v1/" + given;
        int mark = path.indexOf('?');
        String target = NomadApi.target(mark < 0 ? path : path.substring(0, mark), flags, console, mark < 0 ? "" : path.substring(mark + 1),
                flags.has("filter") ? "filter=" + ConsulApi.encode(flags.text("filter")) : "");
        String method = flags.text("X", body.length > 0 ? "POST" : "GET").toUpperCase(Locale.ROOT);
        Api api = NomadApi.api(flags, console, headers(flags));
        if (flags.on("dry-run")) {
            StringBuilder curl = new StringBuilder("curl \\\n  -X ").append(method).append(" \\\n");
            flags.all("H").forEach(header -> curl.append("  -H '").append(header).append("' \\\n"));
            console.out().println(curl.append("  ").append(api.base()).append(target));
            return 0;
        }
        try {
            Api.Answer answer = api.call(method, target, body);
            if (flags.on("verbose")) {
                console.err().println("< HTTP/1.1 " + answer.status());
                answer.headers().forEach((name, value) -> console.err().println("< " + name + ": " + value));
            }
            console.out().writeBytes(answer.body());
            if (answer.body().length > 0 && answer.body()[answer.body().length - 1] != '\n') {
                console.out().println();
            }
            return answer.status() / 100 == 2 ? 0 : 1;
        } catch (ApiException e) {
            return console.fail("Error performing request: " + e.getMessage());
        }
    }

    private static Map<String, String> headers(GoFlags flags) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String header : flags.all("H")) {
            int colon = header.indexOf(':');
            if (colon > 0) {
                headers.put(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
            }
        }
        return headers;
    }

    private static int getConfig(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "operator scheduler get-config");
        }
        try {
            Doc answer = NomadApi.api(flags, console).get(NomadApi.target(CONFIGURATION, flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, answer.value());
            }
            Doc config = answer.at("SchedulerConfig");
            Doc preemption = config.at("PreemptionConfig");
            console.out().println(Layout.values(List.of(
                    "Scheduler Algorithm|" + config.text("SchedulerAlgorithm"),
                    "Memory Oversubscription|" + config.is("MemoryOversubscriptionEnabled"),
                    "Preemption System Scheduler|" + preemption.is("SystemSchedulerEnabled"),
                    "Preemption Service Scheduler|" + preemption.is("ServiceSchedulerEnabled"),
                    "Preemption Batch Scheduler|" + preemption.is("BatchSchedulerEnabled"),
                    "Modify Index|" + answer.text("Index"))));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying scheduler configuration: " + e.getMessage());
        }
    }

    private static int setConfig(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("check-index", "scheduler-algorithm", "memory-oversubscription", "preempt-batch-scheduler",
                "preempt-service-scheduler", "preempt-system-scheduler").parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "operator scheduler set-config");
        }
        Api api = NomadApi.api(flags, console);
        try {
            Doc config = api.get(NomadApi.target(CONFIGURATION, flags, console)).at("SchedulerConfig");
            Doc old = config.at("PreemptionConfig");
            Map<String, Object> preemption = new LinkedHashMap<>();
            preemption.put("SystemSchedulerEnabled", either(flags, "preempt-system-scheduler", old.is("SystemSchedulerEnabled")));
            preemption.put("ServiceSchedulerEnabled", either(flags, "preempt-service-scheduler", old.is("ServiceSchedulerEnabled")));
            preemption.put("BatchSchedulerEnabled", either(flags, "preempt-batch-scheduler", old.is("BatchSchedulerEnabled")));
            Map<String, Object> wanted = new LinkedHashMap<>();
            wanted.put("SchedulerAlgorithm", flags.text("scheduler-algorithm", config.text("SchedulerAlgorithm")));
            wanted.put("MemoryOversubscriptionEnabled", either(flags, "memory-oversubscription", config.is("MemoryOversubscriptionEnabled")));
            wanted.put("PreemptionConfig", preemption);
            Doc answer = new Doc(Json.parse(Api.good(api.call("PUT", NomadApi.target(CONFIGURATION, flags, console,
                    flags.has("check-index") ? "cas=" + flags.unsigned("check-index", 0) : ""), Json.write(wanted))).body()));
            if (!answer.is("Updated")) {
                return console.fail("Scheduler configuration could not be atomically updated, please try again");
            }
            console.out().println("Scheduler configuration updated!");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error setting scheduler configuration: " + e.getMessage());
        }
    }

    private static boolean either(GoFlags flags, String name, boolean otherwise) {
        String given = flags.text(name);
        return given.isEmpty() ? otherwise : switch (given) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new GoFlags.FlagException("invalid boolean value \"" + given + "\" for -" + name + ": parse error");
        };
    }
}
