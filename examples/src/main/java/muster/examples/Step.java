package muster.examples;

import java.io.IOException;
import java.time.Duration;

/**
 * One thing that a user does, and what has to come of it.
 *
 * @param title what is done, in words
 * @param patience how long it may take until the expected is seen; the action is repeated meanwhile. Zero: it is done once
 */
record Step(String title, Duration patience, Action action, Expect expected) {
    /** Does it and returns what the user gets to see. */
    @FunctionalInterface
    interface Action {
        String run(User user) throws IOException, InterruptedException;
    }

    /** Steps that belong together, in the order in which they are taken. */
    record Chapter(String title, java.util.List<Step> steps) {
        Chapter {
            steps = java.util.List.copyOf(steps);
        }
    }

    /** A step whose outcome is there at once. */
    static Step now(String title, Action action, Expect expected) {
        return new Step(title, Duration.ZERO, action, expected);
    }

    /** A step that looks again until the outcome is there. */
    static Step within(int seconds, String title, Action action, Expect expected) {
        return new Step(title, Duration.ofSeconds(seconds), action, expected);
    }
}
