package muster.lb.traefik;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads Traefik's static configuration: a TOML or YAML file, flags ({@code --entryPoints.web.address=:80}); or variables of the environment; one of
 * the kinds only, as Traefik has it. All problems are told at once, with file and line. Pure.
 *
 * @param config empty when there are problems
 */
public record TraefikSettings(Optional<TraefikConfig> config, List<String> problems) {
    /** One setting and where it stands. */
    record Setting(String path, String value, String where) {}

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
     * Reads them without an environment.
     *
     * @param args without the program's name
     * @param fileName {@code *.yaml} and {@code *.yml} are read as YAML, everything else as TOML; "" when there is none
     */
    public static TraefikSettings read(List<String> args, String fileName, String fileText) {
        return read(args, Map.of(), fileName, fileText);
    }

    /**
     * As Traefik has it the file wins, without one the flags, without any the variables {@code TRAEFIK_ENTRYPOINTS_WEB_ADDRESS}.
     *
     * @param env by name; others than Traefik's are passed over
     */
    public static TraefikSettings read(List<String> args, Map<String, String> env, String fileName, String fileText) {
        List<String> problems = new ArrayList<>();
        List<Setting> settings = new ArrayList<>();
        if (!fileName.isEmpty()) {
            ConfigText text = ConfigText.read(fileName, fileText);
            problems.addAll(text.problems());
            settings(text, "", text.tree(), settings);
        } else {
            flags(args, settings, problems);
            if (settings.isEmpty()) {
                environment(env, settings);
            }
        }
        List<String> notes = new ArrayList<>();
        for (Setting setting : settings) {
            Optional<StaticKeys.Use> use = StaticKeys.use(setting.path(), setting.value());
            if (use.isEmpty()) {
                problems.add(setting.where() + ": unknown key " + setting.path());
            } else if (use.get() == StaticKeys.Use.REFUSED) {
                problems.add(setting.where() + ": " + setting.path() + ": " + StaticKeys.refusal(setting.path(), setting.value()).orElseThrow());
            } else if (use.get() == StaticKeys.Use.INERT) {
                notes.add(setting.path() + " has no effect here (" + setting.where() + ")");
            }
        }
        StaticValues values = new StaticValues(settings, problems);
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

    /** A tree as settings: lists of texts with commas, lists of sections with their index in brackets. */
    private static void settings(ConfigText text, String path, Object value, List<Setting> settings) {
        String where = text.lines().getOrDefault(path.replaceAll("\\[\\d+\\]", ""), "");
        switch (value) {
            case Map<?, ?> map -> map.forEach((key, below) -> settings(text, path.isEmpty() ? (String) key : path + "." + key, below, settings));
            case List<?> list when list.stream().allMatch(String.class::isInstance) ->
                settings.add(new Setting(path, list.stream().map(String.class::cast).collect(Collectors.joining(",")), where));
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    settings(text, path + "[" + i + "]", list.get(i), settings);
                }
            }
            default -> settings.add(new Setting(path, value.equals("") ? "true" : String.valueOf(value), where));
        }
    }

    /** Names of entry points stand in capitals there, as nothing else can be told. */
    private static void environment(Map<String, String> env, List<Setting> settings) {
        env.forEach((name, value) -> {
            if (name.toUpperCase(Locale.ROOT).startsWith("TRAEFIK_")) {
                String path = name.substring("TRAEFIK_".length()).toLowerCase(Locale.ROOT).replace('_', '.').replaceAll("\\.(\\d+)(\\.|$)", "[$1]$2");
                settings.add(new Setting(path, value.isEmpty() ? "true" : value, "variable " + name));
            }
        });
        settings.sort(java.util.Comparator.comparing(Setting::path));
    }
}
