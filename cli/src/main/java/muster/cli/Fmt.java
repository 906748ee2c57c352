package muster.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import muster.hcl.Diagnostic;
import muster.hcl.DiagnosticText;
import muster.hcl.Formatter;
import muster.hcl.Hcl;
import muster.hcl.ParsedFile;
import muster.wire.GoFlags;

/** {@code fmt}: lays out job files and configuration files. */
final class Fmt {
    static final Command COMMAND = new Command("fmt", "Rewrites Nomad config and job files to canonical format", """
            Usage: nomad fmt [options] <path>...

              Lays out files of HCL in the canonical style. A folder stands for its files .nomad and .hcl, no path for this folder; - lays
              out standard input and prints it. Files with syntax errors are named and left as they are.

            Format Options:

              -check                 change nothing; exit code 1 where something would change
              -diff                  print what changes
              -list                  name the files that change; on without it
              -recursive             folders with the folders in them
              -write                 write the files; on without it""", Fmt::run);

    /** How deep folders are looked into, and how many files are taken: no more than a tree of sources has. */
    private static final int MAX_DEPTH = 64;
    private static final int CONTEXT = 3;

    private final Console console;
    private final GoFlags flags;
    private boolean changed;
    private boolean failed;

    private Fmt(Console console, GoFlags flags) {
        this.console = console;
        this.flags = flags;
    }

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("check", "diff", "list", "recursive", "write").parse(args);
        return new Fmt(console, flags).all();
    }

    private int all() {
        List<String> paths = flags.rest().isEmpty() ? List.of(".") : flags.rest();
        if (paths.contains("-") && paths.size() > 1) {
            return NomadApi.usage(console, "Standard input, -, is formatted alone: leave out the other paths", "fmt");
        }
        try {
            if (paths.getFirst().equals("-")) {
                standardInput();
            } else {
                for (String path : paths) {
                    path(path);
                }
            }
        } catch (IOException e) {
            return console.fail("Error: " + e.getMessage());
        }
        return failed || flags.on("check") && changed ? 1 : 0;
    }

    private void standardInput() throws IOException {
        String text = new String(console.in().readAllBytes(), StandardCharsets.UTF_8);
        String laidOut = laidOut("<stdin>", text);
        if (laidOut == null) {
            return;
        }
        changed = !laidOut.equals(text);
        if (flags.on("diff")) {
            console.out().print(difference("<stdin>", text, laidOut));
        } else if (!flags.on("check")) {
            console.out().print(laidOut);
        }
    }

    private void path(String path) throws IOException {
        Path file = console.folder().resolve(path);
        if (!Files.exists(file)) {
            console.err().println("Error: No file or directory at " + path);
            failed = true;
        } else if (Files.isDirectory(file)) {
            for (Path found : files(file)) {
                String below = file.relativize(found).toString();
                file(path.equals(".") ? below : Path.of(path, below).toString(), found);
            }
        } else {
            file(path, file);
        }
    }

    /** A folder's files in the order of their names. What begins with a dot is left out, and links to folders are not followed. */
    private List<Path> files(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        collect(folder, 1, found);
        return found;
    }

    private void collect(Path folder, int depth, List<Path> found) throws IOException {
        List<Path> entries;
        try (Stream<Path> listed = Files.list(folder)) {
            entries = listed.sorted().toList();
        }
        for (Path entry : entries) {
            String name = entry.getFileName().toString();
            if (name.startsWith(".")) {
                continue;
            }
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                if (flags.on("recursive") && depth < MAX_DEPTH) {
                    collect(entry, depth + 1, found);
                }
            } else if (Files.isRegularFile(entry) && (name.endsWith(".nomad") || name.endsWith(".hcl"))) {
                found.add(entry);
            }
        }
    }

    private void file(String name, Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file);
        } catch (java.nio.charset.CharacterCodingException e) {
            console.err().println("Error: " + name + " is not text in UTF-8");
            failed = true;
            return;
        }
        String laidOut = laidOut(name, text);
        if (laidOut == null || laidOut.equals(text)) {
            return;
        }
        changed = true;
        if (flags.on("list", true)) {
            console.out().println(name);
        }
        if (flags.on("diff")) {
            console.out().print(difference(name, text, laidOut));
        }
        if (flags.on("write", true) && !flags.on("check")) {
            Files.writeString(file, laidOut);
        }
    }

    /** Null after a message, where there are syntax errors. */
    private String laidOut(String name, String text) {
        ParsedFile file = Hcl.parse(name, text);
        if (file.hasErrors()) {
            failed = true;
            for (Diagnostic diagnostic : file.diagnostics()) {
                console.err().println(DiagnosticText.render(diagnostic, Optional.of(text)));
            }
            return null;
        }
        return Formatter.format(file);
    }

    /** As diff -u has it. Laying out neither adds nor takes lines, so that each is compared with its own. */
    static String difference(String name, String before, String after) {
        List<String> old = List.of(before.split("\n", -1));
        List<String> now = List.of(after.split("\n", -1));
        int count = before.endsWith("\n") ? old.size() - 1 : old.size();
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < count) {
            if (old.get(i).equals(now.get(i))) {
                i++;
                continue;
            }
            int last = i;
            for (int j = i; j < count && j <= last + 2 * CONTEXT + 1; j++) {
                last = old.get(j).equals(now.get(j)) ? last : j;
            }
            int from = Math.max(0, i - CONTEXT);
            int to = Math.min(count, last + 1 + CONTEXT);
            text.append("@@ -").append(from + 1).append(',').append(to - from).append(" +").append(from + 1).append(',').append(to - from).append(" @@\n");
            hunk(old, now, from, to, text);
            i = to;
        }
        return text.isEmpty() ? "" : "--- old/" + name + "\n+++ new/" + name + "\n" + text;
    }

    private static void hunk(List<String> old, List<String> now, int from, int to, StringBuilder text) {
        int i = from;
        while (i < to) {
            int same = i;
            while (i < to && !old.get(i).equals(now.get(i))) {
                i++;
            }
            old.subList(same, i).forEach(line -> text.append('-').append(line).append('\n'));
            now.subList(same, i).forEach(line -> text.append('+').append(line).append('\n'));
            if (i < to) {
                text.append(' ').append(old.get(i)).append('\n');
                i++;
            }
        }
    }
}
