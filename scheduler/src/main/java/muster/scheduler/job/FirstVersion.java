package muster.scheduler.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.hcl.Attribute;
import muster.hcl.Block;
import muster.hcl.Body;
import muster.hcl.Diagnostics;
import muster.hcl.Expression;
import muster.hcl.Hcl;
import muster.hcl.ParsedFile;
import muster.hcl.Scope;
import muster.wire.Json;

/**
 * Job files in the first version of HCL: there are no expressions, text in {@code ${}} is text like any other, and a table
 * may be written as a block or as a setting.
 */
final class FirstVersion {
    private final String name;
    private final String text;
    private final Diagnostics diagnostics = new Diagnostics();

    FirstVersion(String name, String text) {
        this.name = name;
        this.text = text;
    }

    JobFile.Parsed read() {
        // Doubling the mark keeps every sequence as text.
        ParsedFile file = Hcl.parseLenient(name, text.replace("${", "$${").replace("%{", "%%{"));
        diagnostics.addAll(file.diagnostics());
        List<Block> jobs = file.body().blocks().stream().filter(block -> block.type().equals("job")).toList();
        for (Block block : file.body().blocks()) {
            if (!block.type().equals("job")) {
                return failed("1 error occurred:\n\t* invalid key: " + block.type() + "\n\n");
            }
        }
        if (!diagnostics.hasErrors() && (jobs.size() != 1 || jobs.getFirst().labels().size() != 1)) {
            return failed("'job' stanza not found");
        }
        if (diagnostics.hasErrors()) {
            return failed("error parsing: " + diagnostics.all().getFirst().text());
        }
        Block job = jobs.getFirst();
        Optional<String> refusal = FirstVersionRules.refusal(job.body());
        if (refusal.isPresent()) {
            return failed("error parsing 'job': " + refusal.get());
        }
        StanzaReader reader = new StanzaReader(diagnostics, diagnostics);
        Map<String, Object> tree = reader.read(shaped(job.body(), JobStanzas.job()), JobStanzas.job(), Scope.empty());
        reader.readFreeForm();
        if (diagnostics.hasErrors()) {
            return failed("error parsing 'job': " + diagnostics.all().getFirst().text());
        }
        JobShape.complete(tree, job.labels().getFirst());
        Job parsed = Json.read(Job.class, tree, Json.Unknown.IGNORE);
        return new JobFile.Parsed(Optional.of(parsed), diagnostics.all(), "", "");
    }

    private JobFile.Parsed failed(String message) {
        String heading = "Error parsing job file from " + name + ":\n";
        return new JobFile.Parsed(Optional.empty(), diagnostics.all(), message, heading + message);
    }

    /** The body with tables that were written as settings turned into blocks, and labels nobody asked for dropped. */
    private static Body shaped(Body body, Stanza stanza) {
        Map<String, Attribute> attributes = new LinkedHashMap<>(body.attributes());
        List<Block> blocks = new ArrayList<>();
        for (Block block : body.blocks()) {
            nested(stanza, block.type()).ifPresentOrElse(
                    nested -> blocks.add(shaped(block, nested)), () -> blocks.add(block));
        }
        for (Attribute attribute : body.attributes().values()) {
            Optional<Stanza.Nested> nested = nested(stanza, attribute.name());
            if (nested.isPresent() && attribute.expression() instanceof Expression.ObjectLiteral object
                    && nested.get().shape() != Stanza.Shape.TEXTS) {
                attributes.remove(attribute.name());
                Block block = new Block(
                        attribute.name(), List.of(), body(object), attribute.nameRange(), List.of(), object.openRange());
                blocks.add(shaped(block, nested.get()));
            }
        }
        return new Body(attributes, blocks, body.range());
    }

    private static Block shaped(Block block, Stanza.Nested nested) {
        int labels = nested.labelKey().isEmpty() ? 0 : Math.min(1, block.labels().size());
        return new Block(
                block.type(), block.labels().subList(0, labels), shaped(block.body(), nested.stanza()), block.typeRange(),
                block.labelRanges().subList(0, labels), block.openBraceRange());
    }

    private static Optional<Stanza.Nested> nested(Stanza stanza, String name) {
        return stanza.nested().stream().filter(nested -> nested.name().equals(name)).findFirst();
    }

    private static Body body(Expression.ObjectLiteral object) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        for (Expression.ObjectLiteral.Item item : object.items()) {
            if (item.key() instanceof Expression.Literal literal && literal.value() instanceof muster.hcl.Value.Text(String key)) {
                attributes.put(key, new Attribute(key, item.value(), item.key().range(), item.value().range()));
            }
        }
        return new Body(attributes, List.of(), object.range());
    }
}
