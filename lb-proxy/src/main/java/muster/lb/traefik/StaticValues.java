package muster.lb.traefik;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import muster.lb.route.AccessRules;
import muster.lb.route.TargetUrl;
import muster.lb.trace.Tracing;
import muster.lb.traefik.TraefikSettings.Setting;
import muster.lb.tree.Labels;
import muster.lb.tree.TreeReader;
import muster.lb.tree.Values;
import muster.registry.client.HealthCheck;

/** Settings by lower-case path, on their way to a configuration. One use. */
final class StaticValues {
    private static final Set<String> STATUSES = Set.of("passing", "warning", "critical");
    private static final List<Double> BUCKETS = List.of(0.1, 0.3, 1.2, 5.0);

    private final List<Setting> settings;
    private final List<String> problems;

    StaticValues(List<Setting> settings, List<String> problems) {
        this.settings = settings;
        this.problems = problems;
    }

    TraefikConfig config(List<String> notes) {
        TraefikConfig.Api api = new TraefikConfig.Api(has("api"), flag("api.dashboard", true), flag("api.insecure", false), basePath());
        Optional<TraefikConfig.Ping> ping = has("ping")
                ? Optional.of(new TraefikConfig.Ping(text("ping.entrypoint").orElse(TraefikConfig.INTERNAL), flag("ping.manualrouting", false),
                        whole("ping.terminatingstatuscode", 503)))
                : Optional.empty();
        Optional<TraefikConfig.Metrics> metrics = has("metrics.prometheus") ? Optional.of(metrics()) : Optional.empty();
        List<TraefikConfig.EntryPoint> entryPoints = new EntryPointValues(this, settings, problems).read();
        boolean needsInternal = api.isInsecure() || ping.filter(p -> !p.isManual() && p.entryPoint().equals(TraefikConfig.INTERNAL)).isPresent()
                || metrics.filter(m -> !m.isManual() && m.entryPoint().equals(TraefikConfig.INTERNAL)).isPresent();
        if (entryPoints.isEmpty()) {
            entryPoints.add(EntryPointValues.plain("http", ":80", 80));
        }
        if (needsInternal && entryPoints.stream().noneMatch(entry -> entry.name().equals(TraefikConfig.INTERNAL))) {
            entryPoints.add(EntryPointValues.plain(TraefikConfig.INTERNAL, ":8080", 8080));
        }
        String syntax = text("core.defaultrulesyntax").orElse("v3");
        if (!syntax.equals("v2") && !syntax.equals("v3")) {
            problems.add("core.defaultRuleSyntax: \"" + syntax + "\" is neither v2 nor v3");
        }
        return new TraefikConfig(List.copyOf(entryPoints), api, ping, metrics, accessLog(), tracing(),
                has("providers.consulcatalog") ? Optional.of(provider()) : Optional.empty(), file(), transport(),
                syntax.equals("v2") ? TraefikConfig.RuleSyntax.V2 : TraefikConfig.RuleSyntax.V3,
                new TraefikConfig.Lifecycle(longest(".lifecycle.requestacceptgracetimeout", Duration.ZERO),
                        longest(".lifecycle.gracetimeout", Duration.ofSeconds(10))), List.copyOf(notes));
    }

