package muster.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A question before something that is not to be undone. */
final class Confirmation {
    private Confirmation() {}

    /** Asks; true for an exact y. Anything else is said to be a refusal, with {@code cancelled} or what would have been an answer. */
    static boolean given(Console console, String question, String cancelled) {
        console.out().print(question + " ");
        console.out().flush();
        String line;
        try {
            line = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8)).readLine();
        } catch (IOException e) {
            throw new ApiException(0, "can't read the answer: " + e.getMessage());
        }
        String answer = line == null ? "" : line.strip();
        if (answer.equals("y")) {
            return true;
        }
        console.out().println(answer.isEmpty() || answer.toLowerCase(Locale.ROOT).startsWith("n") ? cancelled
                : "For confirmation, an exact ‘y’ is required.");
        return false;
    }
}
