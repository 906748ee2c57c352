package muster.registry.health;

import muster.registry.client.HealthCheck.Status;

/** What one look at the checked thing found. */
public record Outcome(Status status, String output) {
    /** The thing is not well, for the given reason. */
    public static Outcome critical(String output) {
        return new Outcome(Status.CRITICAL, output);
    }

    /** The thing is well. */
    public static Outcome passing(String output) {
        return new Outcome(Status.PASSING, output);
    }
}
