package muster.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** {@code alloc fs}: a listing of a folder, or the content of a file. */
final class AllocFs {
    static final Command COMMAND = new Command("alloc fs", "Inspect the contents of an allocation directory", """
            Usage: nomad alloc fs [options] <allocation> <path>

              Lists a folder of an allocation or prints a file.

            FS Specific Options:

              -H                     plain numbers for sizes, times in full
              -stat                  the file's own entry instead of its content
              -job                   the first argument is a job: its newest running allocation
              -group=<name>          with -job: of this group
              -f                     go on as the file grows
              -tail                  the last ten lines, or what -n or -c say
              -n=<lines>             that many of the last lines
              -c=<bytes>             that many of the last bytes
              -verbose               whole ids""", AllocFs::run);

    private AllocFs() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("H", "stat", "job", "f", "tail", "verbose").texts("n", "c", "group").parse(args);
        List<String> rest = flags.rest();
        if (rest.isEmpty()) {
            return NomadApi.usage(console, flags.on("job") ? "A job ID is required" : "An allocation ID is required", "alloc fs");
        }
        if (rest.size() > 2) {
            return NomadApi.usage(console, "This command takes one or two arguments: <alloc-id> [<path>]", "alloc fs");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = flags.on("job")
                ? AllocLogs.ofJob(api, flags, console, rest.getFirst())
                : Lookups.allocation(api, flags, console, rest.getFirst(), "querying allocation");
        if (found.isMissing()) {
            return found.exit();
        }
        String id = found.stub().text("ID");
        String path = rest.size() == 2 ? rest.get(1) : "/";
        try {
            Doc entry = api.get(target("stat", id, path, flags, console));
            if (flags.on("stat")) {
                console.out().println(Layout.table(List.of("Mode|Size|Modified Time|Content Type|Name",
                        start(entry, flags, console) + entry.text("ContentType") + "|" + name(entry))));
            } else if (entry.is("IsDir")) {
                List<String> rows = new ArrayList<>(List.of("Mode|Size|Modified Time|Name"));
                api.get(target("ls", id, path, flags, console)).list()
                        .forEach(item -> rows.add(start(item, flags, console) + name(item)));
                console.out().println(Layout.table(rows));
            } else {
                content(console, api, flags, id, path);
            }
            return 0;
        } catch (ApiException e) {
            return console.fail(e.getMessage());
        }
    }

    private static String target(String what, String id, String path, GoFlags flags, Console console, String... more) {
        List<String> query = new ArrayList<>(List.of("path=" + ConsulApi.encode(path)));
        query.addAll(List.of(more));
        return NomadApi.target("/v1/client/fs/" + what + "/" + id, flags, console, query.toArray(String[]::new));
    }

    private static String start(Doc entry, GoFlags flags, Console console) {
        boolean plain = flags.on("H");
        String size = plain ? entry.text("Size") : Layout.bytes(entry.number("Size"));
        return entry.text("FileMode") + "|" + size + "|"
                + Layout.time(entry.time("ModTime"), console.zone()) + "|";
    }

    private static String name(Doc entry) {
        return entry.text("Name") + (entry.is("IsDir") ? "/" : "");
    }

    private static void content(Console console, Api api, GoFlags flags, String id, String path) {
        LastLines last = new LastLines(flags);
        String target = flags.on("f") || last.isWanted()
                ? target("stream", id, path, flags, console, "follow=" + flags.on("f"), "plain=true", last.origin(), last.offset())
                : target("cat", id, path, flags, console);
        Api.good(api.stream(target, (bytes, length) -> {
            if (!last.take(bytes, length)) {
                console.out().write(bytes, 0, length);
                console.out().flush();
                if (console.out().checkError()) {
                    throw new IOException("standard output is closed");
                }
            }
        }));
        console.out().writeBytes(last.kept());
    }
}
