package muster.raft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The name of a server in the log's configuration: drawn once, so that it may get peers with names of their own, and kept in a file. */
final class ServerId {
    private ServerId() {}

    /**
     * The id in the folder, drawn and written where there is none. Throws {@link DataFolderException} where the file is damaged, or
     * lost while the log that names it is there.
     *
     * @param log where the log is, if there is one
     */
    static String in(Path folder, Path log) throws IOException {
        Path file = folder.resolve("server-id");
        if (Files.exists(file)) {
            String id = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (!id.matches("[0-9a-f-]{36}")) {
                throw new DataFolderException("the file " + file + " should hold a server's id of 36 characters"
                        + "; put it back from a backup");
            }
            return id;
        }
        if (Files.exists(log)) {
            throw new DataFolderException("the file " + file + " is not there, but a log is; put it back from a backup, or "
                    + "move the whole folder away to begin with an empty state");
        }
        String id = UUID.randomUUID().toString();
        SafeFiles.write(file, out -> out.write((id + "\n").getBytes(StandardCharsets.US_ASCII)));
        return id;
    }
}
