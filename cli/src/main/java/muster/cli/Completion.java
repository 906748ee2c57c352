package muster.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Completion of command lines by the shell: bash and zsh call the program with the line in COMP_LINE and take the words that it
 * prints. {@code -autocomplete-install} writes the line that tells them so, {@code -autocomplete-uninstall} removes it.
 */
final class Completion {
    private static final String BEGINNING = "complete -o nospace -C ";

    private Completion() {}

    /** What may follow the line, a word each. Pure. */
    static List<String> candidates(List<Command> commands, String line) {
        String[] words = line.stripLeading().split("\\s+", -1);
        String last = words[words.length - 1];
        List<String> before = List.of(words).subList(1, Math.max(1, words.length - 1));
        TreeSet<String> found = new TreeSet<>();
        if (last.startsWith("-")) {
            for (Command command : commands) {
                if (before.equals(List.of(command.path().split(" ")))
                        || before.size() > command.path().split(" ").length && String.join(" ", before).startsWith(command.path() + " ")) {
                    flags(command.usage() + "\n" + ConsulApi.FLAGS_HELP, found);
                }
            }
        } else {
            for (Command command : commands) {
                List<String> path = List.of(command.path().split(" "));
                if (path.size() > before.size() && path.subList(0, before.size()).equals(before)) {
                    found.add(path.get(before.size()));
                }
            }
        }
        return found.stream().filter(word -> word.startsWith(last)).toList();
    }

    /** The flags that a help text lists: the first words of its lines. */
    private static void flags(String help, TreeSet<String> found) {
        for (String text : help.split("\n")) {
            String line = text.strip();
            int end = 0;
            while (end < line.length() && (Character.isLetterOrDigit(line.charAt(end)) || line.charAt(end) == '-' || line.charAt(end) == '_')) {
                end++;
            }
            if (line.startsWith("-") && end > 1) {
                found.add(line.substring(0, end));
            }
        }
    }

    /** Adds the line to the start files of the shells that have one, or removes it; the exit code. */
    static int install(Console console, String tool, boolean add) {
        String home = console.env("HOME");
        if (home.isEmpty()) {
            return console.fail("Error: HOME is not set, so there is no shell's start file to find");
        }
        String program = console.env("MUSTER_PROGRAM").isEmpty() ? tool : console.env("MUSTER_PROGRAM");
        String line = BEGINNING + program + " " + tool;
        int changed = 0;
        for (String name : List.of(".bashrc", ".bash_profile", ".zshrc")) {
            Path file = Path.of(home, name);
            if (Files.isRegularFile(file)) {
                try {
                    changed += add ? add(file, line, name.equals(".zshrc")) : remove(file, line);
                } catch (IOException e) {
                    return console.fail("Error: can't change " + file + ": " + e.getMessage());
                }
            }
        }
        if (changed == 0) {
            return console.fail("Error: " + (add ? "already installed, or no .bashrc, .bash_profile or .zshrc in " + home : "not installed"));
        }
        return 0;
    }

    private static int add(Path file, String line, boolean zsh) throws IOException {
        String text = Files.readString(file);
        if (text.contains(line)) {
            return 0;
        }
        String start = text.isEmpty() || text.endsWith("\n") ? "" : "\n";
        String loader = zsh && !text.contains("bashcompinit") ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
        Files.writeString(file, start + loader + line + "\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
        return 1;
    }

    private static int remove(Path file, String line) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        if (!lines.removeIf(line::equals)) {
            return 0;
        }
        Files.write(file, lines);
        return 1;
    }
}
