package muster.template.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import muster.registry.client.KeyValue;
import muster.registry.client.testing.FakeRegistry;
import muster.template.dependency.Dependency;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatcherTest {
    private static final Dependency.RequiredKey KEY = new Dependency.RequiredKey("a", "");

    @TempDir
    private Path folder;
    private final FakeRegistry registry = new FakeRegistry();
    private final List<Dependency<?>> changes = new CopyOnWriteArrayList<>();
    private Watcher watcher;

    private Watcher watcher() {
        watcher = new Watcher(Sources.of(registry), folder, InstantSource.system(), changes::add);
        return watcher;
    }

    @AfterEach
    void close() {
        watcher.close();
        registry.close();
    }

    private Optional<String> value() {
        return watcher.snapshot().get(KEY).flatMap(entry -> entry).map(KeyValue::text);
    }

    /** Plan: a known value; the registry fails; the value stays and the failure shows; it recovers with another value. */
    @Test
    void the_last_good_value_stays_while_the_registry_fails() {
        registry.put("a", "1".getBytes(StandardCharsets.UTF_8));
        watcher().watchOnly(Set.of(KEY));
        Eventually.holds("it is known", () -> value().equals(Optional.of("1")));
        registry.fail("gone");
        Eventually.holds("the failure shows", () -> watcher.status().getFirst().failure().isPresent());
        assertThat(value()).contains("1");
        registry.recover();
        registry.put("a", "2".getBytes(StandardCharsets.UTF_8));
        Eventually.holds("it is new", () -> value().equals(Optional.of("2")));
    }

    @Test
    void what_is_no_longer_used_is_no_longer_watched() {
        watcher().watchOnly(Set.of(KEY, new Dependency.Services("")));
        assertThat(registry.watches()).hasSize(2);
        watcher.watchOnly(Set.of(KEY));
        assertThat(registry.watches()).hasSize(1);
        assertThat(watcher.status()).extracting(status -> status.dependency().toString()).containsExactly("kv.block(a)");
    }

    /** Plan: the agent can't be asked for its name at first; after it recovers the own node becomes known. */
    @Test
    void the_own_node_is_asked_for_until_there_is_an_answer() {
        Dependency.NodeDetail own = new Dependency.NodeDetail("", "");
        registry.fail("down");
        watcher().watchOnly(Set.of(own));
        Eventually.holds("the failure shows", () -> watcher.status().getFirst().failure().isPresent());
        registry.recover();
        Eventually.holds("the node is known", () -> watcher.snapshot().get(own).flatMap(node -> node)
                .filter(node -> node.node().name().equals("node1")).isPresent());
    }

    @Test
    void a_file_is_read_and_a_missing_one_is_a_failure() throws Exception {
        Files.writeString(folder.resolve("there"), "text");
        Dependency.FileContents there = new Dependency.FileContents("there");
        Dependency.FileContents missing = new Dependency.FileContents("missing");
        watcher().watchOnly(Set.of(there, missing));
        Eventually.holds("the file is known", () -> watcher.snapshot().get(there).equals(Optional.of("text")));
        Eventually.holds("the failure shows", () -> watcher.status().getFirst().failure()
                .equals(Optional.of("file(missing): stat missing: no such file or directory")));
    }
}