    private String basePath() {
        String path = text("api.basepath").orElse("/");
        if (!path.startsWith("/")) {
            problems.add("api.basePath: \"" + path + "\" has to begin with a slash");
        }
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private TraefikConfig.Metrics metrics() {
        String at = "metrics.prometheus.";
        List<Double> buckets = new ArrayList<>();
        for (String word : text(at + "buckets").map(TreeReader::cut).orElse(List.of())) {
            try {
                buckets.add(Double.parseDouble(word));
            } catch (NumberFormatException e) {
                problems.add(at + "buckets: \"" + word + "\" is no number of seconds");
            }
        }
        return new TraefikConfig.Metrics(text(at + "entrypoint").orElse(TraefikConfig.INTERNAL), flag(at + "manualrouting", false),
                flag(at + "addentrypointslabels", true), flag(at + "addrouterslabels", false), flag(at + "addserviceslabels", true),
                buckets.isEmpty() ? BUCKETS : buckets.stream().sorted().toList());
    }

    private Optional<TraefikConfig.AccessLog> accessLog() {
        if (!has("accesslog")) {
            return Optional.empty();
        }
        String format = text("accesslog.format").orElse("common");
        if (!format.equals("common") && !format.equals("json") && !format.equals("genericCLF")) {
            problems.add("accessLog.format: \"" + format + "\" is none of common, genericCLF, json");
        }
        List<String> statuses = text("accesslog.filters.statuscodes").map(TreeReader::cut).orElse(List.of());
        statuses.stream().filter(status -> !status.matches("[0-9]{3}(-[0-9]{3})?")).forEach(status ->
                problems.add("accessLog.filters.statusCodes: \"" + status + "\" is no status: 503 or 500-599 is right"));
        return Optional.of(new TraefikConfig.AccessLog(text("accesslog.filepath").orElse(""), format.equals("json"), statuses,
                flag("accesslog.filters.retryattempts", false), duration("accesslog.filters.minduration", Duration.ZERO),
                mode("accesslog.fields.defaultmode", "keep").equals("keep"), modes("accesslog.fields.names."),
                mode("accesslog.fields.headers.defaultmode", "drop"), modes("accesslog.fields.headers.names.")));
    }

    /** Spans for a collector, by OTLP over HTTP. */
    private Optional<Tracing.Settings> tracing() {
        if (!has("tracing.otlp.http") && !has("tracing.otlp.http.endpoint")) {
            return Optional.empty();
        }
        String rate = text("tracing.samplerate").orElse("1");
        boolean isRate = rate.matches("0*1(\\.0*)?|0*(\\.[0-9]+)?");
        if (!isRate) {
            problems.add("tracing.sampleRate: \"" + rate + "\" is no number from 0 to 1");
        }
        try {
            return Optional.of(new Tracing.Settings(TargetUrl.parse(text("tracing.otlp.http.endpoint").orElse("https://localhost:4318/v1/traces")),
                    below("tracing.otlp.http.headers."), text("tracing.servicename").orElse("traefik"), isRate ? Double.parseDouble(rate) : 1));
        } catch (IllegalArgumentException e) {
            problems.add("tracing.otlp.http.endpoint: " + e.getMessage());
            return Optional.empty();
        }
    }

    private String mode(String path, String initial) {
        String mode = text(path).orElse(initial).toLowerCase(Locale.ROOT);
        if (!Set.of("keep", "drop", "redact").contains(mode)) {
            problems.add(path + ": \"" + mode + "\" is none of keep, drop, redact");
        }
        return mode;
    }

    private Map<String, String> modes(String prefix) {
        Map<String, String> modes = new LinkedHashMap<>();
        below(prefix).forEach((name, value) -> modes.put(name.toLowerCase(Locale.ROOT), mode(prefix + name.toLowerCase(Locale.ROOT), value)));
        return modes;
    }

    private Optional<TraefikConfig.FileProvider> file() {
        Optional<Path> file = text("providers.file.filename").map(Path::of);
        Optional<Path> folder = text("providers.file.directory").map(Path::of);
        if (has("providers.file") && file.isEmpty() == folder.isEmpty()) {
            problems.add("providers.file: either filename or directory is needed");
        }
        return file.isEmpty() && folder.isEmpty() ? Optional.empty()
                : Optional.of(new TraefikConfig.FileProvider(file, folder, flag("providers.file.watch", true)));
    }

    private Values transport() {
        return section(DynamicShapes.transport(), "serverstransport.", "serversTransport");
    }

    /** A section of the settings by its shape. */
    Values section(muster.lb.tree.Shape.Fields shape, String prefix, String shown) {
        List<String> wrong = new ArrayList<>();
        Values values = new TreeReader((where, what) -> wrong.add(where + ": " + what))
                .section(shape, Labels.tree(below(prefix)), shown).orElse(Values.NONE);
        problems.addAll(wrong);
        return values;
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
            return text.map(constraint -> RuleMatcher.<List<String>>compile(RuleParser.parse(constraint), StaticValues::tagTest))
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
                try {
                    Pattern pattern = Pattern.compile(value);
                    return tags -> tags.stream().anyMatch(tag -> pattern.matcher(tag).find());
                } catch (PatternSyntaxException e) {
                    throw new IllegalArgumentException("TagRegex(`" + value + "`): " + e.getMessage(), e);
                }
            }
            default -> throw new IllegalArgumentException("there is no " + call.name() + ": Tag or TagRegex");
        }
    }

    private Set<HealthCheck.Status> statuses(String prefix) {
        Set<HealthCheck.Status> statuses = new LinkedHashSet<>();
        for (String word : TreeReader.cut(text(prefix + "strictchecks").orElse("passing,warning"))) {
            if (STATUSES.contains(word)) {
                statuses.add(HealthCheck.Status.of(word));
            } else {
                problems.add("providers.consulCatalog.strictChecks: " + word + " is no status: passing, warning or critical");
            }
        }
        return Set.copyOf(statuses);
    }

    /** The longest of the durations whose path ends so. */
    private Duration longest(String suffix, Duration initial) {
        return settings.stream()
                .filter(setting -> setting.path().toLowerCase(Locale.ROOT).endsWith(suffix))
                .map(setting -> read(setting, TreeReader::duration, initial))
                .max(Duration::compareTo)
                .orElse(initial);
    }

    /** Whether a section is there and not switched off. */
    boolean has(String section) {
        return settings.stream().anyMatch(setting -> {
            String path = setting.path().toLowerCase(Locale.ROOT);
            return path.equals(section) && !setting.value().equals("false") || path.startsWith(section + ".");
        });
    }

    Optional<String> text(String path) {
        return setting(path).map(Setting::value);
    }

    boolean flag(String path, boolean initial) {
        return setting(path).map(setting -> read(setting, TreeReader::flag, initial)).orElse(initial);
    }

    int whole(String path, int initial) {
        return setting(path).map(setting -> read(setting, Integer::parseInt, initial)).orElse(initial);
    }

    Duration duration(String path, Duration initial) {
        return setting(path).map(setting -> read(setting, TreeReader::duration, initial)).orElse(initial);
    }

    /** Addresses and networks; what is none is a problem. */
    List<AccessRules.Block> blocks(String path) {
        List<AccessRules.Block> blocks = new ArrayList<>();
        text(path).map(TreeReader::cut).orElse(List.of()).forEach(text -> AccessRules.block(text).ifPresentOrElse(blocks::add, () ->
                problems.add(path + ": \"" + text + "\" is neither an address nor a network")));
        return List.copyOf(blocks);
    }

    /** The settings below a path, by the rest of theirs. */
    Map<String, String> below(String prefix) {
        Map<String, String> below = new LinkedHashMap<>();
        settings.stream().filter(setting -> setting.path().toLowerCase(Locale.ROOT).startsWith(prefix))
                .forEach(setting -> below.put(setting.path().substring(prefix.length()), setting.value()));
        return below;
    }

    private Optional<Setting> setting(String path) {
        return settings.stream().filter(setting -> setting.path().equalsIgnoreCase(path)).reduce((a, b) -> b);
    }

    private <T> T read(Setting setting, Function<String, T> reader, T initial) {
        try {
            return reader.apply(setting.value());
        } catch (NumberFormatException e) {
            problems.add(setting.where() + ": " + setting.path() + ": \"" + setting.value() + "\" is no number");
        } catch (IllegalArgumentException e) {
            problems.add(setting.where() + ": " + setting.path() + ": " + e.getMessage());
        }
        return initial;
    }
}
