package muster.cli;

import java.io.FileInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import muster.wire.GoFlags;

/** {@code Main TOOL ARGS...}: finds the command and runs it. The exit code is the command's; 127 for an unknown one. */
public final class Main {
    private static final int UNKNOWN_COMMAND = 127;

    private Main() {}

    public static void main(String[] args) {
        // Standard output is flushed by whole buffers: a line at a time would double the cost of a long listing.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        Console console = new Console(new FileInputStream(FileDescriptor.in), out, err, System.getenv(), Path.of(""),
                InstantSource.system(), ZoneId::systemDefault, args.length > 0 && args[0].equals("muster"));
        if (args[0].equals("--train")) {
            Training.run(args[1]);
            return;
        }
        int code = run(args[0], Arrays.asList(args).subList(1, args.length), console);
        out.flush();
        // Nothing has to happen at the end of the process, and an orderly exit begins by setting up the platform's logging.
        Runtime.getRuntime().halt(code);
    }

    /** One command line of a tool: {@code muster}, {@code consul} or {@code nomad}. */
    static int run(String tool, List<String> line, Console console) {
        Tool named = Tool.of(tool);
        if (!console.env("COMP_LINE").isEmpty()) {
            Completion.candidates(named.commands(), console.env("COMP_LINE")).forEach(console.out()::println);
            return 0;
        }
        String first = line.isEmpty() ? "" : line.getFirst();
        switch (first) {
            case "version", "-v", "--v", "-version", "--version" -> {
                boolean json = line.contains("-format=json") || line.contains("--format=json");
                console.out().println(json ? named.versionJson() : named.version());
                return 0;
            }
            case "-autocomplete-install", "--autocomplete-install" -> {
                return Completion.install(console, tool, true);
            }
            case "-autocomplete-uninstall", "--autocomplete-uninstall" -> {
                return Completion.install(console, tool, false);
            }
            case "" -> {
                named.overview(console);
                return UNKNOWN_COMMAND;
            }
            default -> {
                if (isHelp(first)) {
                    named.overview(console);
                    return 0;
                }
            }
        }
        List<String> words = new ArrayList<>(line);
        words.set(0, named.alias(first));
        if (words.getFirst().contains(" ")) {
            List<String> spread = new ArrayList<>(List.of(words.getFirst().split(" ")));
            spread.addAll(words.subList(1, words.size()));
            words = spread;
        }
        Command command = find(named.commands(), words);
        if (command != null) {
            return run(named, command, words.subList(command.path().split(" ").length, words.size()), console);
        }
        return group(named, words, console);
    }

    /** The command with the longest path that the line begins with. */
    private static Command find(List<Command> commands, List<String> words) {
        Command longest = null;
        for (Command command : commands) {
            List<String> path = List.of(command.path().split(" "));
            boolean begins = words.size() >= path.size() && words.subList(0, path.size()).equals(path);
            if (begins && (longest == null || command.path().length() > longest.path().length())) {
                longest = command;
            }
        }
        return longest;
    }

    private static int run(Tool tool, Command command, List<String> args, Console console) {
        try {
            return command.action().run(console, args);
        } catch (GoFlags.HelpWanted e) {
            console.out().println(tool.help(command));
            return 0;
        } catch (GoFlags.FlagException e) {
            return tool.flagError(command, e.getMessage(), console);
        }
    }

    /** A word that begins commands but is none, or nothing at all. */
    private static int group(Tool tool, List<String> words, Console console) {
        int depth = 0;
        while (depth < words.size() && tool.hasGroup(String.join(" ", words.subList(0, depth + 1)))) {
            depth++;
        }
        if (depth == 0) {
            tool.overview(console);
            return UNKNOWN_COMMAND;
        }
        String group = String.join(" ", words.subList(0, depth));
        boolean help = depth < words.size() && isHelp(words.get(depth));
        tool.groupHelp(group, console);
        return help ? 0 : 1;
    }

    private static boolean isHelp(String word) {
        return switch (word) {
            case "-h", "--h", "-help", "--help" -> true;
            default -> false;
        };
    }
}
