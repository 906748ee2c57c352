package muster.lb.tree;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import muster.wire.GoDuration;

/**
 * Reads raw trees (maps, lists, texts) by a shape. What does not fit is told with its path, in Traefik's words where users look for
 * them: {@code field not found, node: NAME}.
 */
public final class TreeReader {
    private final BiConsumer<String, String> problems;

    /** @param problems gets a path and what is wrong there; throws to end the reading at the first */
    public TreeReader(BiConsumer<String, String> problems) {
        this.problems = problems;
    }

    /** Reads a tree, ending with an {@link IllegalArgumentException} at the first problem. */
    public static Values read(Shape.Fields shape, Object raw, String path) {
        TreeReader reader = new TreeReader((where, what) -> {
            throw new IllegalArgumentException(where.isEmpty() ? what : where + ": " + what);
        });
        return reader.section(shape, raw, path).orElse(Values.NONE);
    }

    /** Reads a section; empty when it is switched off by {@code false} or unusable. */
    public Optional<Values> section(Shape.Fields shape, Object raw, String path) {
        Object value = ownValue(raw);
        if (value instanceof String text && !(raw instanceof Map<?, ?> map && map.size() > 1)) {
            if (text.equalsIgnoreCase("false")) {
                return Optional.empty();
            }
            if (!text.isEmpty() && !(shape.mayBeBare() && text.equalsIgnoreCase("true"))) {
                problems.accept(path, "\"" + text + "\" stands where options such as " + shape.fields().keySet().stream().limit(3).toList() + " belong");
                return Optional.empty();
            }
            return Optional.of(new Values(new LinkedHashMap<>(shape.defaults())));
        }
        if (!(raw instanceof Map<?, ?> map)) {
            problems.accept(path, "a section is needed");
            return Optional.empty();
        }
        Map<String, Object> found = new LinkedHashMap<>();
        map.forEach((key, below) -> {
            String word = (String) key;
            if (!word.equals(Labels.OWN)) {
                Optional<String> field = shape.fields().keySet().stream().filter(word::equalsIgnoreCase).findFirst();
                field.ifPresentOrElse(name -> found.merge(name, below, TreeReader::joined),
                        () -> problems.accept(path, "field not found, node: " + word));
            }
        });
        Map<String, Object> values = new LinkedHashMap<>();
        shape.fields().forEach((name, inner) -> {
            Optional<Object> read = found.containsKey(name)
                    ? value(inner, found.get(name), path.isEmpty() ? name : path + "." + name)
                    : Optional.ofNullable(shape.defaults().get(name));
            read.ifPresent(v -> values.put(name, v));
        });
        return Optional.of(new Values(values));
    }

    private Optional<Object> value(Shape shape, Object raw, String path) {
        return switch (shape) {
            case Shape.Fields fields -> section(fields, raw, path).map(v -> v);
            case Shape.Named named -> {
                Map<String, Object> all = new LinkedHashMap<>();
                if (raw instanceof Map<?, ?> map) {
                    map.forEach((name, below) -> {
                        if (!name.equals(Labels.OWN)) {
                            value(named.each(), below, path + "." + name).ifPresent(v -> all.put((String) name, v));
                        }
                    });
                } else {
                    problems.accept(path, "names are needed below it");
                }
                yield Optional.of(all);
            }
            case Shape.Each each -> {
                List<Object> all = new ArrayList<>();
                int[] index = {0};
                items(raw, path).forEach(item -> value(each.each(), item, path + "[" + index[0]++ + "]").ifPresent(all::add));
                yield Optional.of(all);
            }
            case Shape.Leaf leaf -> leaf(leaf, raw, path);
        };
    }

