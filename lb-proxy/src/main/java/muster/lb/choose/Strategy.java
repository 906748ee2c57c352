package muster.lb.choose;

import java.util.Optional;

/** How one of several usable targets is chosen. All of them respect the targets' weights. */
public enum Strategy {
    /** In turn; exact shares. */
    ROUND_ROBIN,
    /** At random; exact shares in the mean. */
    RANDOM,
    /** The one of two random ones that has fewer requests in progress for its weight. */
    LEAST_REQUESTS,
    /** By the request's key, so that equal keys meet the same target and a target that comes or goes moves no key but its own. */
    CONSISTENT_HASH;

    /** The strategy of a configuration's word ({@code proxy.strategy}). */
    public static Optional<Strategy> of(String word) {
        return switch (word) {
            case "rr" -> Optional.of(ROUND_ROBIN);
            case "rnd" -> Optional.of(RANDOM);
            case "least" -> Optional.of(LEAST_REQUESTS);
            case "hash" -> Optional.of(CONSISTENT_HASH);
            default -> Optional.empty();
        };
    }
}
