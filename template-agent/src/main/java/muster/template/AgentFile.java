package muster.template;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import muster.hcl.ConfigTree;
import muster.hcl.ConfigTree.Node;
import muster.hcl.Diagnostics;
import muster.hcl.Value;
import muster.template.language.Delimiters;
import muster.template.runner.TemplateSpec;
import muster.wire.GoDuration;

/**
 * Configuration files in consul-template's format, HCL or JSON. Later files win; {@code template} blocks add up. Every key that
 * is unknown or not offered is reported, with its place.
 */
final class AgentFile {
    private static final int MAX_FILES = 1_000;
    private static final Set<String> TOP = Set.of("consul", "template", "once", "wait", "log_level");
    private static final Set<String> CONSUL = Set.of("address", "token");
    private static final Set<String> TEMPLATE = Set.of("source", "contents", "destination", "create_dest_dirs", "command",
            "command_timeout", "error_on_missing_key", "perms", "left_delimiter", "right_delimiter", "function_denylist",
            "function_blacklist", "sandbox_path", "wait", "dialect");
    private static final Set<String> WAIT = Set.of("enabled", "min", "max");

    /** All that is wrong with the files, a line each. */
    static final class ConfigurationException extends RuntimeException {
        ConfigurationException(String message) {
            super(message);
        }
    }

    private final List<AgentSettings.Job> jobs = new ArrayList<>();
    private Optional<String> address = Optional.empty();
    private Optional<String> token = Optional.empty();
    private Optional<TemplateSpec.Quiet> quiet = Optional.empty();
    private boolean once;
    private Diagnostics problems = new Diagnostics();

    List<AgentSettings.Job> jobs() {
        return jobs;
    }

    Optional<String> address() {
        return address;
    }

    Optional<String> token() {
        return token;
    }

    Optional<TemplateSpec.Quiet> quiet() {
        return quiet;
    }

    boolean once() {
        return once;
    }

    /** A file, or all files of a folder and of those in it, in the order of their names. */
    void read(Path path) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.isDirectory(path) ? Files.walk(path) : Stream.of(path)) {
            files = found.filter(file -> !Files.isDirectory(file)).sorted().limit(MAX_FILES).toList();
        }
        problems = new Diagnostics();
        for (Path file : files) {
            top(ConfigTree.read(file.toString(), Files.readString(file), problems));
        }
        if (problems.hasErrors()) {
            throw new ConfigurationException(problems.lines());
        }
    }

    private void top(Node.Table table) {
        checkKeys(table, TOP, "");
        for (Node consul : values(table, "consul")) {
            if (consul instanceof Node.Table settings) {
                checkKeys(settings, CONSUL, "consul.");
                address = last(settings, "address").or(() -> address);
                token = last(settings, "token").or(() -> token);
            } else {
                address = Optional.of(text(consul));
            }
        }
        once = last(table, "once").map(Boolean::parseBoolean).orElse(once);
        quiet = wait(table).or(() -> quiet);
        for (Node block : values(table, "template")) {
            if (block instanceof Node.Table settings) {
                job(settings);
            } else {
                problems.error("Wrong kind of setting", "template is a block with source and destination.", block.range());
            }
        }
    }

    private void job(Node.Table table) {
        checkKeys(table, TEMPLATE, "template.");
        Optional<String> source = last(table, "source");
        Optional<String> contents = last(table, "contents");
        Optional<String> destination = last(table, "destination");
        if (source.isPresent() == contents.isPresent()) {
            problems.error("Template without one source", "Give exactly one of source and contents.", table.range());
            return;
        }
        if (destination.isEmpty()) {
            problems.error("Missing destination", "Name the file to write with destination.", table.range());
            return;
        }
        try {
            List<String> denied = new ArrayList<>();
            for (String name : List.of("function_denylist", "function_blacklist")) {
                values(table, name).forEach(node -> {
                    if (node instanceof Node.Items items) {
                        items.items().forEach(item -> denied.add(text(item)));
                    }
                });
            }
            jobs.add(new AgentSettings.Job(
                    source.<TemplateSpec.Source>map(TemplateSpec.Source.FromFile::new)
                            .orElseGet(() -> new TemplateSpec.Source.Inline(contents.orElseThrow())),
                    Path.of(destination.get()), last(table, "command").orElse(""),
                    last(table, "command_timeout").map(GoDuration::parse).orElse(Duration.ofSeconds(30)),
                    TemplateSpec.permissions(last(table, "perms").filter(perms -> !perms.equals("0")).orElse("")),
                    last(table, "create_dest_dirs").map(Boolean::parseBoolean).orElse(true),
                    last(table, "error_on_missing_key").map(Boolean::parseBoolean).orElse(false),
                    new Delimiters(last(table, "left_delimiter").orElse(""), last(table, "right_delimiter").orElse("")),
                    last(table, "dialect").orElse(""), denied, last(table, "sandbox_path").map(Path::of), wait(table)));
        } catch (IllegalArgumentException e) {
            problems.error("Wrong setting in a template", e.getMessage(), table.range());
        }
    }

    private Optional<TemplateSpec.Quiet> wait(Node.Table table) {
        Optional<TemplateSpec.Quiet> result = Optional.empty();
        for (Node node : values(table, "wait")) {
            try {
                if (node instanceof Node.Table settings) {
                    checkKeys(settings, WAIT, "wait.");
                    boolean enabled = last(settings, "enabled").map(Boolean::parseBoolean).orElse(true);
                    String min = last(settings, "min").orElse("0s");
                    result = enabled ? Optional.of(AgentCommand.quiet(last(settings, "max").map(max -> min + ":" + max).orElse(min)))
                            : Optional.empty();
                } else {
                    result = Optional.of(AgentCommand.quiet(text(node)));
                }
            } catch (Flags.FlagException e) {
                problems.error("Wrong wait", e.getMessage(), node.range());
            }
        }
        return result;
    }

    private void checkKeys(Node.Table table, Set<String> known, String prefix) {
        table.settings().forEach((name, settings) -> {
            if (!known.contains(name)) {
                problems.error("Unsupported setting", prefix + name + " is unknown or not offered here; remove it. Known: "
                        + String.join(", ", known.stream().sorted().toList()) + ".", settings.getFirst().nameRange());
            }
        });
    }

    private static List<Node> values(Node.Table table, String name) {
        List<Node> values = new ArrayList<>();
        for (ConfigTree.Setting setting : table.settings().getOrDefault(name, List.of())) {
            if (setting.value() instanceof Node.Items items && !name.startsWith("function_")) {
                values.addAll(items.items());
            } else {
                values.add(setting.value());
            }
        }
        return values;
    }

    private static Optional<String> last(Node.Table table, String name) {
        List<Node> values = values(table, name);
        return values.isEmpty() ? Optional.empty() : Optional.of(text(values.getLast()));
    }

    private static String text(Node node) {
        if (!(node instanceof Node.Scalar scalar)) {
            throw new IllegalArgumentException("a plain value is wanted at " + node.range());
        }
        return switch (scalar.value()) {
            case Value.Text text -> text.value();
            case Value.Number number -> number.value().toPlainString();
            case Value.Bool bool -> Boolean.toString(bool.value());
            default -> throw new IllegalArgumentException("a plain value is wanted at " + node.range());
        };
    }
}
