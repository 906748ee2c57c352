package muster.scheduler.job;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.hcl.Attribute;
import muster.hcl.Block;
import muster.hcl.Body;
import muster.hcl.BodyContent;
import muster.hcl.BodyReader;
import muster.hcl.BodySchema;
import muster.hcl.Conversion;
import muster.hcl.ConversionException;
import muster.hcl.Diagnostic;
import muster.hcl.Diagnostics;
import muster.hcl.Evaluator;
import muster.hcl.Expression;
import muster.hcl.Scope;
import muster.hcl.Type;
import muster.hcl.Value;
import muster.wire.GoDuration;

/**
 * Reads blocks of a job file into trees as the API has them. Free-form blocks ({@code config}, {@code policy}) are read
 * last and report apart: the original finds their problems only when the rest of the file is in order.
 */
final class StanzaReader {
    private final Diagnostics diagnostics;
    private final Evaluator evaluator;
    private final Diagnostics free;
    private final List<Runnable> later = new ArrayList<>();

    StanzaReader(Diagnostics diagnostics, Diagnostics free) {
        this.diagnostics = diagnostics;
        this.evaluator = new Evaluator(diagnostics);
        this.free = free;
    }

    /** Fills in the free-form blocks met so far. */
    void readFreeForm() {
        later.forEach(Runnable::run);
        later.clear();
    }

    Map<String, Object> read(Body body, Stanza stanza, Scope scope) {
        BodyReader reader = new BodyReader(diagnostics);
        for (Stanza.Nested nested : stanza.nested()) {
            if (nested.shape() == Stanza.Shape.MANY_APART) {
                reader.readPartly(body, new BodySchema(List.of(), List.of(), List.of(nested.kind())), scope);
            }
        }
        BodyContent content = reader.read(body, stanza.schema(), scope);
        Map<String, Object> tree = new LinkedHashMap<>();
        for (Stanza.Field field : stanza.fields()) {
            content.attribute(field.name()).flatMap(a -> attribute(a, field.kind(), scope))
                    .ifPresent(value -> tree.put(field.key(), value));
        }
        for (Stanza.Nested nested : stanza.nested()) {
            nested(nested, content, scope, tree);
        }
        stanza.finish().accept(tree);
        return tree;
    }

    private void nested(Stanza.Nested nested, BodyContent content, Scope scope, Map<String, Object> tree) {
        List<BodyContent.ScopedBlock> blocks = content.blocks(nested.name());
        Optional<Attribute> attribute = content.attribute(nested.name());
        if (blocks.isEmpty() && attribute.isEmpty()) {
            return;
        }
        nested.stanza().inspection().inspect(blocks, diagnostics);
        switch (nested.shape()) {
            case MANY, MANY_APART -> {
                List<Object> list = new ArrayList<>();
                blocks.forEach(block -> list.add(labelled(nested, block)));
                tree.put(nested.key(), list);
            }
            case BY_LABEL -> {
                Map<String, Object> byLabel = new LinkedHashMap<>();
                blocks.forEach(block -> byLabel.put(block.block().labels().getFirst(), labelled(nested, block)));
                tree.put(nested.key(), byLabel);
            }
            case ONE -> {
                single(nested, blocks);
                tree.put(nested.key(), read(blocks.getFirst().block().body(), nested.stanza(), blocks.getFirst().scope()));
            }
            case TEXTS, TEXT_LISTS -> {
                Map<String, Object> texts = new LinkedHashMap<>();
                boolean lists = nested.shape() == Stanza.Shape.TEXT_LISTS;
                blocks.forEach(block -> texts.putAll(texts(block.block().body(), lists, block.scope())));
                attribute.flatMap(a -> attribute(a, lists ? Stanza.Kind.TEXT_LIST_MAP : Stanza.Kind.TEXT_MAP, scope))
                        .ifPresent(map -> putAll(texts, map));
                tree.put(nested.key(), texts);
            }
            case FREE -> {
                Map<String, Object> config = new LinkedHashMap<>();
                tree.put(nested.key(), config);
                single(nested, blocks);
                later.add(() -> blocks.forEach(block ->
                        config.putAll(new FreeForm(free).read(block.block().body(), block.scope()))));
            }
        }
    }

