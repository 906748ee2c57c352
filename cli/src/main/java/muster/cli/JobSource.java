package muster.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import muster.hcl.DiagnosticText;
import muster.hcl.Function;
import muster.hcl.function.FileFunctions;
import muster.hcl.function.StandardFunctions;
import muster.scheduler.job.Canonical;
import muster.scheduler.job.Job;
import muster.scheduler.job.JobFile;
import muster.scheduler.job.JobTree;
import muster.scheduler.job.JobValidation;
import muster.scheduler.job.JobVariables;
import muster.wire.GoFlags;
import muster.wire.Json;
import muster.wire.JsonException;

/** The job that a command was given: a job file with its variables, or a job as JSON. */
final class JobSource {
    /** What the flags are called in the help of commands that read job files. */
    static final String HELP = """
              -var <name=value>      a value for a variable of the job file; may be repeated
              -var-file=<path>       a file of such values, in HCL or JSON; may be repeated
              -hcl1                  read the file as HCL version 1
              -hcl2-strict           refuse values of variables that the file does not declare, also in variable files;
                                     -hcl2-strict=false passes them over, also in flags
              -json                  the file is a job as JSON
              -vault-token=<token>   shows that the job's Vault policies may be used; VAULT_TOKEN
              -vault-namespace=<n>   the job's namespace in Vault
            """;

    private static final int MAX_BYTES = 16 << 20;
    private static final int MAX_REDIRECTS = 10;

    /** The job could not be read; the message says why. */
    static final class Refused extends RuntimeException {
        Refused(String message) {
            super("Error getting job struct: " + message, null, false, false);
        }

        private Refused(String message, String options) {
            super(message + options, null, false, false);
        }
    }

    private JobSource() {}

    /** Declares the flags that job files have. */
    static GoFlags flags(GoFlags flags) {
        return flags.switches("hcl1", "hcl2-strict", "json").lists("var", "var-file")
                .texts("vault-token", "vault-namespace", "consul-token", "consul-namespace");
    }

    /** What is wrong with the flags together; nothing where they go together. */
    private static void check(GoFlags flags) {
        boolean variables = flags.has("var") || flags.has("var-file");
        String fault = flags.on("hcl1") && flags.on("json") ? "cannot parse job file as HCL and JSON."
                : flags.on("hcl1") && flags.on("hcl2-strict") ? "cannot parse job file as HCLv1 and HCLv2 strict."
                : variables && flags.on("json") ? "cannot use variables with JSON files."
                : variables && flags.on("hcl1") ? "cannot use variables with HCLv1." : "";
        if (!fault.isEmpty()) {
            throw new Refused("Invalid job options: ", fault);
        }
    }

    /** As the server wants it, with defaults. Throws {@link Refused} with all that is wrong. */
    static Doc job(Console console, GoFlags flags, String path) {
        return job(console, flags, path, true);
    }

    /** As it is written in the file, without defaults. */
    static Doc written(Console console, GoFlags flags, String path) {
        return job(console, flags, path, false);
    }

    /** A job with the text that it was made from, as the API wants to be told of it. */
    record Source(Doc job, Map<String, Object> submission) {}

    /** As {@link #job}, with its source. */
    static Source source(Console console, GoFlags flags, String path) {
        check(flags);
        String text = text(console, path);
        Doc job = job(console, flags, path, text, true);
        Map<String, Object> submission = new LinkedHashMap<>();
        submission.put("Source", text);
        submission.put("Format", flags.on("json") ? "json" : flags.on("hcl1") ? "hcl1" : "hcl2");
        Map<String, String> values = new LinkedHashMap<>(JobVariables.fromEnvironment(console.env()));
        flags.all("var").forEach(pair -> values.put(pair.substring(0, Math.max(0, pair.indexOf('='))), pair.substring(pair.indexOf('=') + 1)));
        submission.put("VariableFlags", values);
        submission.put("Variables", String.join("\n", variables(console, flags).files().stream().map(JobVariables.VariableFile::text).toList()));
        return new Source(job, submission);
    }

    private static String text(Console console, String path) {
        try {
            return read(console, path);
        } catch (IOException e) {
            throw new Refused(e.getMessage());
        }
    }

    private static Doc job(Console console, GoFlags flags, String path, boolean withDefaults) {
        check(flags);
        return job(console, flags, path, text(console, path), withDefaults);
    }

    private static Doc job(Console console, GoFlags flags, String path, String text, boolean withDefaults) {
        Doc job = flags.on("json") ? json(text, path) : file(console, flags, path, text, withDefaults);
        Map<String, Object> whole = new LinkedHashMap<>();
        job.members().forEach((key, value) -> whole.put(key, value.value()));
        put(whole, "ConsulToken", flags.text("consul-token", console.env("CONSUL_HTTP_TOKEN")));
        put(whole, "VaultToken", flags.text("vault-token", console.env("VAULT_TOKEN")));
        put(whole, "ConsulNamespace", flags.text("consul-namespace"));
        put(whole, "VaultNamespace", flags.text("vault-namespace"));
        return new Doc(whole);
    }

    private static void put(Map<String, Object> job, String key, String value) {
        if (!value.isEmpty()) {
            job.put(key, value);
        }
    }

