package muster.template.runner;

import java.util.Set;
import java.util.function.Consumer;
import muster.template.dependency.Dependency;
import muster.template.watch.Moment;

/** Data that several agents read together. The set's thread calls, one call at a time. */
public interface Sharing extends AutoCloseable {
    /** Each agent reads for itself. */
    Sharing NONE = new Sharing() {
        @Override
        public void start(Consumer<ManagedTemplate> changed) {
            // Nothing changes.
        }

        @Override
        public Set<Dependency<?>> watched(ManagedTemplate template) {
            return template.state().used();
        }

        @Override
        public Moment seen(ManagedTemplate template, Moment own) {
            return own;
        }

        @Override
        public void tried(ManagedTemplate template, Moment seen) {
            // Nobody is to know.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    };

    /** Begins. @param changed to be told, from any thread, of a template that has to be looked at again; quick */
    void start(Consumer<ManagedTemplate> changed);

    /** What this agent has to watch for the template. */
    Set<Dependency<?>> watched(ManagedTemplate template);

    /** What this agent knows, with what another one left for the template. */
    Moment seen(ManagedTemplate template, Moment own);

    /** The template was tried with these values. */
    void tried(ManagedTemplate template, Moment seen);

    @Override
    void close();
}
