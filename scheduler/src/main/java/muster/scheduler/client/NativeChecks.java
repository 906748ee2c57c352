package muster.scheduler.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import muster.checks.CheckDefinition;
import muster.checks.CheckState;
import muster.checks.Outcome;
import muster.checks.Pace;
import muster.checks.Runner;
import muster.checks.Runners;
import muster.checks.RunningCheck;
import muster.registry.client.HealthCheck.Status;
import muster.scheduler.driver.DriverException;
import muster.scheduler.driver.TaskHandle;

/**
 * Runs the checks of an allocation's native services and keeps what they found, until the service is taken out. The consumer gets the
 * states of all of them, by check id, whenever one turned. Thread-safe.
 */
final class NativeChecks implements AutoCloseable {
    private static final int OUTPUT_LIMIT = 3 << 10;
    private static final String PENDING = "nomad: waiting to run";

    private final String allocation;
    private final InstantSource clock;
    private final Function<String, Optional<TaskHandle>> running;
    private final Consumer<Map<String, Status>> consumer;
    /** Guarded by this, as are the entries. */
    private final Map<String, Entry> entries = new TreeMap<>();

    /** A check that runs. */
    private static final class Entry {
        private final NativeCheck check;
        private CheckState state;
        private NativeCheck.Result result;
        private RunningCheck runs;

        Entry(NativeCheck check, CheckState state, NativeCheck.Result result) {
            this.check = check;
            this.state = state;
            this.result = result;
        }
    }

    /**
     * @param allocation its name, shown with the results
     * @param running the task of that name, while it runs
     */
    NativeChecks(String allocation, InstantSource clock, Function<String, Optional<TaskHandle>> running, Consumer<Map<String, Status>> consumer) {
        this.allocation = allocation;
        this.clock = clock;
        this.running = running;
        this.consumer = consumer;
    }

    /** Runs these checks of a task's services, or the group's for the owner "", instead of those before; what stays the same goes on. */
    synchronized void follow(String owner, List<NativeCheck> checks) {
        boolean changed = entries.values().removeIf(entry -> {
            boolean gone = entry.check.owner().equals(owner) && !checks.contains(entry.check);
            if (gone) {
                entry.runs.close();
            }
            return gone;
        });
        Instant now = clock.instant();
        for (NativeCheck check : checks) {
            if (!entries.containsKey(check.id())) {
                Entry entry = new Entry(check, CheckState.initial(check.definition(), check.initial(), "", now),
                        result(check, "pending", 0, PENDING, now));
                Pace pace = new Pace(check.definition().timing().orElseThrow().interval(), true);
                entry.runs = new RunningCheck(check.id(), runner(check), pace, Duration.ZERO, Thread::sleep, outcome -> found(entry, outcome));
                entries.put(check.id(), entry);
                entry.runs.start();
                changed = true;
            }
        }
        if (changed) {
            tell();
        }
    }

    private void tell() {
        Map<String, Status> states = new TreeMap<>();
        entries.forEach((id, entry) -> states.put(id, entry.state.status()));
        consumer.accept(states);
    }

    private Runner runner(NativeCheck check) {
        return check.definition() instanceof CheckDefinition.Script script
                ? () -> inTask(check.task(), script)
                : Runners.of(check.definition(), OUTPUT_LIMIT).orElseThrow();
    }

    private Outcome inTask(String task, CheckDefinition.Script script) throws InterruptedException {
        Optional<TaskHandle> handle = running.apply(task);
        if (handle.isEmpty()) {
            return Outcome.critical("task \"" + task + "\" is not running");
        }
        try {
            return ScriptChecks.outcome(handle.get().run(script.args(), script.when().timeout()));
        } catch (DriverException e) {
            return Outcome.critical(String.valueOf(e.getMessage()));
        }
    }

    private synchronized boolean found(Entry entry, Outcome outcome) {
        if (entries.get(entry.check.id()) != entry) {
            return true;
        }
        Instant now = clock.instant();
        Status before = entry.state.status();
        entry.state = entry.state.observed(entry.check.thresholds(), outcome, now);
        boolean good = entry.state.status() == Status.PASSING;
        entry.result = result(entry.check, good ? "success" : "failure", outcome.code(),
                good ? "nomad: " + entry.check.definition().type() + " ok" : outcome.output(), now);
        if (entry.state.status() != before) {
            tell();
        }
        return entry.state.everPassed();
    }

    private NativeCheck.Result result(NativeCheck check, String status, int code, String output, Instant now) {
        return new NativeCheck.Result(check.name(), allocation, check.id(), check.mode(), output, check.service(), status, code,
                check.owner(), now.getEpochSecond());
    }

    /** What was found last, by the checks' ids. */
    synchronized Map<String, NativeCheck.Result> results() {
        Map<String, NativeCheck.Result> results = new TreeMap<>();
        entries.forEach((id, entry) -> results.put(id, entry.result));
        return results;
    }

    /** Ends all of them. */
    @Override
    public synchronized void close() {
        entries.values().forEach(entry -> entry.runs.close());
        entries.clear();
    }
}
