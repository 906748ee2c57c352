package muster.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.scheduler.job.Template;

/** Renders the templates of tasks and follows their data: what this package needs of the template agent. */
interface Templating {
    /**
     * The templates of one task. Destinations and sources are relative to the task's folder and stay inside the allocation's.
     *
     * @param views paths are the agent's; what templates read of the environment, and what commands are given, is the task's
     * @param running the task runs already: files that are found to be others cause a reaction
     */
    record Request(String task, List<Template> templates, TaskViews views, AllocationFolder folder, boolean running) {
        public Request {
            templates = List.copyOf(templates);
        }
    }

    /** What the task has to do about new data; several templates that change at once make one reaction. */
    record Reaction(boolean restart, Set<String> signals, List<Script> scripts) {
        public Reaction {
            scripts = List.copyOf(scripts);
            signals = Set.copyOf(signals);
        }
    }

    /** A program to run in the task. @param fatal whether its failure ends the task */
    record Script(List<String> command, Duration timeout, boolean fatal) {
        public Script {
            command = List.copyOf(command);
        }
    }

    /** Hears of the templates, never from two threads at once, and not after they were closed. */
    interface Listener {
        /** All files are there for the first time; the variables are those of templates with {@code env}. */
        void rendered(Map<String, String> variables);

        /** What the first rendering waits for, in the words of the original ({@code kv.block(path)}). */
        void missing(List<String> what);

        /** Files changed, and each one's splay is over. */
        void changed(Reaction reaction, Map<String, String> variables);

        /**
         * Has the task look at a new file before it replaces the old one; waits for it.
         *
         * @return why the file is not good; empty also while the task does not run
         */
        Optional<String> check(List<String> command, Duration timeout) throws InterruptedException;

        /** It can't be rendered, ever. */
        void failed(String error);
    }

    /** Begins to render and returns at once; closing ends it. */
    Open open(Request request, Listener listener);

    /** Templates that are followed. */
    interface Open extends AutoCloseable {
        /** Each template as plain objects for JSON. */
        default List<Map<String, Object>> status() {
            return List.of();
        }

        @Override
        void close();
    }
}
