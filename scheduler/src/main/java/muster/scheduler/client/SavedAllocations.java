package muster.scheduler.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.client.AllocationRunner.Saved;
import muster.scheduler.driver.HandleState;
import muster.wire.Json;
import muster.wire.JsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an agent keeps for its successor: a file for each allocation under {@code client/allocations}. Thread-safe. */
final class SavedAllocations {
    private static final Logger LOG = LoggerFactory.getLogger(SavedAllocations.class);
    static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private final Path folder;
    private final boolean enabled;
    private final Path boot;

    /** @param boot where the kernel tells which of its runs this is: {@link #BOOT} */
    SavedAllocations(Path dataDir, boolean enabled, Path boot) throws IOException {
        this.folder = dataDir.resolve("client/allocations");
        this.enabled = enabled;
        this.boot = boot;
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
        boolean sameBoot = isSameBoot();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
            for (Path file : files) {
                try {
                    Saved saved = Json.read(Saved.class, Files.readAllBytes(file), Json.Unknown.IGNORE);
                    all.add(sameBoot ? saved : new Saved(saved.allocation(), withoutProcesses(saved.handles())));
                } catch (JsonException e) {
                    LOG.error("allocation state unreadable file={} error={}", file, e.getMessage());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + folder, e);
        }
        return all;
    }

    /** Ids of processes, and even when they started, come again after the machine's restart: none of them is a task of ours then. */
    private static Map<String, HandleState> withoutProcesses(Map<String, HandleState> handles) {
        Map<String, HandleState> left = new TreeMap<>(handles);
        left.values().removeIf(handle -> handle.processId() > 0);
        return left;
    }

    /** Whether the machine has not been restarted since the last agent; this agent's is kept for the next. */
    private boolean isSameBoot() {
        Path kept = folder.resolveSibling("boot");
        try {
            String now = Files.readString(boot).strip();
            boolean same = !Files.exists(kept) || Files.readString(kept).strip().equals(now);
            Files.writeString(kept, now + "\n");
            return same;
        } catch (IOException e) {
            LOG.warn("run of the machine not known, no process is taken over error={}", e.toString());
            return false;
        }
    }
}
