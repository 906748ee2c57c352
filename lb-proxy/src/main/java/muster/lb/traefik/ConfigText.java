package muster.lb.traefik;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;
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

/**
 * A configuration file's text as a tree of maps, lists and texts, TOML or YAML by its name's ending. Sections that are there without
 * anything in them, {@code ping: {}}, are empty texts. Pure.
 *
 * @param lines where each path stands, {@code FILE:LINE}
 * @param problems of the text itself, with file and line
 */
record ConfigText(Map<String, Object> tree, Map<String, String> lines, List<String> problems) {
    private static final int MAX_DEPTH = 50;

    static ConfigText read(String name, String text) {
        ConfigText made = new ConfigText(new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        if (name.matches(".*\\.ya?ml")) {
            made.yaml(name, text);
        } else {
            made.toml(name, text);
        }
        return made;
    }

    private void toml(String name, String text) {
        TomlParseResult result = Toml.parse(text);
        result.errors().forEach(error -> problems.add(name + ":" + error.position().line() + ": " + error.getMessage()));
        if (result.errors().isEmpty()) {
            table(name, "", result, tree);
        }
    }

    private void table(String file, String path, TomlTable table, Map<String, Object> into) {
        for (String key : table.keySet()) {
            String inner = path.isEmpty() ? key : path + "." + key;
            List<String> step = List.of(key);
            lines.put(inner, file + ":" + table.inputPositionOf(step).line());
            into.put(key, value(file, inner, table.get(step)));
        }
    }

    private Object value(String file, String path, Object value) {
        return switch (value) {
            case TomlTable below when below.isEmpty() -> "";
            case TomlTable below -> {
                Map<String, Object> map = new LinkedHashMap<>();
                table(file, path, below, map);
                yield map;
            }
            case TomlArray array -> {
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < array.size(); i++) {
                    list.add(value(file, path, array.get(i)));
                }
                yield list;
            }
            default -> String.valueOf(value);
        };
    }

    private void yaml(String name, String text) {
        try {
            Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(text));
            if (root instanceof MappingNode map) {
                mapping(name, "", map, tree, 0);
            } else if (root != null) {
                problems.add(name + ":1: keys and values are needed");
            }
        } catch (YAMLException e) {
            problems.add(name + ": " + e.getMessage());
        }
    }

    private void mapping(String file, String path, MappingNode map, Map<String, Object> into, int depth) {
        for (NodeTuple tuple : map.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            String inner = path.isEmpty() ? key : path + "." + key;
            lines.put(inner, file + ":" + (tuple.getKeyNode().getStartMark().getLine() + 1));
            into.put(key, node(file, inner, tuple.getValueNode(), depth + 1));
        }
    }

    private Object node(String file, String path, Node node, int depth) {
        if (depth > MAX_DEPTH) {
            problems.add(file + ": " + path + " is nested more than " + MAX_DEPTH + " deep");
            return "";
        }
        return switch (node) {
            case MappingNode map when map.getValue().isEmpty() -> "";
            case MappingNode map -> {
                Map<String, Object> inner = new LinkedHashMap<>();
                mapping(file, path, map, inner, depth);
                yield inner;
            }
            case SequenceNode list -> {
                List<Object> items = new ArrayList<>();
                list.getValue().forEach(item -> items.add(node(file, path, item, depth + 1)));
                yield items;
            }
            case ScalarNode scalar -> scalar.getTag().equals(Tag.NULL) ? "" : scalar.getValue();
            default -> "";
        };
    }
}
