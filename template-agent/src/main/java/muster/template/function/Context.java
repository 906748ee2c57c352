package muster.template.function;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
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

    /**
     * What stays the same from execution to execution.
     *
     * @param environment what {@code env} sees
     * @param denied globs of function names that fail when called
     * @param sandbox checks a path that a template wants to read and returns it; throws
     *     {@link muster.template.language.FunctionException} if it may not
     */
    public record Settings(Map<String, String> environment, List<String> denied, UnaryOperator<String> sandbox) {
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

    Map<String, String> environment() {
        return settings.environment();
    }

    Settings settings() {
        return settings;
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
}
