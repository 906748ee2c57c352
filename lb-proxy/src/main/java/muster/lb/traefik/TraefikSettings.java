package muster.lb.traefik;

import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import muster.lb.middleware.MiddlewareOptions;
import muster.registry.client.HealthCheck;
import muster.wire.GoDuration;
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

/**
 * Reads Traefik's static configuration: a TOML or YAML file, or flags ({@code --entryPoints.web.address=:80}); one of the kinds
 * only, as Traefik has it. All problems are told at once, with file and line. Pure.
 *
 * @param config empty when there are problems
 */
public record TraefikSettings(Optional<TraefikConfig> config, List<String> problems) {
    /** One setting and where it stands. */
    private record Setting(String path, String value, String where) {}

    /** The file that {@code --configFile=FILE} names. */
    public static Optional<String> file(List<String> args) {
        for (int i = 0; i < args.size(); i++) {
            String flag = args.get(i).replaceFirst("^--?", "");
            if (flag.toLowerCase(Locale.ROOT).startsWith("configfile=")) {
                return Optional.of(flag.substring("configfile=".length()));
            }
            if (flag.equalsIgnoreCase("configfile") && i + 1 < args.size()) {
                return Optional.of(args.get(i + 1));
            }
        }
        return Optional.empty();
    }

    /**
     * @param args without the program's name
     * @param fileName {@code *.yaml} and {@code *.yml} are read as YAML, everything else as TOML; "" when there is none
     */
    public static TraefikSettings read(List<String> args, String fileName, String fileText) {
        List<String> problems = new ArrayList<>();
        List<Setting> settings = new ArrayList<>();
        if (fileName.isEmpty()) {
            flags(args, settings, problems);
        } else if (fileName.matches(".*\\.ya?ml")) {
            yaml(fileName, fileText, settings, problems);
        } else {
            toml(fileName, fileText, settings, problems);
        }
        List<String> notes = new ArrayList<>();
        for (Setting setting : settings) {
            Optional<StaticKeys.Use> use = StaticKeys.use(setting.path());
            if (use.isEmpty()) {
                problems.add(setting.where() + ": unknown key " + setting.path());
            } else if (use.get() == StaticKeys.Use.INERT) {
                notes.add(setting.path() + " has no effect here (" + setting.where() + ")");
            }
        }
        Values values = new Values(settings, problems);
        TraefikConfig config = values.config(notes);
        return problems.isEmpty()
                ? new TraefikSettings(Optional.of(config), List.of())
                : new TraefikSettings(Optional.empty(), List.copyOf(problems));
    }

