package muster.scheduler.job;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.hcl.Attribute;
import muster.hcl.Block;
import muster.hcl.Body;
import muster.hcl.Diagnostics;
import muster.hcl.Evaluator;
import muster.hcl.Scope;
import muster.hcl.Value;

/**
 * A block whose names are the driver's business. Blocks and tables become lists of objects, a block's labels become
 * levels, as the old syntax did; {@code dynamic} has no meaning here.
 */
final class FreeForm {
    private final Diagnostics diagnostics;

    FreeForm(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    Map<String, Object> read(Body body, Scope scope) {
        Map<String, Object> tree = new LinkedHashMap<>();
        Evaluator evaluator = new Evaluator(diagnostics);
        for (Attribute attribute : body.attributes().values()) {
            Value value = evaluator.evaluate(attribute.expression(), scope);
            Object plain = plain(value);
            tree.put(attribute.name(), value instanceof Value.Mapping ? new ArrayList<>(List.of(plain)) : plain);
        }
        for (Block block : body.blocks()) {
            Map<String, Object> inner = read(block.body(), scope);
            for (int i = block.labels().size() - 1; i >= 0; i--) {
                Map<String, Object> outer = new LinkedHashMap<>();
                outer.put(block.labels().get(i), new ArrayList<>(List.of(inner)));
                inner = outer;
            }
            append(tree, block.type(), inner);
        }
        return tree;
    }

    @SuppressWarnings("unchecked")
    private static void append(Map<String, Object> tree, String name, Object value) {
        if (!(tree.get(name) instanceof List)) {
            tree.put(name, new ArrayList<>());
        }
        ((List<Object>) tree.get(name)).add(value);
    }

    /** A value as JSON has it. */
    static Object plain(Value value) {
        return switch (value) {
            case Value.Text(String text) -> text;
            case Value.Bool(boolean truth) -> truth;
            case Value.Number number -> number(number);
            case Value.Null _, Value.Unknown _ -> null;
            case Value.Sequence sequence -> {
                List<Object> items = new ArrayList<>();
                sequence.items().forEach(item -> items.add(plain(item)));
                yield items;
            }
            case Value.Mapping mapping -> {
                Map<String, Object> entries = new LinkedHashMap<>();
                mapping.entries().forEach((name, entry) -> entries.put(name, plain(entry)));
                yield entries;
            }
        };
    }

    private static Object number(Value.Number number) {
        BigDecimal exact = number.value();
        if (!number.isWhole()) {
            return exact.doubleValue();
        }
        return exact.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0
                ? (Object) exact.longValueExact()
                : exact.toBigIntegerExact();
    }
}