    private static void putAll(Map<String, Object> into, Object map) {
        ((Map<?, ?>) map).forEach((key, value) -> into.put((String) key, value));
    }

    private Map<String, Object> labelled(Stanza.Nested nested, BodyContent.ScopedBlock block) {
        Map<String, Object> tree = new LinkedHashMap<>();
        if (!nested.labelKey().isEmpty()) {
            tree.put(nested.labelKey(), block.block().labels().getFirst());
        }
        tree.putAll(read(block.block().body(), nested.stanza(), block.scope()));
        return tree;
    }

    private void single(Stanza.Nested nested, List<BodyContent.ScopedBlock> blocks) {
        if (blocks.size() > 1) {
            Block second = blocks.get(1).block();
            diagnostics.add(Diagnostic.error(
                    "Duplicate " + nested.name() + " block",
                    "Only one " + nested.name() + " block is allowed. Another was defined at "
                            + blocks.getFirst().block().headerRange() + ".",
                    second.headerRange()));
        }
    }

    private Map<String, Object> texts(Body body, boolean lists, Scope scope) {
        Map<String, Object> texts = new LinkedHashMap<>();
        for (Attribute attribute : body.attributes().values()) {
            attribute(attribute, lists ? Stanza.Kind.TEXTS : Stanza.Kind.TEXT, scope)
                    .ifPresent(value -> texts.put(attribute.name(), value));
        }
        for (Block block : body.blocks()) {
            diagnostics.error(
                    "Unexpected \"" + block.type() + "\" block", "Blocks are not allowed here.", block.typeRange());
        }
        return texts;
    }

    private Optional<Object> attribute(Attribute attribute, Stanza.Kind kind, Scope scope) {
        Expression expression = attribute.expression();
        int before = diagnostics.size();
        Value value = evaluator.evaluate(expression, scope);
        if (diagnostics.hasErrorsSince(before) || value.isNull()) {
            return Optional.empty();
        }
        try {
            return Optional.of(plain(value, kind));
        } catch (ConversionException e) {
            String about = kind == Stanza.Kind.DURATION ? "Unsuitable duration value: " : "Unsuitable value: ";
            diagnostics.add(Diagnostic.error(
                    "Unsuitable value type", about + e.getMessage(), expression.startRange(), expression.range()));
            return Optional.empty();
        }
    }

    private static Object plain(Value value, Stanza.Kind kind) throws ConversionException {
        if (!value.isWhollyKnown()) {
            throw new ConversionException("value must be known");
        }
        return switch (kind) {
            case TEXT -> FreeForm.plain(Conversion.convert(value, Type.STRING));
            case BOOL -> FreeForm.plain(Conversion.convert(value, Type.BOOL));
            case NUMBER -> whole(((Value.Number) Conversion.convert(value, Type.NUMBER)).value());
            case DURATION -> duration(value);
            case TEXTS -> FreeForm.plain(Conversion.convert(value, new Type.ListOf(Type.STRING)));
            case TEXT_MAP -> FreeForm.plain(Conversion.convert(value, new Type.MapOf(Type.STRING)));
            case TEXT_LIST_MAP ->
                FreeForm.plain(Conversion.convert(value, new Type.MapOf(new Type.ListOf(Type.STRING))));
        };
    }

    private static Object whole(BigDecimal number) throws ConversionException {
        try {
            return (long) number.intValueExact();
        } catch (ArithmeticException e) {
            throw new ConversionException("value must be a whole number, between " + Integer.MIN_VALUE + " and "
                    + Integer.MAX_VALUE + " inclusive");
        }
    }

    /** Text with units, or a number of nanoseconds. */
    private static Object duration(Value value) throws ConversionException {
        if (value instanceof Value.Number(BigDecimal nanos)) {
            if (nanos.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
                throw new ConversionException("the number of nanoseconds is out of range");
            }
            return nanos.longValue();
        }
        if (!(Conversion.convert(value, Type.STRING) instanceof Value.Text(String text))) {
            throw new ConversionException("a duration is required");
        }
        try {
            return GoDuration.parse(text).toNanos();
        } catch (IllegalArgumentException e) {
            throw new ConversionException(e.getMessage());
        }
    }
}
