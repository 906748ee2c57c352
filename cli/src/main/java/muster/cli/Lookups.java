package muster.cli;

import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** Finds the object that a name or the beginning of an id stands for. */
final class Lookups {
    private Lookups() {}

    /** What was found, or the exit code of the message that was printed instead. */
    record Found(Doc stub, int exit) {
        boolean isMissing() {
            return stub == null;
        }
    }

    /** The only job whose id begins so, or the one that is called so exactly. {@code doing} begins the message of an API error. */
    static Found job(Api api, GoFlags flags, Console console, String id, String doing) {
        List<Doc> jobs;
        try {
            jobs = api.get(NomadApi.target("/v1/jobs", flags, console, "prefix=" + ConsulApi.encode(id))).list();
        } catch (ApiException e) {
            return new Found(null, console.fail("Error " + doing + ": " + e.getMessage()));
        }
        if (jobs.isEmpty()) {
            return new Found(null, console.fail("No job(s) with prefix or id \"" + id + "\" found"));
        }
        if (jobs.size() > 1 && !jobs.getFirst().text("ID").equals(id)) {
            return new Found(null, console.fail("Prefix matched multiple jobs\n\n" + jobList(jobs, console)));
        }
        return new Found(jobs.getFirst(), 0);
    }

    static String jobList(List<Doc> jobs, Console console) {
        List<String> rows = new ArrayList<>();
        rows.add("ID|Type|Priority|Status|Submit Date");
        for (Doc job : jobs) {
            rows.add(job.text("ID") + "|" + JobStatus.type(job) + "|" + job.text("Priority") + "|"
                    + JobStatus.status(job) + "|" + Layout.time(job.time("SubmitTime"), console.zone()));
        }
        return Layout.table(rows);
    }

    /** An allocation's stub by the beginning of its id. */
    static Found allocation(Api api, GoFlags flags, Console console, String id, String doing) {
        if (id.length() < 2) {
            return new Found(null, console.fail("Identifier must contain at least two characters."));
        }
        return one(api, flags, console, "/v1/allocations", id, "allocation", "Error " + doing + ": ");
    }

    static Found evaluation(Api api, GoFlags flags, Console console, String id) {
        if (id.length() < 2) {
            return new Found(null, console.fail("Identifier must contain at least two characters."));
        }
        return one(api, flags, console, "/v1/evaluations", id, "evaluation", "Error querying evaluation: ");
    }

    static Found node(Api api, GoFlags flags, Console console, String id) {
        if (id.length() < 2) {
            return new Found(null, console.fail("Identifier must contain at least two characters."));
        }
        return one(api, flags, console, "/v1/nodes", id, "node", "Error querying node: ");
    }

    private static Found one(Api api, GoFlags flags, Console console, String path, String id, String noun, String error) {
        List<Doc> matches;
        try {
            matches = api.get(NomadApi.target(path, flags, console, "prefix=" + even(id))).list();
        } catch (ApiException e) {
            return new Found(null, console.fail(error + e.getMessage()));
        }
        if (matches.isEmpty()) {
            return new Found(null, console.fail("No " + noun + "(s) with prefix or id \"" + id + "\" found"));
        }
        if (matches.size() > 1) {
            List<String> ids = matches.stream().map(match -> match.text("ID")).toList();
            return new Found(null, console.fail("Prefix matched multiple " + noun + "s\n\n" + String.join("\n", ids)));
        }
        return new Found(matches.getFirst(), 0);
    }

    /** The API wants whole bytes of an id: a last odd digit is left away. */
    static String even(String id) {
        String digits = id.replace("-", "");
        return digits.length() % 2 == 0 ? id : id.substring(0, id.length() - 1);
    }
}
