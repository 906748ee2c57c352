package muster.scheduler.job;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import muster.hcl.Attribute;
import muster.hcl.Block;
import muster.hcl.Body;
import muster.hcl.BodySchema;
import muster.hcl.Diagnostics;
import muster.hcl.Evaluator;
import muster.hcl.Scope;
import muster.hcl.Value;

/**
 * What the original's reader of the first version of HCL refuses by rules of its own, in its words: it says by which blocks
 * it came to a place instead of the line. One instance looks at one body.
 */
final class FirstVersionRules {
    private static final Pattern PORT_LABEL = Pattern.compile("[a-zA-Z0-9_]+");
    /** Blocks whose bodies the original reads with their own words in front. */
    private static final Set<String> NAMED = Set.of("group", "task");

    private final Body body;
    private final Stanza stanza;
    private final String path;

    private FirstVersionRules(Body body, Stanza stanza, String path) {
        this.body = body;
        this.stanza = stanza;
        this.path = path;
    }

    /** The first refusal of a job's body; none where there is nothing to say. */
    static Optional<String> refusal(Body job) {
        return new FirstVersionRules(job, JobStanzas.job(), "").first();
    }

    private Optional<String> first() {
        Optional<String> found = unknown();
        for (Stanza.Nested nested : ordered()) {
            List<Block> blocks = blocks(body, nested.name());
            if (found.isEmpty() && !blocks.isEmpty()) {
                found = looksInto(nested) ? inside(nested, blocks) : headers(nested, blocks);
            }
        }
        return found;
    }

    /** Tasks outside of groups come before the groups. */
    private List<Stanza.Nested> ordered() {
        List<Stanza.Nested> ordered = new ArrayList<>(stanza.nested());
        ordered.sort((a, b) -> Boolean.compare(a.name().equals("group"), b.name().equals("group")));
        return ordered;
    }

    private static boolean looksInto(Stanza.Nested nested) {
        return switch (nested.shape()) {
            case ONE, MANY, MANY_APART, BY_LABEL -> true;
            case TEXTS, TEXT_LISTS, FREE -> false;
        };
    }

    private Optional<String> unknown() {
        BodySchema schema = stanza.schema();
        Set<String> known = schema.blocks().stream().map(BodySchema.BlockKind::type).collect(Collectors.toSet());
        known.addAll(schema.attributes());
        List<String> keys = new ArrayList<>(body.attributes().keySet());
        body.blocks().forEach(block -> keys.add(block.type()));
        List<String> wrong = keys.stream().filter(key -> !known.contains(key)).distinct().toList();
        if (wrong.isEmpty()) {
            return Optional.empty();
        }
        String lines = wrong.stream().map(key -> "\t* " + path + "invalid key: " + key).collect(Collectors.joining("\n"));
        return Optional.of((wrong.size() == 1 ? "1 error" : wrong.size() + " errors") + " occurred:\n" + lines + "\n\n");
    }

    private Optional<String> inside(Stanza.Nested nested, List<Block> blocks) {
        Optional<String> found = switch (nested.name()) {
            case "scaling" -> nested.labelKey().isEmpty() ? groupScaling(blocks) : taskScaling(blocks);
            case "port" -> ports(blocks);
            case "network" -> blocks.size() < 2 ? Optional.empty()
                    : Optional.of(path + (path.endsWith("resources -> ") ? "resource, " : "network -> ") + "only one 'network' resource allowed");
            default -> nested.shape() == Stanza.Shape.ONE && blocks.size() > 1
                    ? Optional.of(path + nested.name() + " -> only one '" + nested.name() + "' block allowed" + (nested.name().equals("vault") ? " per task" : ""))
                    : Optional.empty();
        };
        for (int i = 0; i < blocks.size() && found.isEmpty(); i++) {
            found = new FirstVersionRules(blocks.get(i).body(), nested.stanza(), below(nested, blocks.get(i), i)).first();
        }
        return found;
    }

    private String below(Stanza.Nested nested, Block block, int index) {
        String name = nested.name();
        if (NAMED.contains(name)) {
            return path + name + ": '" + (block.labels().isEmpty() ? "" : block.labels().getFirst()) + "', ";
        }
        return switch (name) {
            case "service" -> path + "service (" + index + "): '" + text(block.body(), "name").orElse("") + "', ";
            case "scaling" -> scaling(block);
            case "network" -> path + (path.endsWith("resources -> ") ? "resource, network -> " : "network -> ");
            default -> path + name + " -> ";
        };
    }

    // Ports

