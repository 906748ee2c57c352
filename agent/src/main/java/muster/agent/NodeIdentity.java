package muster.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** The id of this node: kept in the data folder, where there is one, so that a restarted node is the same. */
record NodeIdentity(String id) {
    static NodeIdentity of(Optional<Path> dataDir) throws IOException {
        if (dataDir.isEmpty()) {
            return new NodeIdentity(UUID.randomUUID().toString());
        }
        Path file = dataDir.get().resolve("node-id");
        if (Files.exists(file)) {
            String id = Files.readString(file).trim();
            try {
                return new NodeIdentity(UUID.fromString(id).toString());
            } catch (IllegalArgumentException e) {
                throw new IOException(file + " has to hold a UUID (found \"" + id + "\"): remove it, and the node gets a new id", e);
            }
        }
        Files.createDirectories(file.getParent());
        String id = UUID.randomUUID().toString();
        Files.writeString(file, id + "\n");
        return new NodeIdentity(id);
    }
}
