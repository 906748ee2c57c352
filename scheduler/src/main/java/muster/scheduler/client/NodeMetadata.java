package muster.scheduler.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import muster.wire.GoQuote;
import muster.wire.Json;
import muster.wire.JsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said of a node: by its configuration, and by people while it runs, which wins (API page "Client": metadata). Where state is
 * kept, what people said outlives the agent, in {@code client/metadata.json}. Thread-safe.
 */
final class NodeMetadata {
    private static final Logger LOG = LoggerFactory.getLogger(NodeMetadata.class);
    private static final Pattern KEY = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_-]*(\\.[\\p{L}_][\\p{L}\\p{N}_-]*)*");

    /** What was said while it ran; null for what of the configuration does not hold. */
    private record Saved(Map<String, String> changes) {}

    private final Path file;
    private final boolean kept;
    private final Map<String, String> configured;
    private Map<String, String> changes;

    private NodeMetadata(Path file, boolean kept, Map<String, String> configured, Map<String, String> changes) {
        this.file = file;
        this.kept = kept;
        this.configured = Collections.unmodifiableMap(new TreeMap<>(configured));
        this.changes = changes;
    }

    /** With what an earlier agent kept; a file that can't be read is left alone and named in the log. */
    static NodeMetadata of(Path dataDir, boolean kept, Map<String, String> configured) {
        Path file = dataDir.resolve("client/metadata.json");
        Map<String, String> changes = new TreeMap<>();
        if (kept && Files.exists(file)) {
            try {
                changes.putAll(Json.read(Saved.class, Files.readAllBytes(file), Json.Unknown.IGNORE).changes());
            } catch (IOException | JsonException e) {
                LOG.error("node metadata unreadable file={} error={}", file, e.toString());
            }
        }
        return new NodeMetadata(file, kept, configured, changes);
    }

    /** What holds. */
    synchronized Map<String, String> all() {
        Map<String, String> all = new TreeMap<>(configured);
        changes.forEach((key, value) -> {
            if (value == null) {
                all.remove(key);
            } else {
                all.put(key, value);
            }
        });
        return all;
    }

    /** What holds, and where it comes from, as the API tells it. */
    synchronized Map<String, Object> view() {
        Map<String, Object> view = new TreeMap<>();
        view.put("Dynamic", new TreeMap<>(changes));
        view.put("Meta", all());
        view.put("Static", configured);
        return view;
    }

    /** Sets values, and takes those away that are null. Throws {@link Refusal} for names that no constraint could name. */
    synchronized void change(Map<String, String> wanted) throws Refusal {
        if (wanted == null || wanted.isEmpty()) {
            throw new Refusal(400, "missing required Meta object");
        }
        for (String key : wanted.keySet()) {
            if (key.isEmpty()) {
                throw new Refusal(400, "metadata keys must not be empty");
            }
            if (!KEY.matcher(key).matches()) {
                throw new Refusal(400, "metadata key " + GoQuote.quote(key) + " is invalid");
            }
        }
        Map<String, String> next = new TreeMap<>(changes);
        wanted.forEach((key, value) -> {
            if (value == null && !configured.containsKey(key)) {
                next.remove(key);
            } else {
                next.put(key, value);
            }
        });
        save(next);
        changes = next;
    }

    /** Whole, then put in place. */
    private void save(Map<String, String> next) throws Refusal {
        if (!kept) {
            return;
        }
        Path fresh = file.resolveSibling("metadata.tmp");
        try {
            Files.createDirectories(file.getParent());
            Files.write(fresh, Json.write(new Saved(next)));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new Refusal(500, "failed to keep node metadata in " + file + ": " + e.getMessage());
        }
    }
}
