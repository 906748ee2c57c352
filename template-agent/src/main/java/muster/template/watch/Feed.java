package muster.template.watch;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import muster.template.dependency.Dependency;

/** Follows a changing set of the registry's dependencies. Two ways: a watch for each, or many over few connections. */
interface Feed extends AutoCloseable {
    /** An answer, or why there is none. */
    record News(Dependency<?> dependency, Optional<?> value, Optional<String> failure) {}

    /** Takes answers and failures, from any thread; repeated ones do no harm. */
    interface Report {
        /** What became known together, to be seen together. */
        void accept(List<News> news);

        default void accept(Dependency<?> dependency, Optional<?> value, Optional<String> failure) {
            accept(List.of(new News(dependency, value, failure)));
        }
    }

    /** From now on exactly these. Called by one thread at a time. */
    void want(Set<Dependency.OfRegistry<?>> wanted);

    /** Ends all. */
    @Override
    void close();
}
