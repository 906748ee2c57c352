package muster.template.function;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;

/**
 * What one execution of a template may see, and what it asked for. Owned by the executing thread.
 */
public final class Context {
    private final Values values;
    private final Settings settings;
    private final Instant now;
    private final Set<Dependency<?>> used = new LinkedHashSet<>();
    private final Set<Dependency<?>> missing = new LinkedHashSet<>();
    private final List<Effect> effects = new ArrayList<>();
    private final Set<String> secrets = new LinkedHashSet<>();

    /**
     * What stays the same from execution to execution.
     *
     * @param environment what {@code env} sees
     * @param denied globs of function names that fail when called
     * @param outside what functions may reach of the machine
     */
    public record Settings(Map<String, String> environment, List<String> denied, Outside outside) {
        public Settings {
            environment = Map.copyOf(environment);
            denied = List.copyOf(denied);
        }
    }

    public Context(Values values, Settings settings, Instant now) {
        this.values = values;
        this.settings = settings;
        this.now = now;
    }

    /** The answer if it is known; asking for it makes it a dependency of the template. */
    <T> Optional<T> recall(Dependency<T> dependency) {
        used.add(dependency);
        Optional<T> answer = values.get(dependency);
        if (answer.isEmpty()) {
            missing.add(dependency);
        }
        return answer;
    }

    /** The answer is known but is not what the template needs: it has to wait for another. */
    void waitFor(Dependency<?> dependency) {
        missing.add(dependency);
    }

    /** Asks for something to be done once the template has rendered. */
    void later(Effect effect) {
        effects.add(effect);
    }

    /** From here on the text is not shown in messages. */
    void keepSecret(String text) {
        if (!text.isBlank()) {
            secrets.add(text);
        }
    }

    Map<String, String> environment() {
        return settings.environment();
    }

    Settings settings() {
        return settings;
    }

    /** Throws {@link muster.template.language.FunctionException} where there is none. */
    SecureRandom random() {
        return settings.outside().random();
    }

    Instant now() {
        return now;
    }

    /** Everything that was asked for, in order. */
    public Set<Dependency<?>> used() {
        return used;
    }

    /** What was asked for and is not there. */
    public Set<Dependency<?>> missing() {
        return missing;
    }

    /** What the template wants done besides its output, in order. */
    public List<Effect> effects() {
        return effects;
    }

    /** The message without the secrets that this execution has seen; longer ones are taken out first. */
    public String redacted(String message) {
        List<String> longestFirst = new ArrayList<>(secrets);
        longestFirst.sort((a, b) -> b.length() - a.length());
        String result = message;
        for (String secret : longestFirst) {
            result = result.replace(secret, "[redacted]");
        }
        return result;
    }
}
