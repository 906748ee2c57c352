package muster.lb.choose;

import java.time.Duration;

/**
 * What a pool does besides strategy and weights.
 *
 * @param slowStart over which a target that has come, or come back, grows into its share; zero for at once
 * @param ejection when targets that fail real requests are left out
 * @param maxRequestsPerTarget in progress at once; 0 for no bound
 * @param maxRequests of the whole pool; 0 for no bound
 */
public record Policy(Duration slowStart, Ejection ejection, int maxRequestsPerTarget, int maxRequests) {
    /** Ejection as usual, nothing else. */
    public static final Policy DEFAULT = new Policy(Duration.ZERO, Ejection.DEFAULT, 0, 0);

    /**
     * When a target is left out for failing real requests, whatever its checks say. It comes back with one trial request; if that fails too
     * it stays away twice as long.
     *
     * @param failures in a row without an answer; 0 never ejects
     * @param errors answers of 5xx in a row, counted only while another target of the pool does better: a request that every target answers so
     *     is not the target's fault; 0 never ejects for answers
     * @param first time away; too short lets a dead target take trials, too long leaves a recovered one idle
     * @param longest time away
     * @param maxShare of the pool's targets that may be away at once, 0 to 1; at least one is always left
     */
    public record Ejection(int failures, int errors, Duration first, Duration longest, double maxShare) {
        public static final Ejection DEFAULT = new Ejection(3, 10, Duration.ofSeconds(5), Duration.ofMinutes(2), 0.5);
        public static final Ejection NEVER = new Ejection(0, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 0);
    }

    public Policy withSlowStart(Duration window) {
        return new Policy(window, ejection, maxRequestsPerTarget, maxRequests);
    }

    public Policy withEjection(Ejection other) {
        return new Policy(slowStart, other, maxRequestsPerTarget, maxRequests);
    }

    public Policy withLimits(int perTarget, int all) {
        return new Policy(slowStart, ejection, perTarget, all);
    }
}
