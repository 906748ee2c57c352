package muster.scheduler.broker;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import muster.scheduler.state.Command;
import muster.scheduler.state.State;
import muster.scheduler.state.Topic;
import muster.scheduler.state.Variable;

/**
 * Takes locks of variables from holders that fell silent: their time, and after it the lock's delay, run on the leader. A new leader
 * begins to count anew. Called on the log's thread; proposes without waiting.
 */
final class VariableLocks {
    /** A lock whose time runs. */
    private record Running(String id, Runnable cancel) {}

    private final Writer writer;
    private final Timers timers;
    private final Map<String, Running> running = new HashMap<>();

    VariableLocks(Writer writer, Timers timers) {
        this.writer = writer;
        this.timers = timers;
    }

    synchronized void start(State state) {
        state.variables().forEach(variable -> seen(variable, true));
    }

    synchronized void clear() {
        running.values().forEach(each -> each.cancel().run());
        running.clear();
    }

    synchronized void published(State state, Set<String> topics) {
        if (topics.contains(Topic.VARIABLES)) {
            running.entrySet().removeIf(entry -> {
                Variable variable = state.variables().get(entry.getKey());
                boolean over = variable == null || variable.lock() == null || !variable.lock().id().equals(entry.getValue().id());
                if (over) {
                    entry.getValue().cancel().run();
                }
                return over;
            });
        }
        for (String topic : topics) {
            Topic.variableOf(topic).map(state.variables()::get).ifPresent(variable -> seen(variable, Topic.isLockRenewal(topic)));
        }
    }

    /** Lets the time of a lock begin that is new, or renewed. */
    private void seen(Variable variable, boolean again) {
        if (variable.lock() == null) {
            return;
        }
        String key = State.key(variable.namespace(), variable.path());
        Running before = running.get(key);
        if (before != null && !again) {
            return;
        }
        if (before != null) {
            before.cancel().run();
        }
        String id = variable.lock().id();
        running.put(key, new Running(id, timers.after(variable.lock().ttl().plus(variable.lock().lockDelay()),
                () -> writer.propose(new Command.ReleaseLock(variable.namespace(), variable.path(), id, writer.nowNanos())))));
    }
}
