package muster.testkit.history;

import java.util.Objects;
import java.util.Optional;

/**
 * What one client asked and was answered.
 *
 * @param client who asked; one client asks one thing at a time
 * @param input what was asked
 * @param output what was answered; empty where nobody knows whether it was done, so that it may have been done at any time
 *     after the call, or never
 * @param called when it was asked, on a clock that all clients share
 * @param returned when the answer came; {@link #NEVER} where none came
 */
public record Operation<I, O>(int client, I input, Optional<O> output, long called, long returned) {
    /** When an answer comes that never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    public Operation {
        Objects.requireNonNull(input);
        if (returned < called) {
            throw new IllegalArgumentException("an operation returned at " + returned + ", before it was called at " + called);
        }
        if (output.isEmpty() != (returned == NEVER)) {
            throw new IllegalArgumentException("an operation without an output never returns, and one with an output does");
        }
    }
}
