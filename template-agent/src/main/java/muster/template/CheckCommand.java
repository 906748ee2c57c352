package muster.template;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.template.process.CommandLine;
import muster.template.process.CommandRunner;
import muster.template.render.Output;

/** A template's {@code check}: the new file's path stands where {@code {{file}}} is, or at the end. */
record CheckCommand(CommandLine command, Map<String, String> environment, Duration timeout, PrintStream out) implements Output.Check {
    @Override
    public void examine(Path candidate, Path destination) throws IOException {
        List<String> words = new ArrayList<>(command.words().stream().map(word -> word.replace("{{file}}", candidate.toString())).toList());
        if (words.equals(command.words())) {
            boolean shell = words.size() == 3 && words.get(1).equals("-c");
            if (shell) {
                words.set(2, words.get(2) + " '" + candidate.toString().replace("'", "'\\''") + "'");
            } else {
                words.add(candidate.toString());
            }
        }
        try {
            if (new CommandRunner(environment, out).run(new CommandLine(words, command.shown()), timeout)
                    instanceof CommandRunner.Result.Failed failed) {
                throw new IOException("check: " + failed.why());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("check: interrupted", e);
        }
    }
}
