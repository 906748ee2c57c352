package muster.checks;

/**
 * How many results in a row turn a check. 0 and 1 mean at once.
 *
 * @param failuresBeforeWarning failures after which it is warning; equal to {@code failuresBeforeCritical} there is no such stage
 */
public record Thresholds(int successBeforePassing, int failuresBeforeWarning, int failuresBeforeCritical) {
    /** Each result turns the check at once. */
    public static final Thresholds NONE = new Thresholds(0, 0, 0);
}
