package muster.scheduler.client;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import muster.scheduler.job.RestartPolicy;
import muster.wire.GoDuration;

/**
 * Counts the failures of one task and decides what follows each, by its restart policy (Nomad docs: "restart stanza").
 * Pure but for the jitter, which comes from outside. Owned by one {@link TaskLife}.
 */
final class RestartRule {
    static final String NO_RESTARTS = "Policy allows no restarts";
    static final String UNRECOVERABLE = "Error was unrecoverable";
    private static final String DELAYED = "Exceeded allowed attempts, applying a delay";
    private static final double JITTER = 0.25;

    /** What follows the end of a task. */
    sealed interface Verdict {
        /** It goes on after a pause. */
        record Again(Duration delay, String reason) implements Verdict {}

        /** It is over, and well. */
        record Over() implements Verdict {}

        /** It is over, and failed. */
        record Fail(String reason) implements Verdict {}
    }

    private RestartPolicy policy;
    private final boolean restartsOnSuccess;
    private final RandomGenerator random;
    private Instant intervalStart;
    private int count;

    /** With a policy whose fields are all set; {@code restartsOnSuccess} for tasks that are meant to run on. */
    RestartRule(RestartPolicy policy, boolean restartsOnSuccess, RandomGenerator random, Instant now) {
        this.policy = policy;
        this.restartsOnSuccess = restartsOnSuccess;
        this.random = random;
        this.intervalStart = now;
    }

    /** Goes on with another policy. */
    void policy(RestartPolicy newPolicy) {
        policy = newPolicy;
    }

    Verdict afterExit(Instant now, boolean success) {
        if (success && !restartsOnSuccess) {
            return new Verdict.Over();
        }
        return counted(now, true);
    }

    Verdict afterStartFailure(Instant now, boolean recoverable) {
        return counted(now, recoverable);
    }

    private Verdict counted(Instant now, boolean recoverable) {
        if (policy.attempts() == 0) {
            return new Verdict.Fail(NO_RESTARTS);
        }
        if (now.isAfter(intervalStart.plus(policy.interval()))) {
            count = 0;
            intervalStart = now;
        }
        count++;
        if (!recoverable) {
            return new Verdict.Fail(UNRECOVERABLE);
        }
        if (count <= policy.attempts()) {
            long delay = policy.delay().toNanos();
            long jitter = (long) (random.nextDouble() * JITTER * delay);
            return new Verdict.Again(Duration.ofNanos(delay + jitter), TaskEvents.WITHIN_POLICY);
        }
        if (policy.mode().equals("delay")) {
            Duration rest = Duration.between(now, intervalStart.plus(policy.interval()));
            return new Verdict.Again(rest.isNegative() ? Duration.ZERO : rest, DELAYED);
        }
        return new Verdict.Fail("Exceeded allowed attempts " + policy.attempts() + " in interval "
                + GoDuration.format(policy.interval()) + " and mode is \"fail\"");
    }
}
