package muster.template.process;

import java.util.List;

/**
 * A command to run.
 *
 * @param words for a shell's line, {@code sh -c} and the line
 * @param shown as it was written
 */
public record CommandLine(List<String> words, String shown) {
    public CommandLine {
        words = List.copyOf(words);
        if (words.isEmpty() || words.getFirst().isBlank()) {
            throw new IllegalArgumentException("a command needs a program to run");
        }
    }

    /** One text: a single word is run directly, anything else is read by a shell. */
    public static CommandLine of(String text) {
        String line = text.strip();
        return line.matches("\\S+") && !line.matches(".*[|&;<>()$`\\\\\"'*?\\[#~=%].*")
                ? new CommandLine(List.of(line), line) : new CommandLine(List.of("/bin/sh", "-c", line), line);
    }

    /** Words are run directly. */
    public static CommandLine of(List<String> words) {
        return new CommandLine(words, String.join(" ", words));
    }

    @Override
    public String toString() {
        return shown;
    }
}
