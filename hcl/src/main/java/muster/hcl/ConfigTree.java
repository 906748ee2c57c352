package muster.hcl;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration file as a tree with places, whether it was written in HCL or JSON. It is as tolerant as the agents' old
 * syntax: a setting that holds a table may be written {@code name { … }}, {@code name = { … }} or, repeated, as several of
 * either; a block's labels are further levels of names. What the names mean is for the consumer to say.
 */
public final class ConfigTree {
    /** A value with the place to blame for it. */
    public sealed interface Node {
        /** Where it stands. */
        SourceRange range();

        /** A number, text, truth or null. */
        record Scalar(Value value, SourceRange range) implements Node {}

        /** Values in order. */
        record Items(List<Node> items, SourceRange range) implements Node {
            public Items {
                items = List.copyOf(items);
            }
        }

        /** Settings by name. */
        record Table(Map<String, List<Setting>> settings, SourceRange range) implements Node {
            public Table {
                settings = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(settings));
            }
        }
    }

    /** A name as written once, and its value. */
    public record Setting(String name, SourceRange nameRange, Node value) {}

    private final Diagnostics diagnostics;

    private ConfigTree(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /**
     * Reads a file: JSON when the name ends in {@code .json}, or when it doesn't end in {@code .hcl} and the text begins
     * with a brace; HCL otherwise. References and function calls are errors.
     */
    public static Node.Table read(String name, String text, Diagnostics diagnostics) {
        ConfigTree tree = new ConfigTree(diagnostics);
        boolean json = name.endsWith(".json") || !name.endsWith(".hcl") && text.stripLeading().startsWith("{");
        if (json) {
            return JsonText.parse(name, text, diagnostics)
                            .map(tree::fromJson)
                            .filter(node -> node instanceof Node.Table)
                            .map(node -> (Node.Table) node)
                    .orElseGet(() -> new Node.Table(Map.of(), SourceRange.startOf(name)));
        }
        ParsedFile file = Hcl.parseLenient(name, text);
        diagnostics.addAll(file.diagnostics());
        return tree.table(file.body());
    }

    /** A node as plain Java values, as JSON's are; a name that is given several times holds a list. */
    public static Object plain(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> plain(scalar.value());
            case Node.Items list -> {
                List<Object> items = new ArrayList<>();
                list.items().forEach(item -> items.add(plain(item)));
                yield items;
            }
            case Node.Table table -> {
                Map<String, Object> map = new LinkedHashMap<>();
                table.settings().forEach((name, given) -> {
                    List<Object> values = new ArrayList<>();
                    given.forEach(setting -> values.add(plain(setting.value())));
                    map.put(name, values.size() == 1 ? values.getFirst() : values);
                });
                yield map;
            }
        };
    }

    private static Object plain(Value value) {
        return switch (value) {
            case Value.Text text -> text.value();
            case Value.Bool bool -> bool.value();
            case Value.Number number -> {
                BigDecimal digits = number.value().stripTrailingZeros();
                yield digits.scale() <= 0 && digits.precision() - digits.scale() < 19 ? (Object) digits.longValueExact() : digits.doubleValue();
            }
            case Value.Null n -> null;
            case Value.Unknown u -> null;
            case Value.Sequence s -> {
                List<Object> items = new ArrayList<>();
                s.items().forEach(item -> items.add(plain(item)));
                yield items;
            }
            case Value.Mapping m -> {
                Map<String, Object> map = new LinkedHashMap<>();
                m.entries().forEach((name, item) -> map.put(name, plain(item)));
                yield map;
            }
        };
    }

    private Node.Table table(Body body) {
        Map<String, List<Setting>> settings = new LinkedHashMap<>();
        for (Attribute attribute : body.attributes().values()) {
            add(settings, new Setting(attribute.name(), attribute.nameRange(), node(attribute.expression())));
        }
        for (Block block : body.blocks()) {
            Node value = table(block.body());
            for (int i = block.labels().size() - 1; i >= 0; i--) {
                SourceRange place = block.labelRanges().get(i);
                Setting inner = new Setting(block.labels().get(i), place, value);
                value = new Node.Table(Map.of(inner.name(), List.of(inner)), SourceRange.between(place, block.body().range()));
            }
            add(settings, new Setting(block.type(), block.typeRange(), value));
        }
        return new Node.Table(settings, body.range());
    }

    private static void add(Map<String, List<Setting>> settings, Setting setting) {
        settings.computeIfAbsent(setting.name(), _ -> new ArrayList<>()).add(setting);
    }

    private Node node(Expression expression) {
        return switch (expression) {
            case Expression.ObjectLiteral object -> {
                Map<String, List<Setting>> settings = new LinkedHashMap<>();
                for (Expression.ObjectLiteral.Item item : object.items()) {
                    if (evaluate(item.key()) instanceof Value.Text(String name)) {
                        add(settings, new Setting(name, item.key().range(), node(item.value())));
                    }
                }
                yield new Node.Table(settings, object.range());
            }
            case Expression.Tuple tuple ->
                new Node.Items(tuple.items().stream().map(this::node).toList(), tuple.range());
            default -> fromValue(evaluate(expression), expression.range());
        };
    }

    private Value evaluate(Expression expression) {
        return new Evaluator(diagnostics).evaluate(expression, Scope.empty());
    }

    private static Node fromValue(Value value, SourceRange range) {
        return switch (value) {
            case Value.Sequence sequence ->
                new Node.Items(sequence.items().stream().map(item -> fromValue(item, range)).toList(), range);
            case Value.Mapping mapping -> {
                Map<String, List<Setting>> settings = new LinkedHashMap<>();
                mapping.entries().forEach((name, item) -> add(settings, new Setting(name, range, fromValue(item, range))));
                yield new Node.Table(settings, range);
            }
            case Value.Text _, Value.Number _, Value.Bool _, Value.Null _, Value.Unknown _ ->
                new Node.Scalar(value, range);
        };
    }

    private Node fromJson(JsonText.Node node) {
        return switch (node) {
            case JsonText.Node.Text(String text, SourceRange range) -> new Node.Scalar(Value.string(text), range);
            case JsonText.Node.Number(BigDecimal number, SourceRange range) -> new Node.Scalar(Value.number(number), range);
            case JsonText.Node.Bool(boolean truth, SourceRange range) -> new Node.Scalar(Value.bool(truth), range);
            case JsonText.Node.Nothing(SourceRange range) -> new Node.Scalar(Value.nothing(), range);
            case JsonText.Node.Array(List<JsonText.Node> items, SourceRange range) ->
                new Node.Items(items.stream().map(this::fromJson).toList(), range);
            case JsonText.Node.Dictionary(List<JsonText.Member> members, SourceRange range) -> {
                Map<String, List<Setting>> settings = new LinkedHashMap<>();
                for (JsonText.Member member : members) {
                    add(settings, new Setting(member.name(), member.nameRange(), fromJson(member.value())));
                }
                yield new Node.Table(settings, range);
            }
        };
    }
}
