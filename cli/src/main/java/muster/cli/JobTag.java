package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code job tag apply|unset}. */
final class JobTag {
    static final Command APPLY = new Command("job tag apply", "Save a job version tag", """
            Usage: nomad job tag apply [options] <job>

              Gives a version of a job a name. It is kept for as long as it has one.

            Tag Apply Options:

              -name=<name>           the tag; has to be given
              -version=<n>           the version; the current one without
              -description=<text>    what it is""", JobTag::apply);
    static final Command UNSET = new Command("job tag unset", "Remove a job version tag", """
            Usage: nomad job tag unset [options] <job>

              Takes a name off the version of a job that has it.

            Tag Unset Options:

              -name=<name>           the tag; has to be given""", JobTag::unset);

    private JobTag() {}

    private static String path(String job, String name) {
        return "/v1/job/" + NomadApi.idPath(job) + "/versions/" + NomadApi.idPath(name) + "/tag";
    }

    private static int apply(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("name", "version", "description").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job>", "job tag apply");
        }
        if (flags.text("name").isEmpty()) {
            return console.fail("A version tag name is required");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.job(api, flags, console, flags.rest().getFirst(), "tagging job version");
        if (found.isMissing()) {
            return found.exit();
        }
        String job = found.stub().text("ID");
        String name = flags.text("name");
        try {
            Map<String, Object> request = new LinkedHashMap<>();
            request.put("JobID", job);
            request.put("Name", name);
            request.put("Description", flags.text("description"));
            long version = flags.has("version") ? flags.unsigned("version", 0)
                    : api.get(NomadApi.target("/v1/job/" + NomadApi.idPath(job), flags, console)).number("Version");
            request.put("Version", version);
            api.send("PUT", NomadApi.target(path(job, name), flags, console), request);
            console.out().println("Job version " + version + " tagged with name \"" + name + "\"");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error tagging job version: " + e.getMessage());
        }
    }

    private static int unset(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("name").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job>", "job tag unset");
        }
        if (flags.text("name").isEmpty()) {
            return console.fail("A version tag name is required");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.job(api, flags, console, flags.rest().getFirst(), "removing tag");
        if (found.isMissing()) {
            return found.exit();
        }
        String job = found.stub().text("ID");
        try {
            api.send("DELETE", NomadApi.target(path(job, flags.text("name")), flags, console), null);
        } catch (ApiException e) {
            return console.fail("Error removing tag from job version: " + e.getMessage());
        }
        console.out().println("Tag \"" + flags.text("name") + "\" removed from job \"" + job + "\"");
        return 0;
    }
}
