package muster.template.runner;

import java.time.Duration;
import java.util.Locale;

/**
 * How long a template waits for what is missing, and what then.
 *
 * @param after from the moment it began to wait
 */
public record Deadline(Duration after, Choice choice) {
    /** What to do when the time is over. The template goes on waiting and renders properly as soon as it can. */
    public enum Choice {
        /** It has failed. */
        FAIL,
        /** It is rendered with empty values. */
        DEFAULT,
        /** The file that is there counts as rendered. */
        KEEP;

        /** By its word; throws {@link IllegalArgumentException} for another. */
        public static Choice of(String word) {
            for (Choice choice : values()) {
                if (choice.name().toLowerCase(Locale.ROOT).equals(word)) {
                    return choice;
                }
            }
            throw new IllegalArgumentException("on_deadline \"" + word + "\": it is fail, default or keep");
        }
    }

    public Deadline {
        if (after.isNegative()) {
            throw new IllegalArgumentException("deadline " + after + " must not be negative");
        }
    }
}
