package muster.template.process;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which variables a program gets. (consul-template: the env block)
 *
 * @param pristine nothing of ours but {@code custom}
 * @param custom {@code NAME=VALUE}, always added, the last of a name winning
 * @param allowed globs; empty allows all
 * @param denied globs; they win
 */
public record ChildEnvironment(boolean pristine, List<String> custom, List<String> allowed, List<String> denied) {
    public static final ChildEnvironment INHERITED = new ChildEnvironment(false, List.of(), List.of(), List.of());

    public ChildEnvironment {
        custom = List.copyOf(custom);
        allowed = List.copyOf(allowed);
        denied = List.copyOf(denied);
        for (String variable : custom) {
            if (variable.indexOf('=') < 1) {
                throw new IllegalArgumentException("env: \"" + variable + "\" is not written NAME=VALUE");
            }
        }
    }

    /** From ours. */
    public Map<String, String> of(Map<String, String> own) {
        Map<String, String> result = new LinkedHashMap<>();
        if (!pristine) {
            own.forEach((name, value) -> {
                boolean wanted = allowed.isEmpty() || allowed.stream().anyMatch(glob -> matches(glob, name));
                if (wanted && denied.stream().noneMatch(glob -> matches(glob, name))) {
                    result.put(name, value);
                }
            });
        }
        custom.forEach(variable -> {
            int equals = variable.indexOf('=');
            result.put(variable.substring(0, equals), variable.substring(equals + 1));
        });
        return result;
    }

    private static boolean matches(String glob, String name) {
        return Pattern.matches("\\Q" + glob.replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q") + "\\E", name);
    }
}
