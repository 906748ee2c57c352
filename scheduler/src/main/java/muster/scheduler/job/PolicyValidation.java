package muster.scheduler.job;

import java.time.Duration;
import java.util.List;
import muster.wire.GoDuration;

/** Checks of how a group is restarted, rescheduled and updated. */
final class PolicyValidation {
    private static final Duration MIN_RESTART_INTERVAL = Duration.ofSeconds(5);
    private static final Duration MIN_RESCHEDULE_DELAY = Duration.ofSeconds(5);
    private static final Duration MIN_RESCHEDULE_INTERVAL = Duration.ofSeconds(15);
    private static final int MAX_ATTEMPTS = 10_000;

    private PolicyValidation() {}

    static Faults restart(RestartPolicy policy) {
        Faults faults = new Faults();
        faults.addIf(
                !policy.mode().equals("fail") && !policy.mode().equals("delay"),
                "Unsupported restart mode: \"" + policy.mode() + "\"");
        faults.addIf(
                policy.attempts() == 0 && !policy.mode().equals("fail"),
                "Restart policy \"" + policy.mode() + "\" with " + policy.attempts() + " attempts is ambiguous");
        faults.addIf(
                policy.interval().compareTo(MIN_RESTART_INTERVAL) < 0,
                "Interval can not be less than 5s (got " + GoDuration.format(policy.interval()) + ")");
        faults.addIf(
                policy.delay().multipliedBy(policy.attempts()).compareTo(policy.interval()) > 0,
                "Nomad can't restart the TaskGroup " + policy.attempts() + " times in an interval of "
                        + GoDuration.format(policy.interval()) + " with a delay of " + GoDuration.format(policy.delay()));
        return faults;
    }

    static Faults reschedule(ReschedulePolicy policy) {
        Faults faults = new Faults();
        if (policy == null || policy.attempts() == 0 && !policy.unlimited()) {
            return faults;
        }
        if (policy.attempts() > 0) {
            faults.addIf(policy.interval().isZero(), "Interval must be a non zero value if Attempts > 0");
            faults.addIf(
                    policy.unlimited(),
                    "Reschedule Policy with Attempts = " + policy.attempts() + ", Interval = "
                            + GoDuration.format(policy.interval()) + ", and Unlimited = true is ambiguous");
        }
        boolean sound = delays(policy, faults);
        if (!policy.unlimited()) {
            faults.addIf(
                    policy.interval().compareTo(MIN_RESCHEDULE_INTERVAL) < 0,
                    "Interval cannot be less than 15s (got " + GoDuration.format(policy.interval()) + ")");
            if (sound) {
                attempts(policy, faults);
            }
        }
        return faults;
    }

    private static boolean delays(ReschedulePolicy policy, Faults faults) {
        boolean shortDelay = policy.delay().compareTo(MIN_RESCHEDULE_DELAY) < 0;
        faults.addIf(shortDelay, "Delay cannot be less than 5s (got " + GoDuration.format(policy.delay()) + ")");
        boolean known = List.of("constant", "exponential", "fibonacci").contains(policy.delayFunction());
        faults.addIf(
                !known,
                "Invalid delay function \"" + policy.delayFunction()
                        + "\", must be one of [\"constant\" \"exponential\" \"fibonacci\"]");
        boolean ceiling = true;
        if (!policy.delayFunction().equals("constant")) {
            boolean low = policy.maxDelay().compareTo(MIN_RESCHEDULE_DELAY) < 0;
            boolean belowDelay = policy.maxDelay().compareTo(policy.delay()) < 0;
            faults.addIf(low, "Max Delay cannot be less than 5s (got " + GoDuration.format(policy.delay()) + ")");
            faults.addIf(
                    belowDelay,
                    "Max Delay cannot be less than Delay " + GoDuration.format(policy.delay()) + " (got "
                            + GoDuration.format(policy.maxDelay()) + ")");
            ceiling = !low && !belowDelay;
        }
        return !shortDelay && known && ceiling;
    }