    private static Doc file(Console console, GoFlags flags, String path, String text, boolean withDefaults) {
        boolean first = flags.on("hcl1");
        JobFile.Parsed parsed = first
                ? JobFile.parseFirstVersion(path, text)
                : JobFile.parse(path, text, variables(console, flags), functions(console));
        if (parsed.job().isEmpty()) {
            throw new Refused(parsed.commandLineError() + (console.detailed() ? snippets(parsed, text) : ""));
        }
        Job job = parsed.job().get();
        return new Doc(JobTree.parsed(withDefaults ? Canonical.api(job) : job));
    }

    private static Doc json(String text, String path) {
        try {
            Doc tree = new Doc(Json.parse(text));
            return tree.at("Job").isNull() ? tree : tree.at("Job");
        } catch (JsonException e) {
            throw new Refused("Error parsing job file from " + path + ": " + e.getMessage());
        }
    }

    /** The offending lines, for people; the original's commands print positions alone. */
    private static String snippets(JobFile.Parsed parsed, String text) {
        StringBuilder out = new StringBuilder("\n");
        parsed.diagnostics().forEach(diagnostic -> out.append('\n').append(DiagnosticText.render(diagnostic, Optional.of(text))));
        return out.toString();
    }

    private static String read(Console console, String path) throws IOException {
        if (path.equals("-")) {
            return new String(console.in().readAllBytes(), StandardCharsets.UTF_8);
        }
        if (path.startsWith("http://") || path.startsWith("https://")) {
            return fetched(path);
        }
        Path file = console.folder().resolve(path);
        if (!Files.exists(file)) {
            throw new IOException("Error getting jobfile from \"" + path + "\": source path error: stat "
                    + file.toAbsolutePath().normalize() + ": no such file or directory");
        }
        return Files.readString(file);
    }

    private static JobVariables variables(Console console, GoFlags flags) {
        List<JobVariables.VariableFile> files = new ArrayList<>();
        for (String name : flags.all("var-file")) {
            try {
                files.add(new JobVariables.VariableFile(name, Files.readString(console.folder().resolve(name)), ""));
            } catch (IOException e) {
                files.add(new JobVariables.VariableFile(name, "", "failed to read \"" + name + "\": open " + name + ": no such file or directory"));
            }
        }
        JobVariables.Undeclared undeclared = !flags.has("hcl2-strict") ? JobVariables.Undeclared.REFUSED_IN_FLAGS
                : flags.on("hcl2-strict") ? JobVariables.Undeclared.REFUSED : JobVariables.Undeclared.PASSED_OVER;
        return new JobVariables(JobVariables.fromEnvironment(console.env()), files, flags.all("var"), undeclared);
    }

    private static Map<String, Function> functions(Console console) {
        Map<String, Function> functions = new LinkedHashMap<>(StandardFunctions.create(console.clock(), RandomGenerator.getDefault()));
        functions.putAll(FileFunctions.create(console.folder().toAbsolutePath(), Path.of(console.env("HOME"))));
        return functions;
    }

    /** A file of a web server, through as many redirections as browsers follow, at most. */
    private static String fetched(String given) throws IOException {
        URI uri = URI.create(given);
        for (int i = 0; i <= MAX_REDIRECTS; i++) {
            Api api = new Api(new Api.Address(uri.getScheme() + "://" + uri.getRawAuthority(), Map.of(), ""));
            String target = (uri.getRawPath().isEmpty() ? "/" : uri.getRawPath()) + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            Api.Answer answer;
            try {
                answer = api.stream(target, (bytes, length) -> {
                    if (text.size() + length > MAX_BYTES) {
                        throw new IOException("it is greater than " + MAX_BYTES + " bytes, which no job file is");
                    }
                    text.write(bytes, 0, length);
                });
            } catch (ApiException e) {
                throw new IOException("Error getting jobfile from \"" + given + "\": " + e.getMessage());
            }
            if (answer.status() / 100 == 2) {
                return text.toString(StandardCharsets.UTF_8);
            }
            String location = answer.headers().getOrDefault("location", "");
            if (answer.status() / 100 != 3 || location.isEmpty()) {
                throw new IOException("Error getting jobfile from \"" + given + "\": bad response code: " + answer.status());
            }
            uri = uri.resolve(location);
        }
        throw new IOException("Error getting jobfile from \"" + given + "\": more than " + MAX_REDIRECTS + " redirections");
    }

    /** The target of a request about a job: its own region and namespace where the command line names none. */
    static String target(String path, GoFlags flags, Console console, Doc job) {
        boolean region = !flags.text("region", console.env("NOMAD_REGION")).isEmpty();
        boolean namespace = !flags.text("namespace", console.env("NOMAD_NAMESPACE")).isEmpty();
        return NomadApi.target(path, flags, console,
                region || job.text("Region").isEmpty() || job.text("Region").equals("global") ? "" : "region=" + ConsulApi.encode(job.text("Region")),
                namespace || job.text("Namespace").isEmpty() || job.text("Namespace").equals("default")
                        ? "" : "namespace=" + ConsulApi.encode(job.text("Namespace")));
    }

    /** What is wrong with a job, as the server would say it; "" for nothing. */
    static String errors(Doc job) {
        return JobValidation.check(record(job)).errorText();
    }

    static String warnings(Doc job) {
        return JobValidation.check(record(job)).warningText();
    }

    private static Job record(Doc job) {
        return Canonical.server(Json.read(Job.class, job.value(), Json.Unknown.IGNORE));
    }
}
