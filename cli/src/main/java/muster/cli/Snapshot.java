package muster.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import muster.wire.GoFlags;
import muster.wire.SnapshotArchive;

/** {@code snapshot save}, {@code restore} and {@code inspect}. */
final class Snapshot {
    static final Command SAVE = new Command("snapshot save", "Saves snapshot of Consul server state", """
            Usage: consul snapshot save [options] FILE

              Writes all that the servers hold to a file: keys, services, sessions, queries, access control. The file is as secret as
              what it holds. It is verified before it gets its name.""", Snapshot::save);

    static final Command RESTORE = new Command("snapshot restore", "Restores snapshot of Consul server state", """
            Usage: consul snapshot restore [options] FILE

              Replaces all that the servers hold by what a file holds; all or nothing.""", Snapshot::restore);

    static final Command INSPECT = new Command("snapshot inspect", "Displays information about a Consul snapshot file", """
            Usage: consul snapshot inspect [options] FILE

              Verifies a file and says what it is; no agent is asked.""", Snapshot::inspect);

    private Snapshot() {}

    /** The one file's name; or null, with the mistake told. */
    static String file(Console console, GoFlags flags) {
        if (flags.rest().isEmpty()) {
            console.err().println("Missing FILE argument");
            return null;
        }
        if (flags.rest().size() > 1) {
            console.err().println("Too many arguments (expected 1, got " + flags.rest().size() + ")");
            return null;
        }
        return flags.rest().getFirst();
    }

    private static int save(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().parse(args);
        String name = file(console, flags);
        if (name == null) {
            return 1;
        }
        return save(console, name, ConsulApi.api(flags, console), ConsulApi.target("/v1/snapshot", flags),
                meta -> "Saved and verified snapshot to index " + meta.index());
    }

    /** @param done what is said of an archive that was saved */
    static int save(Console console, String name, Api api, String target, Function<SnapshotArchive.Meta, String> done) {
        Path file = console.folder().resolve(name);
        Path draft = file.resolveSibling(file.getFileName() + ".unverified");
        try {
            Api.Answer answer;
            // Closed to others before the first byte is in it.
            Files.deleteIfExists(draft);
            Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (var out = Files.newOutputStream(draft)) {
                answer = api.stream(target, (bytes, length) -> out.write(bytes, 0, length));
            }
            Api.good(answer);
            SnapshotArchive.Meta meta = verified(draft);
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
            console.out().println(done.apply(meta));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error saving snapshot: " + e.getMessage());
        } catch (SnapshotArchive.DamagedException e) {
            return console.fail("Error verifying snapshot file: " + e.getMessage());
        } catch (IOException e) {
            return console.fail("Error creating unverified snapshot file: " + reason(draft.toString(), e));
        } finally {
            try {
                Files.deleteIfExists(draft);
            } catch (IOException e) {
                console.err().println("can't remove " + draft + ": " + e.getMessage());
            }
        }
    }

    private static int restore(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().parse(args);
        String name = file(console, flags);
        if (name == null) {
            return 1;
        }
        return restore(console, name, ConsulApi.api(flags, console), ConsulApi.target("/v1/snapshot", flags), "Restored snapshot");
    }

    static int restore(Console console, String name, Api api, String target, String done) {
        byte[] archive;
        try {
            archive = Files.readAllBytes(console.folder().resolve(name));
        } catch (IOException e) {
            return console.fail("Error opening snapshot file: " + reason(name, e));
        }
        try {
            Api.good(api.call("PUT", target, archive));
            console.out().println(done);
            return 0;
        } catch (ApiException e) {
            return console.fail("Error restoring snapshot: " + e.getMessage());
        }
    }

    private static int inspect(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().parse(args);
        String name = file(console, flags);
        if (name == null) {
            return 1;
        }
        return inspect(console, name, ConsulApi.json(flags));
    }

    static int inspect(Console console, String name, boolean json) {
        SnapshotArchive.Meta meta;
        try {
            meta = verified(console.folder().resolve(name));
        } catch (SnapshotArchive.DamagedException e) {
            return console.fail("Error verifying snapshot: " + e.getMessage());
        } catch (IOException e) {
            return console.fail("Error opening snapshot file: " + reason(name, e));
        }
        Map<String, Object> lines = new LinkedHashMap<>();
        lines.put("ID", meta.id());
        lines.put("Size", meta.size());
        lines.put("Index", meta.index());
        lines.put("Term", meta.term());
        lines.put("Version", meta.version());
        if (json) {
            return ConsulApi.printJson(console, new Doc(lines));
        }
        console.out().println(Layout.columns(lines.entrySet().stream().map(line -> line.getKey() + "|" + line.getValue()).toList(), "      ", ""));
        return 0;
    }

    private static SnapshotArchive.Meta verified(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            return SnapshotArchive.verify(in);
        }
    }

    private static String reason(String name, IOException e) {
        return "open " + name + ": " + (e instanceof NoSuchFileException ? "no such file or directory" : e.getMessage());
    }
}