    private Optional<String> ports(List<Block> ports) {
        String place = path.endsWith("resource, network -> ") ? path.substring(0, path.length() - " -> ".length()) + ", ports -> "
                : path + "network, ports -> ";
        Set<String> seen = new HashSet<>();
        for (Block port : ports) {
            String label = port.labels().isEmpty() ? "" : port.labels().getFirst();
            if (!PORT_LABEL.matcher(label).matches()) {
                return Optional.of(place + "Port label does not conform to naming requirements ^[a-zA-Z0-9_]+$");
            }
            if (!seen.add(label.toLowerCase(Locale.ROOT))) {
                return Optional.of(place + "found a port label collision: " + label);
            }
        }
        return Optional.empty();
    }

    // Headers of checks

    private Optional<String> headers(Stanza.Nested nested, List<Block> blocks) {
        if (nested.shape() != Stanza.Shape.TEXT_LISTS) {
            return Optional.empty();
        }
        for (Attribute header : blocks.getFirst().body().attributes().values()) {
            Value value = value(header);
            Optional<String> wrong = value instanceof Value.Sequence(var _, List<Value> items)
                    ? items.stream().filter(item -> !(item instanceof Value.Text)).findFirst().map(item -> "a string but found " + type(item))
                    : Optional.of("a []string but found " + type(value));
            if (wrong.isPresent()) {
                return Optional.of(path + nested.name() + " -> \"" + header.name() + "\" expected " + wrong.get());
            }
        }
        return Optional.empty();
    }

    private static String type(Value value) {
        return switch (value) {
            case Value.Text _ -> "string";
            case Value.Number(BigDecimal number) -> number.stripTrailingZeros().scale() <= 0 ? "int" : "float64";
            case Value.Bool _ -> "bool";
            case Value.Sequence _ -> "[]interface {}";
            case Value.Mapping _ -> "[]map[string]interface {}";
            case Value.Null _, Value.Unknown _ -> "<nil>";
        };
    }

    // Scaling

    private Optional<String> groupScaling(List<Block> blocks) {
        // A group is not named here, unlike everywhere else.
        String place = "group: scaling -> ";
        Block block = blocks.getFirst();
        if (blocks.size() > 1) {
            return Optional.of(place + "only one 'scaling' block allowed");
        }
        if (!block.labels().isEmpty()) {
            return Optional.of(place + "task group scaling policy should not have a name");
        }
        Optional<String> type = text(block.body(), "type").filter(t -> !t.isEmpty() && !t.equals("horizontal"));
        return type.map(t -> place + "task group scaling policy had invalid type: \"" + t + "\"").or(() -> bounds(block, place));
    }

    private Optional<String> taskScaling(List<Block> blocks) {
        Set<String> seen = new HashSet<>();
        for (Block block : blocks) {
            if (block.labels().size() != 1) {
                return Optional.of(path + "scaling -> task scaling policy " + (block.labels().isEmpty() ? "missing name" : "should only have one name"));
            }
            String name = block.labels().getFirst();
            if (!name.equals("cpu") && !name.equals("mem")) {
                return Optional.of(scaling(block) + "scaling policy name must be \"cpu\" or \"mem\"");
            }
            if (!seen.add(name)) {
                return Optional.of(scaling(block) + "scaling policy cannot be defined more than once");
            }
            Optional<String> wrong = text(block.body(), "type").filter(type -> !type.isEmpty() && !type.equals("vertical_" + name))
                    .map(type -> scaling(block) + "policy had invalid 'type': \"" + type + "\"").or(() -> bounds(block, scaling(block)));
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private String scaling(Block block) {
        return block.labels().isEmpty() ? "group: scaling -> " : path + "scaling[" + block.labels().getFirst() + "] -> ";
    }

    private static Optional<String> bounds(Block block, String place) {
        if (blocks(block.body(), "policy").size() > 1) {
            return Optional.of(place + "only one 'policy' block allowed per 'scaling' block");
        }
        return block.body().attributes().containsKey("max") ? Optional.empty() : Optional.of(place + "missing 'max'");
    }

    // What is written

    private static List<Block> blocks(Body body, String type) {
        return body.blocks().stream().filter(block -> block.type().equals(type)).toList();
    }

    private static Optional<String> text(Body body, String name) {
        Map<String, Attribute> attributes = body.attributes();
        return attributes.containsKey(name) && value(attributes.get(name)) instanceof Value.Text(String text) ? Optional.of(text) : Optional.empty();
    }

    private static Value value(Attribute attribute) {
        return new Evaluator(new Diagnostics()).evaluate(attribute.expression(), Scope.empty());
    }
}
