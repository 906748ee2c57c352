package muster.template.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import muster.hcl.ConfigTree;
import muster.hcl.ConfigTree.Node;
import muster.hcl.Diagnostics;
import muster.hcl.Value;

/**
 * Configuration files in consul-template's format, HCL or JSON. Later files win; {@code template} blocks add up. Every key that
 * is unknown or of the wrong kind is reported, with its place.
 */
public final class AgentFile {
    private static final int MAX_FILES = 1_000;

    private final Given given;
    private final Diagnostics problems = new Diagnostics();

    private AgentFile(Given given) {
        this.given = given;
    }

    /** Adds a file, or all files of a folder and of those in it, in the order of their names; links to folders are not followed. */
    public static void read(Path path, Given given) {
        List<Path> files;
        try (Stream<Path> found = Files.isDirectory(path) ? Files.walk(path) : Stream.of(path)) {
            files = found.filter(file -> !Files.isDirectory(file)).sorted().limit(MAX_FILES).toList();
            AgentFile reader = new AgentFile(given);
            for (Path file : files) {
                reader.top(ConfigTree.read(file.toString(), Files.readString(file), reader.problems));
            }
            reader.finish();
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(path + ": no such file or directory");
        } catch (IOException e) {
            throw new ConfigurationException(path + ": " + e.getMessage());
        }
    }

    /** Adds a whole configuration given as text. @param name for messages */
    public static void read(String name, String text, Given given) {
        AgentFile reader = new AgentFile(given);
        reader.top(ConfigTree.read(name, text, reader.problems));
        reader.finish();
    }

    private void finish() {
        if (problems.hasErrors()) {
            throw new ConfigurationException(problems.lines());
        }
    }

    private void top(Node.Table table) {
        for (Map.Entry<String, List<ConfigTree.Setting>> entry : table.settings().entrySet()) {
            if (!entry.getKey().equals("template")) {
                setting(entry.getKey(), entry.getValue(), Keys.TOP, given);
                continue;
            }
            for (Node block : nodes(entry.getValue())) {
                if (block instanceof Node.Table settings) {
                    Given template = new Given();
                    table(settings, "", Keys.TEMPLATE, template);
                    complete(template, settings);
                } else {
                    problems.error("Wrong kind of setting", "template is a block with source and destination.", block.range());
                }
            }
        }
    }

    private void complete(Given template, Node.Table table) {
        if (template.has("source") == template.has("contents")) {
            problems.error("Template without one source", "Give exactly one of source and contents.", table.range());
        } else if (template.text("destination", "").isEmpty() && !template.has("map_to_environment_variable")) {
            problems.error("missing destination", "Name the file to write with destination.", table.range());
        } else {
            given.add(template);
        }
    }

    private void table(Node.Table table, String prefix, Map<String, Keys.Kind> known, Given into) {
        table.settings().forEach((name, settings) -> setting(prefix + name, settings, known, into));
    }

    private void setting(String path, List<ConfigTree.Setting> settings, Map<String, Keys.Kind> known, Given into) {
        String last = path.substring(path.lastIndexOf('.') + 1);
        String current = Keys.OLD_NAMES.containsKey(last) && !known.containsKey(path)
                ? path.substring(0, path.length() - last.length()) + Keys.OLD_NAMES.get(last) : path;
        if (Keys.isBlock(known.keySet(), current)) {
            for (Node node : nodes(settings)) {
                switch (node) {
                    case Node.Table table -> table(table, current + ".", known, into);
                    case Node.Scalar scalar -> shorthand(current, scalar, into);
                    case Node.Items items -> problems.error("Wrong kind of setting", path + " is a block.", items.range());
                }
            }
        } else if (known.containsKey(current)) {
            value(current, known.get(current), settings.getLast().value(), into);
        } else {
            problems.error("Unsupported setting", path + " is unknown; remove it. Known here: " + String.join(", ", known.keySet().stream()
                    .filter(key -> key.startsWith(path.substring(0, path.length() - last.length()))).sorted().toList()) + ".",
                    settings.getFirst().nameRange());
        }
    }

    /** {@code consul = "address"} and {@code wait = "min:max"}. */
    private void shorthand(String path, Node.Scalar scalar, Given into) {
        String text = text(scalar);
        String last = path.substring(path.lastIndexOf('.') + 1);
        switch (last) {
            case "consul", "vault", "nomad" -> into.set(path + ".address", text);
            case "wait" -> {
                String[] parts = text.split(":", 2);
                value(path + ".min", Keys.Kind.DURATION, List.of(parts[0]), scalar, into);
                if (parts.length == 2) {
                    value(path + ".max", Keys.Kind.DURATION, List.of(parts[1]), scalar, into);
                }
            }
            default -> problems.error("Wrong kind of setting", path + " is a block.", scalar.range());
        }
    }

    private void value(String path, Keys.Kind kind, Node node, Given into) {
        List<String> texts = new ArrayList<>();
        switch (node) {
            case Node.Scalar scalar -> texts.add(text(scalar));
            case Node.Items items when kind == Keys.Kind.LIST || kind == Keys.Kind.COMMAND -> {
                for (Node item : items.items()) {
                    if (item instanceof Node.Scalar scalar) {
                        texts.add(text(scalar));
                    } else {
                        problems.error("Wrong kind of setting", path + " is a list of texts.", item.range());
                    }
                }
            }
            case Node.Items items -> {
                problems.error("Wrong kind of setting", path + " is a single value.", items.range());
                return;
            }
            case Node.Table table -> {
                problems.error("Wrong kind of setting", path + " is no block.", table.range());
                return;
            }
        }
        value(path, kind, texts, node, into);
    }

    private void value(String path, Keys.Kind kind, List<String> texts, Node node, Given into) {
        try {
            Given.check(kind, texts.isEmpty() ? List.of("") : texts);
            // A command of one word in a list is run without a shell, as any list is.
            into.set(path, kind == Keys.Kind.COMMAND && node instanceof Node.Items ? listed(texts) : texts);
        } catch (IllegalArgumentException e) {
            problems.error("Wrong value", path + ": " + e.getMessage(), node.range());
        }
    }

    private static List<String> listed(List<String> words) {
        List<String> marked = new ArrayList<>(List.of(AgentSettings.WORDS));
        marked.addAll(words);
        return marked;
    }

    private static List<Node> nodes(List<ConfigTree.Setting> settings) {
        List<Node> nodes = new ArrayList<>();
        for (ConfigTree.Setting setting : settings) {
            if (setting.value() instanceof Node.Items items) {
                nodes.addAll(items.items());
            } else {
                nodes.add(setting.value());
            }
        }
        return nodes;
    }

    private static String text(Node.Scalar scalar) {
        return switch (scalar.value()) {
            case Value.Text text -> text.value();
            case Value.Number number -> number.value().toPlainString();
            case Value.Bool bool -> Boolean.toString(bool.value());
            default -> "";
        };
    }
}
