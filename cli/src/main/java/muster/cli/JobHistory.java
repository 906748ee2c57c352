package muster.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;
import muster.wire.GoQuote;
import muster.wire.Json;

/** {@code job history}. */
final class JobHistory {
    static final Command COMMAND = new Command("job history", "Display all tracked versions of a job", """
            Usage: nomad job history [options] <job>

              Shows the versions of a job that are kept, newest first.

            History Options:

              -p                     what each version changed
              -full                  the whole job of each version
              -version=<n>           only that version
              -diff-version=<n>      with -p: what differs from that version
              -diff-tag=<name>       with -p: what differs from the version with that tag
              -json                  as JSON
              -t=<template>          through a Go template""", JobHistory::run);

    private JobHistory() {}

    /** A version and what it changed since the one before; a Doc of null for the oldest. */
    private record Version(Doc job, Doc diff) {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("p", "full").texts("version", "diff-version", "diff-tag").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job>", "job history");
        }
        boolean differing = flags.has("diff-version") || flags.has("diff-tag");
        if (flags.has("diff-version") && flags.has("diff-tag")) {
            return console.fail("Only one of -diff-version and -diff-tag can be given");
        }
        if (differing && !flags.on("p")) {
            return console.fail("-diff-version and -diff-tag can only be used with -p");
        }
        if (Formatted.isWanted(flags) && (flags.on("p") || flags.on("full"))) {
            return console.fail("-json and -t are exclusive with -p and -full");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.job(api, flags, console, flags.rest().getFirst(), "listing jobs");
        if (found.isMissing()) {
            return found.exit();
        }
        List<Version> versions;
        try {
            Doc answer = api.get(NomadApi.target("/v1/job/" + NomadApi.idPath(found.stub().text("ID")) + "/versions", flags, console,
                    flags.on("p") ? "diffs=true" : "", flags.has("diff-version") ? "diff_version=" + flags.unsigned("diff-version", 0) : "",
                    flags.has("diff-tag") ? "diff_tag=" + ConsulApi.encode(flags.text("diff-tag")) : ""));
            versions = versions(answer, flags);
        } catch (ApiException e) {
            return console.fail("Error retrieving job versions: " + e.getMessage());
        }
        if (flags.has("version")) {
            long wanted;
            try {
                wanted = NomadApi.unsigned(flags.text("version"));
            } catch (NumberFormatException e) {
                return console.fail("Error parsing version value " + GoQuote.quote(flags.text("version")) + ": " + e.getMessage());
            }
            versions.removeIf(version -> version.job().number("Version") != wanted);
        }
        if (versions.isEmpty()) {
            return console.fail("Error printing job history for non-existing job or job version");
        }
        if (Formatted.isWanted(flags)) {
            return Formatted.print(console, flags,
                    flags.has("version") ? versions.getFirst().job().value() : versions.stream().map(v -> v.job().value()).toList());
        }
        console.out().println(String.join("\n\n", versions.stream().map(version -> text(version, flags, console)).toList()));
        return 0;
    }

    private static List<Version> versions(Doc answer, GoFlags flags) {
        Iterator<Doc> diffs = answer.list("Diffs").iterator();
        List<Version> versions = new ArrayList<>();
        for (Doc job : answer.list("Versions")) {
            boolean base = flags.text("diff-version").equals(job.text("Version"))
                    || flags.has("diff-tag") && flags.text("diff-tag").equals(job.at("VersionTag").text("Name"));
            versions.add(new Version(job, !base && diffs.hasNext() ? diffs.next() : new Doc(null)));
        }
        return versions;
    }

    private static String text(Version version, GoFlags flags, Console console) {
        Doc job = version.job();
        List<String> rows = new ArrayList<>(List.of(
                "Version|" + job.text("Version"),
                "Stable|" + job.is("Stable"),
                "Submit Date|" + Layout.time(job.time("SubmitTime"), console.zone())));
        Doc tag = job.at("VersionTag");
        if (!tag.isNull()) {
            rows.add("Tag Name|" + tag.text("Name"));
            if (!tag.text("Description").isEmpty()) {
                rows.add("Tag Description|" + tag.text("Description"));
            }
        }
        String below = "";
        if (!version.diff().isNull()) {
            rows.add("Diff|");
            below += "\n" + PlanText.job(version.diff(), false).strip();
        }
        if (flags.on("full")) {
            below += "\n\n" + new String(Json.write(Map.of("Job", job.value()), true), StandardCharsets.UTF_8);
        }
        return Layout.columns(rows, " = ", "") + below;
    }
}
