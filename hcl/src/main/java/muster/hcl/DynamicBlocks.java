package muster.hcl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.hcl.BodyContent.ScopedBlock;

/**
 * {@code dynamic "type" { for_each = … content { … } }}: one block of the type for each item of a collection
 * (HCL dynamic block extension). Inside, the iterator, by default named as the type, has {@code key} and {@code value}.
 */
final class DynamicBlocks {
    private static final BodySchema SCHEMA =
            BodySchema.of("for_each", "iterator", "labels").withBlocks("content");

    private final Diagnostics diagnostics;

    DynamicBlocks(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    List<ScopedBlock> expand(Block dynamic, BodySchema.BlockKind kind, Scope scope) {
        int before = diagnostics.size();
        BodyContent content = new BodyReader(diagnostics).read(dynamic.body(), SCHEMA.withRequired("for_each"), scope);
        List<ScopedBlock> templates = content.blocks("content");
        if (templates.size() != 1) {
            diagnostics.error(
                    templates.isEmpty() ? "Missing dynamic content block" : "Extraneous dynamic content block",
                    templates.isEmpty()
                            ? "A dynamic block must have a nested block of type \"content\" to describe the body of each"
                                    + " generated block."
                            : "Only one nested content block is allowed for each dynamic block.",
                    templates.isEmpty() ? dynamic.headerRange() : templates.getLast().block().typeRange());
        }
        if (diagnostics.hasErrorsSince(before)) {
            return List.of();
        }
        Expression source = content.attributes().get("for_each").expression();
        Optional<List<ForEvaluation.Pair>> pairs = pairs(new Evaluator(diagnostics).evaluate(source, scope), source);
        String iterator = iterator(dynamic, content);
        List<ScopedBlock> blocks = new ArrayList<>();
        for (ForEvaluation.Pair pair : pairs.orElse(List.of())) {
            Value item = Value.object(Map.of("key", pair.key(), "value", pair.value()));
            Scope inner = scope.with(Map.of(iterator, item));
            labels(dynamic, kind, content, inner).ifPresent(labels -> blocks.add(new ScopedBlock(
                    block(kind.type(), labels, dynamic, templates.getFirst().block()), inner)));
        }
        return blocks;
    }

    private Optional<List<ForEvaluation.Pair>> pairs(Value collection, Expression source) {
        if (collection instanceof Value.Unknown) {
            return Optional.empty();
        }
        Optional<List<ForEvaluation.Pair>> pairs = ForEvaluation.pairs(collection);
        if (pairs.isEmpty()) {
            diagnostics.error(
                    "Invalid dynamic for_each value",
                    collection.isNull()
                            ? "Cannot use a null value in for_each."
                            : "Cannot use a " + collection.type().friendlyName()
                                    + " value in for_each. An iterable collection is required.",
                    source.range());
        }
        return pairs;
    }

    private String iterator(Block dynamic, BodyContent content) {
        Optional<Expression> written = content.attribute("iterator").map(Attribute::expression);
        if (written.isEmpty()) {
            return dynamic.labels().getFirst();
        }
        if (written.get() instanceof Expression.Reference word && word.steps().isEmpty()) {
            return word.root();
        }
        diagnostics.error(
                "Invalid expression",
                "A single static variable reference is required: only attribute access and indexing with constant keys. No"
                        + " calculations, function calls, template expressions, etc are allowed here.",
                written.get().range());
        return dynamic.labels().getFirst();
    }

    private Optional<List<String>> labels(Block dynamic, BodySchema.BlockKind kind, BodyContent content, Scope scope) {
        Optional<Attribute> written = content.attribute("labels");
        List<Value> values = written.map(attribute -> new Evaluator(diagnostics).evaluate(attribute.expression(), scope))
                .map(value -> value instanceof Value.Sequence sequence ? sequence.items() : List.<Value>of())
                .orElse(List.of());
        SourceRange place = written.map(attribute -> attribute.expression().range()).orElse(dynamic.openBraceRange());
        if (values.size() != kind.labels().size()) {
            boolean more = values.size() > kind.labels().size();
            diagnostics.error(
                    more ? "Extraneous dynamic block label" : "Insufficient dynamic block labels",
                    "Blocks of type \"" + kind.type() + "\" require " + kind.labels().size() + " label(s).",
                    place);
            return Optional.empty();
        }
        List<String> labels = new ArrayList<>();
        for (Value value : values) {
            try {
                if (!(Conversion.convert(value, Type.STRING) instanceof Value.Text(String label))) {
                    throw new ConversionException("a known, non-null string is required");
                }
                labels.add(label);
            } catch (ConversionException e) {
                diagnostics.error("Invalid dynamic block label", "Cannot use this value as a dynamic block label: "
                        + e.getMessage() + ".", place);
                return Optional.empty();
            }
        }
        return Optional.of(labels);
    }

    private static Block block(String type, List<String> labels, Block dynamic, Block template) {
        List<SourceRange> places = labels.stream().map(_ -> dynamic.headerRange()).toList();
        return new Block(type, labels, template.body(), dynamic.typeRange(), places, template.openBraceRange());
    }
}