    /** Whether the attempts fit into the interval, counted as the original counts. */
    private static void attempts(ReschedulePolicy policy, Faults faults) {
        Duration needed = Duration.ZERO;
        int possible = -1;
        Duration previous = Duration.ZERO;
        Duration current = policy.delay();
        int attempts = Math.min(policy.attempts(), MAX_ATTEMPTS);
        boolean constant = policy.delayFunction().equals("constant");
        for (int i = 0; i < attempts; i++) {
            Duration delay = current.compareTo(policy.maxDelay()) > 0 && !constant ? policy.maxDelay() : current;
            boolean capped = !delay.equals(current);
            needed = constant || capped ? needed.plus(delay) : delay;
            if (possible < 0 && policy.interval().compareTo(needed) < 0) {
                possible = i;
            }
            Duration next = switch (policy.delayFunction()) {
                case "exponential" -> capped ? current : current.multipliedBy(2);
                case "fibonacci" -> capped ? current : i == 0 ? current : current.plus(previous);
                default -> current;
            };
            previous = current;
            current = next;
        }
        if (possible < 0) {
            return;
        }
        String start = "Nomad can only make " + possible + " attempts in " + GoDuration.format(policy.interval())
                + " with initial delay " + GoDuration.format(policy.delay());
        String function = "delay function \"" + policy.delayFunction() + "\"";
        faults.add(constant
                ? start + " and " + function
                : start + ", " + function + ", and delay ceiling " + GoDuration.format(policy.maxDelay()));
        faults.add("Set the interval to at least " + GoDuration.format(needed) + " to accommodate " + policy.attempts()
                + " attempts");
    }

    static Faults migrate(MigrateStrategy migrate) {
        Faults faults = new Faults();
        int parallel = migrate.maxParallel() == null ? 0 : migrate.maxParallel();
        String check = Values.text(migrate.healthCheck());
        Duration healthy = Values.duration(migrate.minHealthyTime());
        Duration deadline = Values.duration(migrate.healthyDeadline());
        faults.addIf(parallel < 0, "MaxParallel must be >= 0 but found " + parallel);
        if (check.isEmpty()) {
            faults.addIf(parallel > 0, "Missing HealthCheck");
        } else {
            faults.addIf(!List.of("checks", "task_states").contains(check), "Invalid HealthCheck: \"" + check + "\"");
        }
        faults.addIf(healthy.isNegative(), "MinHealthyTime is " + GoDuration.format(healthy) + " and must be >= 0");
        faults.addIf(deadline.isNegative(), "HealthyDeadline is " + GoDuration.format(deadline) + " and must be >= 0");
        faults.addIf(healthy.compareTo(deadline) > 0, "MinHealthyTime must be less than HealthyDeadline");
        return faults;
    }

    static Faults update(UpdateStrategy update) {
        Faults faults = new Faults();
        if (update.maxParallel() == 0) {
            return faults;
        }
        faults.addIf(
                !List.of("checks", "task_states", "manual").contains(update.healthCheck()),
                "Invalid health check given: \"" + update.healthCheck() + "\"");
        faults.addIf(
                update.maxParallel() < 0, "Max parallel can not be less than zero: " + update.maxParallel() + " < 0");
        faults.addIf(update.canary() < 0, "Canary count can not be less than zero: " + update.canary() + " < 0");
        faults.addIf(
                update.canary() == 0 && update.autoPromote(), "Auto Promote requires a Canary count greater than zero");
        String healthy = GoDuration.format(update.minHealthyTime());
        String deadline = GoDuration.format(update.healthyDeadline());
        String progress = GoDuration.format(update.progressDeadline());
        faults.addIf(
                update.minHealthyTime().isNegative(), "Minimum healthy time may not be less than zero: " + healthy);
        faults.addIf(
                !update.healthyDeadline().isPositive(), "Healthy deadline must be greater than zero: " + deadline);
        faults.addIf(
                update.progressDeadline().isNegative(), "Progress deadline must be zero or greater: " + progress);
        faults.addIf(
                update.minHealthyTime().compareTo(update.healthyDeadline()) >= 0,
                "Minimum healthy time must be less than healthy deadline: " + healthy + " > " + deadline);
        faults.addIf(
                !update.progressDeadline().isZero()
                        && update.healthyDeadline().compareTo(update.progressDeadline()) >= 0,
                "Healthy deadline must be less than progress deadline: " + deadline + " > " + progress);
        faults.addIf(
                !update.stagger().isPositive(),
                "Stagger must be greater than zero: " + GoDuration.format(update.stagger()));
        return faults;
    }
}
