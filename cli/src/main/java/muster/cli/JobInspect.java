package muster.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;
import muster.wire.GoQuote;

/** {@code job inspect}. */
final class JobInspect {
    static final Command COMMAND = new Command("job inspect", "Inspect a submitted job", """
            Usage: nomad job inspect [options] <job>

              Prints a job as JSON.

            Inspect Options:

              -version=<n>           that version of the job
              -hcl                   the job file that it was made from
              -with-vars             with -hcl: and the values of its variables
              -json                  the job alone, without what it is wrapped in
              -t=<template>          through a Go template""", JobInspect::run);

    private JobInspect() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("hcl", "with-vars").texts("version").parse(args);
        if (flags.rest().isEmpty() && Formatted.isWanted(flags)) {
            try {
                return Formatted.print(console, flags, NomadApi.api(flags, console).get(NomadApi.target("/v1/jobs", flags, console)).value());
            } catch (ApiException e) {
                return console.fail("Error querying jobs: " + e.getMessage());
            }
        }
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job>", "job inspect");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.job(api, flags, console, flags.rest().getFirst(), "inspecting job");
        if (found.isMissing()) {
            return found.exit();
        }
        if (flags.on("with-vars") && !flags.on("hcl")) {
            return console.fail("-with-vars can only be used with -hcl");
        }
        if (flags.on("hcl") && Formatted.isWanted(flags)) {
            return console.fail("-hcl is exclusive with -json and -t");
        }
        String path = "/v1/job/" + NomadApi.idPath(found.stub().text("ID"));
        try {
            Doc job = flags.has("version") ? version(api, flags, console, path) : api.get(NomadApi.target(path, flags, console));
            if (job == null) {
                return console.fail("Error inspecting job: job \"" + found.stub().text("ID") + "\" with version " + flags.text("version") + " couldn't be found");
            }
            if (flags.on("hcl")) {
                return source(console, flags, api.get(NomadApi.target(path + "/submission", flags, console, "version=" + job.text("Version"))));
            }
            return Formatted.print(console, flags, Formatted.isWanted(flags) ? job.value() : Map.of("Job", job.value()));
        } catch (NumberFormatException e) {
            return console.fail("Error parsing version value " + GoQuote.quote(flags.text("version")) + ": " + e.getMessage());
        } catch (ApiException e) {
            return console.fail("Error inspecting job: " + e.getMessage());
        }
    }

    private static int source(Console console, GoFlags flags, Doc submission) {
        if (flags.on("with-vars")) {
            List<String> values = new ArrayList<>();
            submission.at("VariableFlags").members().forEach((name, value) -> values.add(name + " = " + Layout.json(value.text())));
            String text = submission.text("Variables").strip();
            console.out().println("// variables given one by one\n" + String.join("\n", values) + "\n\n// variables of files\n" + text + "\n");
        }
        console.out().println(submission.text("Source"));
        return 0;
    }

    private static Doc version(Api api, GoFlags flags, Console console, String path) {
        long wanted = NomadApi.unsigned(flags.text("version"));
        return api.get(NomadApi.target(path + "/versions", flags, console)).list("Versions").stream()
                .filter(version -> version.number("Version") == wanted)
                .findFirst()
                .orElse(null);
    }
}
