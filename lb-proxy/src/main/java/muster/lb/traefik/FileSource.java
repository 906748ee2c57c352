package muster.lb.traefik;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import muster.lb.route.Problem;
import muster.lb.tree.TreeReader;
import muster.lb.tree.Values;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dynamic configuration out of files (Traefik: "File provider"). A virtual thread looks whether they changed. A file that can't be used
 * keeps what it last defined; the others are not touched.
 */
final class FileSource implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FileSource.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int MAX_FILES = 10_000;

    private final TraefikConfig.FileProvider provider;
    private final Consumer<DynamicConfig> publish;
    private final SortedMap<Path, String> texts = new TreeMap<>();
    private final SortedMap<Path, DynamicConfig> good = new TreeMap<>();
    private final SortedMap<Path, Problem> bad = new TreeMap<>();
    private Thread watcher;

    FileSource(TraefikConfig.FileProvider provider, Consumer<DynamicConfig> publish) {
        this.provider = provider;
        this.publish = publish;
    }

    /** Reads the files, and goes on to look at them if that is wanted. Blocks for the first reading. */
    void start() {
        look();
        if (provider.isWatched()) {
            watcher = Thread.ofVirtual().name("traefik-files").start(() -> {
                try {
                    while (true) {
                        Thread.sleep(PAUSE);
                        look();
                    }
                } catch (InterruptedException e) {
                    log.debug("files are no longer watched");
                }
            });
        }
    }

    @Override
    public void close() {
        if (watcher != null) {
            watcher.interrupt();
        }
    }

    /** By one thread at a time: the starter's, then the watcher's. */
    private void look() {
        SortedMap<Path, String> now = new TreeMap<>();
        try {
            for (Path file : files()) {
                now.put(file, Files.readString(file));
            }
            provider.folder().ifPresent(bad::remove);
        } catch (IOException e) {
            log.warn("files not read, the last ones stay why=\"{}\"", e.getMessage());
            if (!good.isEmpty() || !bad.isEmpty()) {
                return;
            }
            bad.put(provider.file().or(provider::folder).orElseThrow(), new Problem("file provider", "not read: " + e.getMessage()));
        }
        if (now.equals(texts) && bad.isEmpty()) {
            return;
        }
        now.forEach((file, text) -> {
            if (!text.equals(texts.get(file))) {
                read(file, text);
            }
        });
        good.keySet().retainAll(now.keySet());
        bad.keySet().removeIf(file -> texts.containsKey(file) && !now.containsKey(file));
        texts.clear();
        texts.putAll(now);
        DynamicConfig merged = DynamicConfig.merge(List.copyOf(good.values()));
        List<Problem> problems = new ArrayList<>(merged.problems());
        problems.addAll(bad.values());
        publish.accept(new DynamicConfig(merged.items(), merged.certificates(), List.copyOf(problems)));
    }

    private void read(Path file, String text) {
        ConfigText config = ConfigText.read(file.toString(), text);
        List<String> problems = new ArrayList<>(config.problems());
        Values tree = new TreeReader((where, what) -> problems.add(config.lines().getOrDefault(where, file.toString()) + ": " + where + ": " + what))
                .section(DynamicShapes.file(), config.tree(), "").orElse(Values.NONE);
        if (problems.isEmpty()) {
            good.put(file, DynamicConfig.ofTree(tree));
            bad.remove(file);
        } else {
            bad.put(file, new Problem("file " + file, String.join("; ", problems) + (good.containsKey(file) ? "; its last definitions stay" : "")));
        }
    }

    private List<Path> files() throws IOException {
        if (provider.file().isPresent()) {
            return List.of(provider.file().get());
        }
        try (Stream<Path> all = Files.walk(provider.folder().orElseThrow())) {
            return all.filter(file -> file.toString().matches(".*\\.(toml|ya?ml)") && Files.isRegularFile(file)).limit(MAX_FILES).sorted().toList();
        }
    }
}
