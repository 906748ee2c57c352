package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code job revert}. */
final class JobRevert {
    static final Command COMMAND = new Command("job revert", "Revert to a prior version of the job", """
            Usage: nomad job revert [options] <job> <version|tag>

              Runs an older version of a job again, as a new version.

            Revert Options:

              -detach                return after asking for it
              -verbose               whole ids""", JobRevert::run);

    private JobRevert() {}

    /** The number, or that of the only such job's version with such a tag; without one it is a number that can't be read. */
    private static long version(Api api, GoFlags flags, Console console) {
        String wanted = flags.rest().getLast();
        if (wanted.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Long.parseUnsignedLong(wanted);
        }
        String prefix = flags.rest().getFirst();
        List<Doc> jobs = api.get(NomadApi.target("/v1/jobs", flags, console, "prefix=" + ConsulApi.encode(prefix))).list();
        if (!jobs.isEmpty() && (jobs.size() == 1 || jobs.getFirst().text("ID").equals(prefix))) {
            String path = "/v1/job/" + NomadApi.idPath(jobs.getFirst().text("ID")) + "/versions";
            for (Doc version : api.get(NomadApi.target(path, flags, console)).list("Versions")) {
                if (version.at("VersionTag").text("Name").equals(wanted)) {
                    return version.number("Version");
                }
            }
        }
        throw new NumberFormatException(wanted);
    }

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("detach", "verbose").texts("consul-token", "vault-token").parse(args);
        if (flags.rest().size() != 2) {
            return NomadApi.usage(console, "This command takes two arguments: <job> <version>", "job revert");
        }
        Api api = NomadApi.api(flags, console);
        long version;
        try {
            version = version(api, flags, console);
        } catch (NumberFormatException e) {
            return console.fail("Failed to parse job-version flag: strconv.ParseUint: parsing \"" + flags.rest().getLast() + "\": invalid syntax");
        } catch (ApiException e) {
            return console.fail("Error retrieving job versions: " + e.getMessage());
        }
        Lookups.Found found = Lookups.job(api, flags, console, flags.rest().getFirst(), "listing jobs");
        if (found.isMissing()) {
            return found.exit();
        }
        String id = found.stub().text("ID");
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("JobID", id);
        request.put("JobVersion", version);
        String evaluation;
        try {
            evaluation = api.send("PUT", NomadApi.target("/v1/job/" + NomadApi.idPath(id) + "/revert", flags, console), request).text("EvalID");
        } catch (ApiException e) {
            return console.fail("Error retrieving job versions: " + e.getMessage());
        }
        return evaluation.isEmpty() || flags.on("detach")
                ? 0
                : new Monitor(api, flags, console, flags.on("verbose")).evaluation(evaluation);
    }
}
