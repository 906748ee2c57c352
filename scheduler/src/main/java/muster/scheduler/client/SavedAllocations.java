package muster.scheduler.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import muster.scheduler.client.AllocationRunner.Saved;
import muster.wire.Json;
import muster.wire.JsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an agent keeps for its successor: a file for each allocation under {@code client/allocations}. Thread-safe. */
final class SavedAllocations {
    private static final Logger LOG = LoggerFactory.getLogger(SavedAllocations.class);
    private final Path folder;
    private final boolean enabled;

    SavedAllocations(Path dataDir, boolean enabled) throws IOException {
        this.folder = dataDir.resolve("client/allocations");
        this.enabled = enabled;
        if (enabled) {
            Files.createDirectories(folder);
        }
    }

    /** Keeps the newest state of an allocation: written whole, then put in place. */
    synchronized void save(Saved saved) {
        if (!enabled) {
            return;
        }
        Path file = folder.resolve(saved.allocation().id() + ".json");
        Path fresh = folder.resolve(saved.allocation().id() + ".tmp");
        try {
            Files.write(fresh, Json.write(saved));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.error("allocation state not kept alloc={} error={}", saved.allocation().id(), e.toString());
        }
    }

    synchronized void forget(String id) {
        try {
            Files.deleteIfExists(folder.resolve(id + ".json"));
        } catch (IOException e) {
            LOG.warn("allocation state not removed alloc={} error={}", id, e.toString());
        }
    }

    /** Whether something is kept of it, readable or not. */
    boolean knows(String id) {
        return Files.exists(folder.resolve(id + ".json"));
    }

    /** All that was kept; a file that can't be read is left out and named in the log. */
    List<Saved> load() {
        List<Saved> all = new ArrayList<>();
        if (!enabled) {
            return all;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
            for (Path file : files) {
                try {
                    all.add(Json.read(Saved.class, Files.readAllBytes(file), Json.Unknown.IGNORE));
                } catch (JsonException e) {
                    LOG.error("allocation state unreadable file={} error={}", file, e.getMessage());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + folder, e);
        }
        return all;
    }
}
