package muster.registry.agent;

import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import muster.checks.DampedRunner;
import muster.checks.Outcome;
import muster.checks.Pace;
import muster.checks.Runner;
import muster.checks.Runners;
import muster.checks.RunningCheck;
import muster.checks.Thresholds;

/** The running checks of an agent, by id. Not for more than one thread at a time: the agent's lock guards it. */
final class CheckRunners {
    /** Takes what a running check found. */
    interface Outcomes {
        /**
         * Called on the check's thread.
         *
         * @param origin the check as it was when its runner was started
         * @return whether it has been passing at any time
         */
        boolean observed(LocalCheck origin, Outcome outcome);
    }

    private record Running(LocalCheck origin, RunningCheck check) {}

    private final Map<String, Running> running = new HashMap<>();
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Outcomes outcomes;
    private boolean closed;

    CheckRunners(InstantSource clock, RandomGenerator random, Outcomes outcomes) {
        this.clock = clock;
        this.random = random;
        this.outcomes = outcomes;
    }

    /** Whether the runner that was started for the one serves the other. */
    static boolean serves(LocalCheck origin, LocalCheck check) {
        return origin.runsAs(check) && origin.serviceId().equals(check.serviceId());
    }

    /** Starts what is new, stops at once what is gone or is to be run in another way. */
    void follow(Map<String, LocalCheck> checks) {
        running.values().removeIf(entry -> {
            LocalCheck check = checks.get(entry.origin().id());
            boolean goes = check == null || !serves(entry.origin(), check);
            if (goes) {
                entry.check().close();
            }
            return goes;
        });
        start(checks.values());
    }

    private void start(Collection<LocalCheck> checks) {
        for (LocalCheck check : checks) {
            if (!closed && !running.containsKey(check.id())) {
                Runners.of(check.definition(), check.outputLimit())
                        .ifPresent(runner -> start(check, check.thresholds().equals(Thresholds.NONE) ? new DampedRunner(runner, clock) : runner));
            }
        }
    }

    private void start(LocalCheck check, Runner runner) {
        Pace pace = new Pace(check.definition().timing().orElseThrow().interval(), !check.serviceId().isEmpty());
        RunningCheck started = new RunningCheck(check.id(), runner, pace, pace.first(random), Thread::sleep,
                outcome -> outcomes.observed(check, outcome));
        running.put(check.id(), new Running(check, started));
        started.start();
    }

    /** Stops all; nothing is started any more. */
    void close() {
        closed = true;
        running.values().forEach(entry -> entry.check().close());
        running.clear();
    }
}
