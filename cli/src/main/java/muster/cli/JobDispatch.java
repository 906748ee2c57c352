package muster.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code job dispatch}. */
final class JobDispatch {
    static final Command COMMAND = new Command("job dispatch", "Dispatch an instance of a parameterized job", """
            Usage: nomad job dispatch [options] <parameterized job> [input source]

              Runs a parameterized job once. The input, a file or - for standard input, is the payload.

            Dispatch Options:

              -meta <key>=<value>    a value that the job asks for; may be repeated
              -idempotency-token=<t> a second run with the same token makes no second job
              -id-prefix-template=<t> what the new job's id has behind the parent's
              -detach                return after asking for it
              -verbose               whole ids""", JobDispatch::run);

    private JobDispatch() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("detach", "verbose").lists("meta").texts("idempotency-token", "id-prefix-template").parse(args);
        List<String> rest = flags.rest();
        if (rest.isEmpty() || rest.size() > 2) {
            return NomadApi.usage(console, "This command takes one or two argument: <parameterized job> [input source]", "job dispatch");
        }
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("JobID", rest.getFirst());
        try {
            if (rest.size() == 2) {
                request.put("Payload", Base64.getEncoder().encodeToString(payload(console, rest.getLast())));
            }
        } catch (IOException e) {
            return console.fail("Error reading input data: " + e.getMessage());
        }
        Map<String, String> meta = new LinkedHashMap<>();
        for (String pair : flags.all("meta")) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                return console.fail("Error parsing meta value: \"" + pair + "\"");
            }
            meta.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        request.put("Meta", meta);
        request.put("IdPrefixTemplate", flags.text("id-prefix-template"));
        Api api = NomadApi.api(flags, console);
        Doc answer;
        try {
            answer = api.send("PUT", NomadApi.target("/v1/job/" + NomadApi.idPath(rest.getFirst()) + "/dispatch", flags, console,
                    flags.has("idempotency-token") ? "idempotency_token=" + ConsulApi.encode(flags.text("idempotency-token")) : ""), request);
        } catch (ApiException e) {
            return console.fail("Failed to dispatch job: " + e.getMessage());
        }
        String evaluation = answer.text("EvalID");
        List<String> rows = new ArrayList<>(List.of("Dispatched Job ID|" + answer.text("DispatchedJobID")));
        if (!evaluation.isEmpty()) {
            rows.add("Evaluation ID|" + Layout.id(evaluation, flags.on("verbose")));
        }
        console.out().println(Layout.values(rows));
        if (flags.on("detach") || evaluation.isEmpty()) {
            return 0;
        }
        console.out().println();
        return new Monitor(api, flags, console, flags.on("verbose")).evaluation(evaluation);
    }

    private static byte[] payload(Console console, String path) throws IOException {
        if (path.equals("-")) {
            return console.in().readAllBytes();
        }
        try (InputStream in = Files.newInputStream(console.folder().resolve(path))) {
            return in.readAllBytes();
        } catch (NoSuchFileException e) {
            throw new IOException("open " + path + ": no such file or directory");
        }
    }
}
