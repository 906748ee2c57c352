package muster.scheduler.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.hcl.Block;
import muster.hcl.BodyContent;
import muster.hcl.BodyReader;
import muster.hcl.BodySchema;
import muster.hcl.Diagnostic;
import muster.hcl.Diagnostics;
import muster.hcl.Function;
import muster.hcl.Hcl;
import muster.hcl.ParsedFile;
import muster.hcl.Scope;
import muster.hcl.Value;
import muster.wire.Json;

/** Reads job files. Any thread may call it; nothing is kept between calls. */
public final class JobFile {
    private static final BodySchema TOP = BodySchema.of()
            .withLabelled("job", "name")
            .withLabelled("variable", "name")
            .withBlocks("variables", "locals");

    private final String name;
    private final String text;
    private final JobVariables variables;
    private final Map<String, Function> functions;
    private final Diagnostics diagnostics = new Diagnostics();
    private final Diagnostics free = new Diagnostics();

    private JobFile(String name, String text, JobVariables variables, Map<String, Function> functions) {
        this.name = name;
        this.text = text;
        this.variables = variables;
        this.functions = functions;
    }

    /**
     * What came of a file.
     *
     * @param job empty when there are errors
     * @param diagnostics all problems, in the order found
     * @param errorText the problems as the original's API prints them; empty text when there are none
     * @param commandLineError the same with the heading that the original's command line puts above
     */
    public record Parsed(Optional<Job> job, List<Diagnostic> diagnostics, String errorText, String commandLineError) {
        public Parsed {
            diagnostics = List.copyOf(diagnostics);
        }
    }

    /**
     * Parses a job file.
     *
     * @param name what messages call the file; {@code input.hcl} for text that came through the API
     * @param functions what expressions may call: the standard set, and file functions that work or refuse
     */
    public static Parsed parse(String name, String text, JobVariables variables, Map<String, Function> functions) {
        return new JobFile(name, text, variables, functions).read();
    }

    private Parsed read() {
        for (JobVariables.VariableFile file : variables.files()) {
            if (!file.failure().isEmpty()) {
                Diagnostic failure = Diagnostic.error("Failed to read file", file.failure());
                return failed(List.of(failure), "unable to parse var file: " + failure.text());
            }
        }
        ParsedFile file = Hcl.parse(name, text);
        diagnostics.addAll(file.diagnostics());
        int before = diagnostics.size();
        BodyContent content = new BodyReader(diagnostics).read(file.body(), TOP, Scope.empty());
        Optional<Map<String, Object>> tree = Optional.empty();
        if (!diagnostics.hasErrorsSince(before)) {
            tree = decode(content);
        }
        if (diagnostics.hasErrors() || tree.isEmpty()) {
            return failed(diagnostics.all(), diagnostics.lines());
        }
        if (free.hasErrors()) {
            return failed(free.all(), freeFormText());
        }
        return new Parsed(Optional.of(Json.read(Job.class, tree.get(), Json.Unknown.IGNORE)), diagnostics.all(), "", "");
    }

    /** The heading depends on whether the first version of the language would have understood the file. */
    private Parsed failed(List<Diagnostic> problems, String errorText) {
        boolean first = parseFirstVersion(name, text).job().isPresent();
        String heading = first
                ? "Failed to parse using HCL 2. Use the HCL 1 parser with `nomad run -hcl1`, or address the following issues:\n"
                : "Error parsing job file from " + name + ":\n";
        return new Parsed(Optional.empty(), problems, errorText, heading + errorText);
    }

    /** As {@link #parse}, with the first version of the language: no expressions, everything in {@code ${}} stays. */
    public static Parsed parseFirstVersion(String name, String text) {
        return new FirstVersion(name, text).read();
    }

    /** The original evaluates free-form blocks twice and counts every problem twice. */
    private String freeFormText() {
        int others = 2 * free.size() - 1;
        return free.all().getFirst().text() + ", and " + others + " other diagnostic(s)";
    }

    private Optional<Map<String, Object>> decode(BodyContent content) {
        VariableBlocks blocks = new VariableBlocks(diagnostics, functions);
        content.blocks("variable").forEach(block -> blocks.declare(block.block()));
        blocks.assign(variables);
        Value values = blocks.check();
        Value locals = blocks.locals(
                content.blocks("locals").stream().map(BodyContent.ScopedBlock::block).toList(), values);
        List<BodyContent.ScopedBlock> jobs = content.blocks("job");
        if (jobs.isEmpty()) {
            diagnostics.add(Diagnostic.error("Missing job block", "A job block is required"));
            return Optional.empty();
        }
        if (jobs.size() > 1) {
            diagnostics.error(
                    "Duplicate job block",
                    "Only one job block is allowed. Another was defined at " + jobs.getFirst().block().headerRange() + ".",
                    jobs.get(1).block().headerRange());
            return Optional.empty();
        }
        Block job = jobs.getFirst().block();
        StanzaReader reader = new StanzaReader(diagnostics, free);
        Map<String, Object> tree = reader.read(job.body(), JobStanzas.job(), blocks.scope(values, locals));
        if (!diagnostics.hasErrors()) {
            reader.readFreeForm();
        }
        JobShape.complete(tree, job.labels().getFirst());
        return Optional.of(tree);
    }
}
