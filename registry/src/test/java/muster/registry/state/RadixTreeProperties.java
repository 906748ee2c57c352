package muster.registry.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The tree against a sorted map that is too simple to be wrong. */
class RadixTreeProperties {
    record Change(String key, boolean remove) {}

    @Provide
    Arbitrary<List<Change>> changes() {
        Arbitrary<String> keys = Arbitraries.strings().withChars("ab/é").ofMinLength(0).ofMaxLength(5);
        return Combinators.combine(keys, Arbitraries.frequencyOf(
                        Tuple.of(3, Arbitraries.just(false)), Tuple.of(1, Arbitraries.just(true))))
                .as(Change::new).list().ofMaxSize(60);
    }

    private static TreeMap<byte[], Long> model() {
        return new TreeMap<>(Arrays::compareUnsigned);
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static void assertSame(RadixTree<Long> tree, TreeMap<byte[], Long> model) {
        assertThat(tree.size()).isEqualTo(model.size());
        assertThat(tree.all()).containsExactlyElementsOf(model.values());
        for (String prefix : List.of("", "a", "b", "/", "é", "ab", "a/", "aaa", "ba/b")) {
            byte[] bytes = RadixTree.bytes(prefix);
            List<Long> under = model.entrySet().stream()
                    .filter(entry -> startsWith(entry.getKey(), bytes)).map(Map.Entry::getValue).toList();
            assertThat(tree.under(prefix)).as("under '%s'", prefix).isEqualTo(under);
            assertThat(tree.maxIndex(bytes)).as("index under '%s'", prefix)
                    .isEqualTo(under.stream().mapToLong(Long::longValue).max().orElse(0));
        }
        model.forEach((key, value) -> assertThat(tree.get(key)).contains(value));
    }

    @Property
    void holdsWhatASortedMapHolds(@ForAll("changes") List<Change> changes) {
        TreeMap<byte[], Long> model = model();
        RadixTree<Long> tree = RadixTree.empty();
        long index = 0;
        for (Change change : changes) {
            index++;
            byte[] key = RadixTree.bytes(change.key());
            RadixTree.Editor<Long> editor = tree.edit();
            if (change.remove()) {
                assertThat(editor.remove(key)).isEqualTo(model.remove(key) != null);
            } else {
                editor.put(key, index, index);
                model.put(key, index);
            }
            tree = editor.done();
        }
        assertSame(tree, model);
    }

    @Property
    void oneEditorChangesAsManyEditorsDo(@ForAll("changes") List<Change> changes) {
        TreeMap<byte[], Long> model = model();
        RadixTree.Editor<Long> editor = RadixTree.<Long>empty().edit();
        long index = 0;
        for (Change change : changes) {
            index++;
            byte[] key = RadixTree.bytes(change.key());
            if (change.remove()) {
                editor.remove(key);
                model.remove(key);
            } else {
                editor.put(key, index, index);
                model.put(key, index);
            }
            assertThat(editor.get(key).isPresent()).isEqualTo(!change.remove());
        }
        assertSame(editor.done(), model);
    }

    @Property
    void aTreeThatWasGivenAwayNeverChanges(@ForAll("changes") List<Change> changes) {
        RadixTree.Editor<Long> editor = RadixTree.<Long>empty().edit();
        Map<RadixTree<Long>, List<Long>> given = new HashMap<>();
        long index = 0;
        for (Change change : changes) {
            index++;
            if (change.remove()) {
                editor.remove(change.key());
            } else {
                editor.put(change.key(), index, index);
            }
            RadixTree<Long> tree = editor.done();
            given.put(tree, new ArrayList<>(tree.all()));
        }
        given.forEach((tree, values) -> assertThat(tree.all()).isEqualTo(values));
    }

    @Property
    void aScanStopsWhenItsVisitorSaysSo(@ForAll("changes") List<Change> changes) {
        RadixTree.Editor<Long> editor = RadixTree.<Long>empty().edit();
        changes.forEach(change -> editor.put(change.key(), 1L, 1));
        List<Long> seen = new ArrayList<>();
        editor.done().scan(new byte[0], value -> {
            seen.add(value);
            return seen.size() < 2;
        });
        assertThat(seen.size()).isLessThanOrEqualTo(2);
    }

    /** What an index is here: any, also lower ones than those before. */
    private static long index(Change change) {
        return Math.floorMod(change.key().hashCode() * 31L, 97) + 1;
    }

    @Property
    void aTreeBuiltInOneGoIsWhatAnEditorMakes(@ForAll("changes") List<Change> changes, @ForAll boolean inOrder) {
        List<String> keys = changes.stream().map(Change::key).toList();
        if (inOrder) {
            TreeMap<byte[], Long> sorted = model();
            keys.forEach(key -> sorted.put(RadixTree.bytes(key), 0L));
            keys = sorted.keySet().stream().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).toList();
        }
        TreeMap<byte[], Long> model = model();
        TreeBuilder<Long> builder = new TreeBuilder<>();
        for (String key : keys) {
            long index = index(new Change(key, false));
            builder.put(key, index, index);
            model.put(RadixTree.bytes(key), index);
        }
        RadixTree<Long> built = builder.done();
        assertSame(built, model);
        RadixTree.Editor<Long> editor = built.edit();
        for (Change change : changes) {
            editor.remove(change.key());
        }
        assertThat(editor.done().size()).isZero();
        assertSame(built, model);
    }
}
