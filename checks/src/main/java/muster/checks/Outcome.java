package muster.checks;

import muster.registry.client.HealthCheck.Status;

/**
 * What one look at the checked thing found.
 *
 * @param code the answer's status of an HTTP check; 0 where there is none
 */
public record Outcome(Status status, String output, int code) {
    public Outcome(Status status, String output) {
        this(status, output, 0);
    }

    /** The thing is not well, for the given reason. */
    public static Outcome critical(String output) {
        return new Outcome(Status.CRITICAL, output);
    }

    /** The thing is well. */
    public static Outcome passing(String output) {
        return new Outcome(Status.PASSING, output);
    }
}