    private static void flags(List<String> args, List<Setting> settings, List<String> problems) {
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (!arg.startsWith("-")) {
                problems.add("unexpected argument " + arg);
                continue;
            }
            String flag = arg.replaceFirst("^--?", "");
            int equals = flag.indexOf('=');
            boolean isValueNext = equals < 0 && i + 1 < args.size() && !args.get(i + 1).startsWith("-");
            String value = equals >= 0 ? flag.substring(equals + 1) : isValueNext ? args.get(++i) : "true";
            String name = equals < 0 ? flag : flag.substring(0, equals);
            if (!name.equalsIgnoreCase("configfile")) {
                settings.add(new Setting(name, value, "flag --" + name));
            }
        }
    }

    private static void toml(String name, String text, List<Setting> settings, List<String> problems) {
        TomlParseResult result = Toml.parse(text);
        result.errors().forEach(error -> problems.add(name + ":" + error.position().line() + ": " + error.getMessage()));
        if (result.errors().isEmpty()) {
            table(name, "", result, settings);
        }
    }

    private static void table(String file, String path, TomlTable table, List<Setting> settings) {
        for (String key : table.keySet()) {
            String inner = path.isEmpty() ? key : path + "." + key;
            List<String> step = List.of(key);
            String where = file + ":" + table.inputPositionOf(step).line();
            Object value = table.get(step);
            if (value instanceof TomlTable below) {
                if (below.isEmpty()) {
                    settings.add(new Setting(inner, "true", where));
                }
                table(file, inner, below, settings);
            } else if (value instanceof TomlArray array) {
                String joined = array.toList().stream().map(String::valueOf).collect(Collectors.joining(","));
                settings.add(new Setting(inner, joined, where));
            } else {
                settings.add(new Setting(inner, String.valueOf(value), where));
            }
        }
    }

    private static void yaml(String name, String text, List<Setting> settings, List<String> problems) {
        try {
            Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(text));
            if (root != null) {
                node(name, "", root, settings);
            }
        } catch (YAMLException e) {
            problems.add(name + ": " + e.getMessage());
        }
    }

    private static void node(String file, String path, Node node, List<Setting> settings) {
        String where = file + ":" + (node.getStartMark().getLine() + 1);
        switch (node) {
            case MappingNode map -> {
                if (map.getValue().isEmpty() && !path.isEmpty()) {
                    settings.add(new Setting(path, "true", where));
                }
                for (NodeTuple tuple : map.getValue()) {
                    String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
                    node(file, path.isEmpty() ? key : path + "." + key, tuple.getValueNode(), settings);
                }
            }
            case SequenceNode list -> settings.add(new Setting(path, list.getValue().stream()
                    .map(item -> item instanceof ScalarNode scalar ? scalar.getValue() : "?")
                    .collect(Collectors.joining(",")), where));
            case ScalarNode scalar -> settings.add(new Setting(path,
                    scalar.getTag().equals(org.yaml.snakeyaml.nodes.Tag.NULL) ? "true" : scalar.getValue(), where));
            default -> settings.add(new Setting(path, "", where));
        }
    }

    /** Settings by lower-case path, on their way to a configuration. One use. */
    private static final class Values {
        private static final Set<String> STATUSES = Set.of("passing", "warning", "critical");

        private final List<Setting> settings;
        private final List<String> problems;

        Values(List<Setting> settings, List<String> problems) {
            this.settings = settings;
            this.problems = problems;
        }

        TraefikConfig config(List<String> notes) {
            TraefikConfig.Api api = new TraefikConfig.Api(has("api"), flag("api.dashboard", true), flag("api.insecure", false));
            Optional<String> ping = has("ping") ? Optional.of(text("ping.entrypoint").orElse(TraefikConfig.INTERNAL)) : Optional.empty();
            List<TraefikConfig.EntryPoint> entryPoints = entryPoints();
            boolean needsInternal = api.isInsecure() || ping.filter(TraefikConfig.INTERNAL::equals).isPresent();
            if (entryPoints.isEmpty()) {
                entryPoints.add(new TraefikConfig.EntryPoint("http", ":80", "", 80, "tcp", false));
            }
            if (needsInternal && entryPoints.stream().noneMatch(entry -> entry.name().equals(TraefikConfig.INTERNAL))) {
                entryPoints.add(new TraefikConfig.EntryPoint(TraefikConfig.INTERNAL, ":8080", "", 8080, "tcp", false));
            }
            String syntax = text("core.defaultrulesyntax").orElse("v3");
            if (!syntax.equals("v2") && !syntax.equals("v3")) {
                problems.add("core.defaultRuleSyntax: \"" + syntax + "\" is neither v2 nor v3");
            }
            return new TraefikConfig(List.copyOf(entryPoints), api, ping,
                    has("providers.consulcatalog") ? Optional.of(provider()) : Optional.empty(),
                    syntax.equals("v2") ? TraefikConfig.RuleSyntax.V2 : TraefikConfig.RuleSyntax.V3, drain(), List.copyOf(notes));
        }

        private List<TraefikConfig.EntryPoint> entryPoints() {
            Map<String, String> names = new LinkedHashMap<>();
            for (Setting setting : settings) {
                String[] words = setting.path().split("\\.");
                if (words.length > 1 && words[0].equalsIgnoreCase("entrypoints")) {
                    names.putIfAbsent(words[1].toLowerCase(Locale.ROOT), words[1]);
                }
            }
            List<TraefikConfig.EntryPoint> entryPoints = new ArrayList<>();
            names.forEach((key, name) -> {
                String written = text("entrypoints." + key + ".address").orElse(":80");
                String protocol = written.endsWith("/udp") ? "udp" : "tcp";
                String address = written.replaceFirst("/(udp|tcp)$", "");
                int colon = address.lastIndexOf(':');
                String port = address.substring(colon + 1);
                if (colon < 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
                    problems.add("entryPoints." + name + ".address: \"" + written + "\" is no address: :PORT or HOST:PORT is right");
                } else {
                    entryPoints.add(new TraefikConfig.EntryPoint(name, written, address.substring(0, colon).replaceAll("[\\[\\]]", ""),
                            Integer.parseInt(port), protocol, flag("entrypoints." + key + ".asdefault", false)));
                }
            });
            return entryPoints;
        }

        private TraefikConfig.Provider provider() {
            String prefix = "providers.consulcatalog.";
            String address = text(prefix + "endpoint.address").orElse("127.0.0.1:8500");
            String scheme = text(prefix + "endpoint.scheme").orElse("http");
            DefaultRule rule = DefaultRule.TRAEFIK;
            try {
                rule = text(prefix + "defaultrule").map(DefaultRule::new).orElse(rule);
            } catch (IllegalArgumentException e) {
                problems.add("providers.consulCatalog.defaultRule: " + e.getMessage());
            }
            return new TraefikConfig.Provider(text(prefix + "prefix").orElse("traefik"), flag(prefix + "exposedbydefault", true),
                    address.replaceFirst("^https?://", ""), address.startsWith("https://") ? "https" : scheme,
                    text(prefix + "endpoint.token").orElse(""), rule, constraint(prefix), statuses(prefix));
        }

        private Predicate<List<String>> constraint(String prefix) {
            Optional<String> text = text(prefix + "constraints").filter(constraint -> !constraint.isBlank());
            try {
                return text.map(constraint -> RuleMatcher.<List<String>>compile(RuleParser.parse(constraint), Values::tagTest))
                        .orElse(tags -> true);
            } catch (IllegalArgumentException e) {
                problems.add("providers.consulCatalog.constraints: " + e.getMessage());
                return tags -> true;
            }
        }

        private static Predicate<List<String>> tagTest(RuleNode.Call call) {
            if (call.arguments().size() != 1) {
                throw new IllegalArgumentException(call.name() + " takes one value");
            }
            String value = call.arguments().getFirst();
            switch (call.name()) {
                case "Tag" -> {
                    return tags -> tags.contains(value);
                }
                case "TagRegex" -> {
                    com.google.re2j.Pattern pattern = com.google.re2j.Pattern.compile(value);
                    return tags -> tags.stream().anyMatch(tag -> pattern.matcher(tag).find());
                }
                default -> throw new IllegalArgumentException("there is no " + call.name() + ": Tag or TagRegex");
            }
        }

        private Set<HealthCheck.Status> statuses(String prefix) {
            Set<HealthCheck.Status> statuses = new LinkedHashSet<>();
            for (String word : MiddlewareOptions.list(text(prefix + "strictchecks").orElse("passing,warning"))) {
                if (STATUSES.contains(word)) {
                    statuses.add(HealthCheck.Status.of(word));
                } else {
                    problems.add("providers.consulCatalog.strictChecks: " + word + " is no status: passing, warning or critical");
                }
            }
            return Set.copyOf(statuses);
        }

        private Duration drain() {
            Duration longest = Duration.ofSeconds(10);
            for (Setting setting : settings) {
                if (setting.path().toLowerCase(Locale.ROOT).endsWith(".lifecycle.gracetimeout")) {
                    String value = setting.value().matches("[0-9]+") ? setting.value() + "s" : setting.value();
                    Optional<Duration> parsed = GoDuration.tryParse(value);
                    if (parsed.isEmpty()) {
                        problems.add(setting.where() + ": " + setting.path() + ": \"" + setting.value() + "\" is no duration: 10s is right");
                    }
                    longest = parsed.orElse(longest);
                }
            }
            return longest;
        }

        private boolean has(String section) {
            return settings.stream().anyMatch(setting -> {
                String path = setting.path().toLowerCase(Locale.ROOT);
                return path.equals(section) && !setting.value().equals("false") || path.startsWith(section + ".");
            });
        }

        private Optional<String> text(String path) {
            return settings.stream().filter(setting -> setting.path().equalsIgnoreCase(path)).map(Setting::value).reduce((a, b) -> b);
        }

        private boolean flag(String path, boolean initial) {
            try {
                return text(path).map(value -> MiddlewareOptions.flag("", path, value)).orElse(initial);
            } catch (IllegalArgumentException e) {
                problems.add(e.getMessage());
                return initial;
            }
        }
    }
}