    private Optional<Object> leaf(Shape.Leaf leaf, Object raw, String path) {
        if (leaf == Shape.Leaf.TEXTS) {
            return Optional.of(texts(raw, path));
        }
        if (leaf == Shape.Leaf.TEXT_MAP) {
            Map<String, Object> texts = new LinkedHashMap<>();
            if (raw instanceof Map<?, ?> map) {
                map.forEach((name, below) -> {
                    if (!name.equals(Labels.OWN)) {
                        leaf(Shape.Leaf.TEXT, below, path + "." + name).ifPresent(text -> texts.put((String) name, text));
                    }
                });
            } else {
                problems.accept(path, "names are needed below it");
            }
            return Optional.of(texts);
        }
        if (leaf == Shape.Leaf.ANY) {
            return Optional.of(plain(raw));
        }
        if (!(ownValue(raw) instanceof String text) || raw instanceof Map<?, ?> map && map.size() > 1) {
            problems.accept(path, "a single value is needed");
            return Optional.empty();
        }
        try {
            return Optional.of(switch (leaf) {
                case FLAG -> flag(text);
                case WHOLE -> Long.parseLong(text);
                case DECIMAL -> Double.parseDouble(text);
                case DURATION -> duration(text);
                case TEXT, TEXTS, TEXT_MAP, ANY -> text;
            });
        } catch (NumberFormatException e) {
            problems.accept(path, "\"" + text + "\" is no number");
        } catch (IllegalArgumentException e) {
            problems.accept(path, e.getMessage());
        }
        return Optional.empty();
    }

    private List<String> texts(Object raw, String path) {
        List<String> all = new ArrayList<>();
        if (ownValue(raw) instanceof String text) {
            all.addAll(cut(text));
        }
        if (!(raw instanceof String)) {
            items(raw, path).forEach(item -> {
                if (item != raw) {
                    leaf(Shape.Leaf.TEXT, item, path).ifPresent(text -> all.add((String) text));
                }
            });
        }
        return all;
    }

    /** The items of a list, or of the steps {@code [0]}, {@code [1]} of tags. */
    private List<Object> items(Object raw, String path) {
        switch (raw) {
            case List<?> list -> {
                return List.copyOf(list);
            }
            case Map<?, ?> map -> {
                TreeMap<Integer, Object> byIndex = new TreeMap<>();
                map.forEach((key, below) -> {
                    String word = (String) key;
                    if (word.matches("\\[[0-9]{1,6}\\]")) {
                        byIndex.put(Integer.parseInt(word.substring(1, word.length() - 1)), below);
                    } else if (!word.equals(Labels.OWN)) {
                        problems.accept(path, "field not found, node: " + word);
                    }
                });
                return List.copyOf(byIndex.values());
            }
            default -> {
                problems.accept(path, "a list is needed");
                return List.of();
            }
        }
    }

    private static Object plain(Object raw) {
        if (raw instanceof Map<?, ?> map) {
            if (map.size() == 1 && map.containsKey(Labels.OWN)) {
                return map.get(Labels.OWN);
            }
            Map<String, Object> all = new LinkedHashMap<>();
            map.forEach((key, value) -> all.put((String) key, plain(value)));
            return all;
        }
        return raw;
    }

    private static Object ownValue(Object raw) {
        return raw instanceof Map<?, ?> map ? map.get(Labels.OWN) : raw;
    }

    @SuppressWarnings("unchecked")
    private static Object joined(Object a, Object b) {
        if (a instanceof Map<?, ?> first && b instanceof Map<?, ?> second) {
            Map<String, Object> all = new LinkedHashMap<>((Map<String, Object>) first);
            ((Map<String, Object>) second).forEach((key, value) -> all.merge(key, value, TreeReader::joined));
            return all;
        }
        return b;
    }

    /** A list in one text: commas, blanks trimmed. */
    public static List<String> cut(String text) {
        return java.util.Arrays.stream(text.split(",")).map(String::strip).filter(part -> !part.isEmpty()).toList();
    }

    /** A boolean as Go reads it. */
    public static boolean flag(String text) {
        return switch (text) {
            case "true", "True", "TRUE", "t", "T", "1" -> true;
            case "false", "False", "FALSE", "f", "F", "0" -> false;
            default -> throw new IllegalArgumentException("\"" + text + "\" is no boolean: true or false");
        };
    }

    /** A duration as Traefik reads it: Go's form, or seconds. */
    public static Duration duration(String text) {
        if (text.matches("-?[0-9]{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        return GoDuration.tryParse(text.toLowerCase(Locale.ROOT)).orElseThrow(() ->
                new IllegalArgumentException("\"" + text + "\" is no duration: 10s or 1m30s is right"));
    }
}
