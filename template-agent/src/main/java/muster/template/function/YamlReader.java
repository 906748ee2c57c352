package muster.template.function;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** YAML as Go's library decodes it into an untyped value: maps have keys of any type, integers stay integers. */
final class YamlReader {
    private static final int MAX_NESTING = 100;
    private static final int MAX_CHARACTERS = 32 << 20;

    /** Anchored nodes are converted once, so aliases cannot multiply the work; null marks one that is being converted. */
    private final Map<Node, Value> done = new IdentityHashMap<>();

    private YamlReader() {}

    static Value read(String text) {
        if (text.isEmpty()) {
            return Value.map(Map.of());
        }
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(MAX_NESTING);
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setAllowDuplicateKeys(true);
        try {
            Node root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
            return root == null ? Value.NIL : new YamlReader().value(root);
        } catch (YAMLException e) {
            throw new FunctionException("yaml: " + e.getMessage());
        }
    }

    private Value value(Node node) {
        if (done.containsKey(node)) {
            Value value = done.get(node);
            if (value == null) {
                throw new FunctionException("yaml: anchor '" + node.getAnchor() + "' value contains itself");
            }
            return value;
        }
        done.put(node, null);
        Value value = switch (node) {
            case ScalarNode scalar -> scalar(scalar);
            case SequenceNode sequence -> {
                List<Value> items = new ArrayList<>();
                for (Node item : sequence.getValue()) {
                    items.add(value(item));
                }
                yield Value.list(items);
            }
            case MappingNode mapping -> new Value.MapValue(Type.Basic.ANY, Type.Basic.ANY, entries(mapping));
            default -> throw new FunctionException("yaml: unknown node " + node.getTag());
        };
        done.put(node, value);
        return value;
    }

    private Value scalar(ScalarNode scalar) {
        boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
        boolean text = scalar.getTag().equals(Tag.STR) && !plain;
        return text ? Value.text(scalar.getValue()) : YamlScalars.resolve(scalar.getValue());
    }

    /** {@code <<} brings in the entries of other maps where there are none of that key. */
    private Map<Value, Value> entries(MappingNode mapping) {
        Map<Value, Value> entries = new LinkedHashMap<>();
        Map<Value, Value> merged = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            boolean merge = tuple.getKeyNode() instanceof ScalarNode key && key.getValue().equals("<<")
                    && key.getScalarStyle() == ScalarStyle.PLAIN;
            Value value = value(tuple.getValueNode());
            if (!merge) {
                entries.put(value(tuple.getKeyNode()), value);
                continue;
            }
            List<Value> sources = value instanceof Value.ListValue list ? list.items() : List.of(value);
            for (Value source : sources) {
                if (!(source instanceof Value.MapValue map)) {
                    throw new FunctionException("yaml: map merge requires map or sequence of maps as the value");
                }
                map.entries().forEach(merged::putIfAbsent);
            }
        }
        merged.forEach(entries::putIfAbsent);
        return entries;
    }
}
