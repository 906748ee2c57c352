package muster.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import muster.wire.GoFlags;

/**
 * Finds the object that a name or the beginning of an id stands for. Where all namespaces were searched, the flags are of the
 * found object's namespace from then on.
 */
final class Lookups {
    private Lookups() {}

    /** What was found, or the exit code of the message that was printed instead. */
    record Found(Doc stub, int exit) {
        boolean isMissing() {
            return stub == null;
        }
    }

    /**
     * A kind of objects with ids.
     *
     * @param table what is shown of several, with whole ids or without
     */
    private record Kind(String path, String noun, String error, BiFunction<List<Doc>, Boolean, String> table) {}

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
        boolean everywhere = NomadApi.isEverywhere(flags, console);
        if (jobs.size() > 1 && (!jobs.getFirst().text("ID").equals(id) || everywhere && jobs.get(1).text("ID").equals(id))) {
            return new Found(null, console.fail("Prefix matched multiple jobs\n\n" + jobList(jobs, everywhere, console)));
        }
        NomadApi.into(jobs.getFirst(), flags, console);
        return new Found(jobs.getFirst(), 0);
    }

    /** @param everywhere whether each job's namespace is shown too */
    static String jobList(List<Doc> jobs, boolean everywhere, Console console) {
        List<String> rows = new ArrayList<>();
        rows.add("ID|" + (everywhere ? "Namespace|" : "") + "Type|Priority|Status|Submit Date");
        for (Doc job : jobs) {
            rows.add(job.text("ID") + "|" + (everywhere ? job.text("Namespace") + "|" : "") + JobStatus.type(job) + "|" + job.text("Priority") + "|"
                    + JobStatus.status(job) + "|" + Layout.time(job.time("SubmitTime"), console.zone()));
        }
        return Layout.table(rows);
    }

    /** An allocation's stub by the beginning of its id. */
    static Found allocation(Api api, GoFlags flags, Console console, String id, String doing) {
        return one(api, flags, console, id, allocations(console, doing));
    }

    /** As {@link #allocation}, for a command to which several are no mistake: they are its answer then. */
    static Found allocationOrAll(Api api, GoFlags flags, Console console, String id, String doing) {
        return one(api, flags, console, id, allocations(console, doing), 0);
    }

    private static Kind allocations(Console console, String doing) {
        return new Kind("/v1/allocations", "allocation", "Error " + doing + ": ", (stubs, whole) -> JobStatus.allocations(stubs, whole, console));
    }

    static Found evaluation(Api api, GoFlags flags, Console console, String id) {
        return one(api, flags, console, id,
                new Kind("/v1/evaluations", "evaluation", "Error querying evaluation: ", JobDetails::evaluations));
    }

    static Found node(Api api, GoFlags flags, Console console, String id) {
        return one(api, flags, console, id, new Kind("/v1/nodes", "node", "Error querying node: ", NodeStatus::stubs));
    }

    private static Found one(Api api, GoFlags flags, Console console, String id, Kind kind) {
        return one(api, flags, console, id, kind, 1);
    }

    /** @param several the exit code where several objects are meant; their list is an answer where that is zero */
    private static Found one(Api api, GoFlags flags, Console console, String id, Kind kind, int several) {
        if (id.length() < 2) {
            return new Found(null, console.fail("Identifier must contain at least two characters."));
        }
        List<Doc> matches;
        try {
            matches = api.get(NomadApi.target(kind.path(), flags, console, "prefix=" + even(id))).list();
        } catch (ApiException e) {
            return new Found(null, console.fail(kind.error() + e.getMessage()));
        }
        if (matches.isEmpty()) {
            return new Found(null, console.fail("No " + kind.noun() + "(s) with prefix or id \"" + id + "\" found"));
        }
        if (matches.size() > 1) {
            (several == 0 ? console.out() : console.err())
                    .println("Prefix matched multiple " + kind.noun() + "s\n\n" + kind.table().apply(matches, flags.on("verbose")));
            return new Found(null, several);
        }
        NomadApi.into(matches.getFirst(), flags, console);
        return new Found(matches.getFirst(), 0);
    }

    /** The API wants whole bytes of an id: a last odd digit is left away. */
    static String even(String id) {
        String digits = id.replace("-", "");
        return digits.length() % 2 == 0 ? id : id.substring(0, id.length() - 1);
    }
}
