package muster.cli;

import java.util.List;

/**
 * One command.
 *
 * @param path its words, as {@code kv get}
 * @param synopsis one line for the list of commands
 * @param usage the help text, without the flags that all commands of the tool have
 */
record Command(String path, String synopsis, String usage, Action action) {
    /** Runs with what follows the command's words; returns the exit code. */
    interface Action {
        int run(Console console, List<String> args);
    }
}
