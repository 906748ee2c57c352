package muster.cli;

import java.io.IOException;
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
    /** The job could not be read; the message is what follows {@code Error getting job struct: }. */
    static final class Refused extends RuntimeException {
        Refused(String message) {
            super(message, null, false, false);
        }
    }

    private JobSource() {}

    /** Declares the flags that job files have. */
    static GoFlags flags(GoFlags flags) {
        return flags.switches("hcl1", "hcl2-strict", "json").lists("var", "var-file");
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
        return job(console, flags, path, text(console, path), withDefaults);
    }

    private static Doc job(Console console, GoFlags flags, String path, String text, boolean withDefaults) {
        if (flags.on("json")) {
            return json(text, path);
        }
        boolean first = flags.on("hcl1");
        if (first && (flags.has("var") || flags.has("var-file"))) {
            throw new Refused("variables are of the second version of the language: leave out -hcl1, or -var and -var-file");
        }
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
            return new String(console.in().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
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
        return new JobVariables(JobVariables.fromEnvironment(console.env()), files, flags.all("var"));
    }

    private static Map<String, Function> functions(Console console) {
        Map<String, Function> functions = new LinkedHashMap<>(StandardFunctions.create(console.clock(), RandomGenerator.getDefault()));
        functions.putAll(FileFunctions.create(console.folder().toAbsolutePath(), Path.of(console.env("HOME"))));
        return functions;
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
