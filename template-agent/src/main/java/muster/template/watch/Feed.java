package muster.template.watch;

import java.util.Optional;
import java.util.Set;
import muster.template.dependency.Dependency;

/** Follows a changing set of the registry's dependencies. Two ways: a watch for each, or many over few connections. */
interface Feed extends AutoCloseable {
    /** Takes answers and failures, from any thread; repeated ones do no harm. */
    interface Report {
        void accept(Dependency<?> dependency, Optional<?> value, Optional<String> failure);
    }

    /** From now on exactly these. Called by one thread at a time. */
    void want(Set<Dependency.OfRegistry<?>> wanted);

    /** Ends all. */
    @Override
    void close();
}
