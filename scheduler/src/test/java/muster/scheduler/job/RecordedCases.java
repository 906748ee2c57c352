package muster.scheduler.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import muster.hcl.Function;
import muster.hcl.function.FileFunctions;
import muster.hcl.function.StandardFunctions;
import muster.wire.Json;

/**
 * Compares parsing, canonicalisation and validation with recorded answers: a folder of {@code NAME.json} (steps with
 * expectations) beside {@code NAME.hcl}. A program for people, not a test: {@code RecordedCases FOLDER... [-v]}.
 */
final class RecordedCases {
    private final boolean verbose;
    private final Map<String, int[]> counts = new TreeMap<>();

    /** What the case at hand submitted, by job ID. */
    private final Map<String, Job> submitted = new HashMap<>();

    private RecordedCases(boolean verbose) {
        this.verbose = verbose;
    }

    public static void main(String[] args) throws IOException {
        List<String> folders = Stream.of(args).filter(arg -> !arg.startsWith("-")).toList();
        RecordedCases cases = new RecordedCases(List.of(args).contains("-v"));
        for (String folder : folders) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                    cases.run(file);
                }
            }
        }
        cases.counts.entrySet().removeIf(entry -> entry.getValue()[0] + entry.getValue()[1] == 0);
        cases.counts.forEach((kind, count) ->
                System.out.println(kind + ": " + count[0] + " same, " + count[1] + " different, " + count[2] + " not run"));
    }

    private void run(Path file) throws IOException {
        Map<String, Object> recorded = JobShape.object(Json.parse(Files.readAllBytes(file)));
        int number = 0;
        submitted.clear();
        for (Map<String, Object> step : JobShape.objects(recorded.get("steps"))) {
            number++;
            String difference;
            String kind = kind(step);
            try {
                difference = step(kind, step, file.getParent());
            } catch (RuntimeException e) {
                difference = e + " at " + List.of(e.getStackTrace()).subList(0, Math.min(4, e.getStackTrace().length));
            }
            int[] count = counts.computeIfAbsent(kind, _ -> new int[3]);
            count[difference == null ? 2 : difference.isEmpty() ? 0 : 1]++;
            if (difference != null && !difference.isEmpty() && verbose) {
                System.out.println(file.getFileName() + " step " + number + " (" + kind + "): " + difference);
            }
        }
    }

    private static String kind(Map<String, Object> step) {
        if (step.containsKey("http")) {
            if (((String) step.get("http")).matches("GET /v1/job/[^/?]+")) {
                return "GET /v1/job";
            }
            Map<String, Object> body = step.get("body") instanceof Map<?, ?> map ? JobShape.object(map) : Map.of();
            return step.get("http") + (body.containsKey("hclv1") ? " hclv1" : "");
        }
        List<?> args = step.get("args") instanceof List<?> list ? list : List.of("", "");
        return step.containsKey("cli") ? "cli " + args.get(0) + " " + args.get(1) : "other";
    }

    private String step(String kind, Map<String, Object> step, Path folder) throws IOException {
        Map<String, Object> expect = JobShape.object(step.getOrDefault("expect", Map.of()));
        return switch (kind) {
            case "POST /v1/jobs/parse", "POST /v1/jobs/parse hclv1" -> parse(JobShape.object(step.get("body")), expect, folder);
            case "POST /v1/validate/job" -> validate(JobShape.object(step.get("body")), expect);
            case "cli job validate", "cli job run" -> commandLine(kind, step, expect, folder);
            case "PUT /v1/jobs", "POST /v1/jobs" -> {
                if (step.get("body") instanceof Map<?, ?> body && body.get("Job") != null) {
                    Job job = Json.read(Job.class, body.get("Job"), Json.Unknown.IGNORE);
                    submitted.put(job.id(), job);
                }
                yield null;
            }
            case "GET /v1/job" -> stored(((String) step.get("http")).substring(12), expect);
            default -> null;
        };
    }

    private String stored(String id, Map<String, Object> expect) {
        Job job = submitted.get(id);
        if (job == null || !(expect.get("json") instanceof Map<?, ?> json) || json.containsKey("...")) {
            return null;
        }
        return same(expect.get("json"), plain(JobTree.stored(Canonical.server(job))), "");
    }

    private static String parse(Map<String, Object> body, Map<String, Object> expect, Path folder) throws IOException {
        Object source = body.get("JobHCL");
        String text = source instanceof Map<?, ?> file ? Files.readString(folder.resolve((String) file.get("<file>"))) : (String) source;
        boolean first = Boolean.TRUE.equals(body.get("hclv1"));
        Map<String, Function> functions = functions(FileFunctions.disabled());
        JobFile.Parsed parsed = first
                ? JobFile.parseFirstVersion("input.hcl", text)
                : JobFile.parse("input.hcl", text, JobVariables.none(), functions);
        if (text.isEmpty()) {
            return null;
        }
        if (expect.containsKey("text")) {
            return same(expect.get("text"), parsed.errorText(), "");
        }
        if (parsed.job().isEmpty()) {
            return "unexpected error " + parsed.errorText();
        }
        Job job = parsed.job().get();
        boolean canonical = Boolean.TRUE.equals(body.get("Canonicalize"));
        return same(expect.get("json"), plain(JobTree.parsed(canonical ? Canonical.api(job) : job)), "");
    }

    private static String validate(Map<String, Object> body, Map<String, Object> expect) {
        Job job = Json.read(Job.class, body.get("Job"), Json.Unknown.IGNORE);
        JobValidation.Findings findings = JobValidation.check(Canonical.server(job));
        Map<String, Object> answer = new TreeMap<>();
        answer.put("DriverConfigValidated", true);
        answer.put("Error", findings.errorText());
        answer.put("ValidationErrors", findings.errors().isEmpty() ? null : findings.errors());
        answer.put("Warnings", findings.warningText());
        return same(expect.get("json"), plain(answer), "");
    }

    private static String commandLine(String kind, Map<String, Object> step, Map<String, Object> expect, Path folder)
            throws IOException {
        List<String> args = new ArrayList<>();
        ((List<?>) step.get("args")).forEach(arg -> args.add((String) arg));
        boolean output = args.contains("-output");
        if (kind.equals("cli job run") && !output || args.contains("-hcl1")) {
            return null;
        }
        String name = args.getLast();
        List<String> flags = new ArrayList<>();
        List<JobVariables.VariableFile> files = new ArrayList<>();
        for (int i = 2; i < args.size() - 1; i++) {
            if (args.get(i).equals("-var")) {
                flags.add(args.get(++i));
            } else if (args.get(i).startsWith("-var-file=")) {
                files.add(file(folder, args.get(i).substring(10)));
            }
        }
        Map<String, String> environment = new HashMap<>();
        if (step.get("env") instanceof Map<?, ?> env) {
            env.forEach((key, value) -> environment.put((String) key, (String) value));
        }
        JobVariables variables = new JobVariables(JobVariables.fromEnvironment(environment), files, flags);
        Map<String, Function> functions = functions(FileFunctions.create(folder, folder));
        JobFile.Parsed parsed = JobFile.parse(name, Files.readString(folder.resolve(name)), variables, functions);
        if (parsed.job().isEmpty()) {
            return same(expect.get("stderr"), "Error getting job struct: " + parsed.commandLineError() + "\n", "stderr");
        }
        if (output) {
            Map<String, Object> answer = Map.of("Job", JobTree.parsed(parsed.job().get()));
            return same(expect.get("json"), plain(answer), "");
        }
        JobValidation.Findings findings = JobValidation.check(Canonical.server(parsed.job().get()));
        String stderr = findings.errors().isEmpty() ? "" : "Job validation errors:\n" + findings.errorText() + "\n";
        return same(expect.get("stderr"), stderr, "stderr");
    }

    private static JobVariables.VariableFile file(Path folder, String name) throws IOException {
        Path path = folder.resolve(name);
        return Files.exists(path)
                ? new JobVariables.VariableFile(name, Files.readString(path), "")
                : new JobVariables.VariableFile(name, "", "failed to read \"" + name + "\": open " + name + ": no such file or directory");
    }

    private static Map<String, Function> functions(Map<String, Function> files) {
        Map<String, Function> all = new HashMap<>(StandardFunctions.create(InstantSource.system(), new Random()));
        all.putAll(files);
        return all;
    }

    private static Object plain(Object tree) {
        return Json.parse(Json.write(tree));
    }

    /** The first difference, or empty text. */
    private static String same(Object expected, Object actual, String path) {
        if (expected instanceof String pattern && pattern.startsWith("<") && pattern.endsWith(">") && !pattern.startsWith("<nil")) {
            return "";
        }
        if (expected instanceof Map<?, ?> left && actual instanceof Map<?, ?> right) {
            TreeSet<String> keys = new TreeSet<>();
            left.keySet().forEach(key -> keys.add((String) key));
            right.keySet().forEach(key -> keys.add((String) key));
            keys.remove("...");
            for (String key : keys) {
                if (!left.containsKey(key) && left.containsKey("...")) {
                    continue;
                }
                String difference = left.containsKey(key) == right.containsKey(key)
                        ? same(left.get(key), right.get(key), path + "." + key)
                        : path + "." + key + (left.containsKey(key) ? " is missing" : " is too much: " + right.get(key));
                if (!difference.isEmpty()) {
                    return difference;
                }
            }
            return "";
        }
        if (expected instanceof List<?> left && actual instanceof List<?> right && left.size() == right.size()) {
            for (int i = 0; i < left.size(); i++) {
                String difference = same(left.get(i), right.get(i), path + "[" + i + "]");
                if (!difference.isEmpty()) {
                    return difference;
                }
            }
            return "";
        }
        return java.util.Objects.equals(expected, actual)
                ? ""
                : path + "\n   expected " + expected + "\n   actual   " + actual;
    }
}
