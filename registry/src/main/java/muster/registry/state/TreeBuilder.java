package muster.registry.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds a {@link RadixTree} out of keys in ascending order, as a walk over another gives them: each goes beside the one before it,
 * without a way from the root. A key out of that order is put in as an editor does it, and all that follow. One thread; used once.
 */
final class TreeBuilder<V> {
    private static final byte[] NO_BYTES = {};

    /** Whose branches these are; an editor that goes on with them copies them. */
    private final Object owner = new Object();
    /** From the root to the branch of the newest key, and where each of them ends in that key. */
    private final List<Branch<V>> way = new ArrayList<>();
    private int[] ends = new int[16];
    private byte[] newest = NO_BYTES;
    private int size;
    private RadixTree.Editor<V> editor;

    TreeBuilder() {
        way.add(new Branch<>(owner, NO_BYTES));
    }

    /** Sets a value, changed at the index. */
    void put(String key, V value, long index) {
        put(RadixTree.bytes(key), value, index);
    }

    /** Sets a value, changed at the index. */
    void put(byte[] key, V value, long index) {
        if (editor == null && size > 0 && Arrays.compareUnsigned(key, newest) <= 0) {
            editor = done().edit();
        }
        if (editor != null) {
            editor.put(key, value, index);
            return;
        }
        if (key.length > 0) {
            int common = Arrays.mismatch(key, newest);
            climb(common);
            append(key, common);
        }
        Branch<V> mine = way.getLast();
        mine.value = value;
        mine.index = index;
        mine.maxIndex = index;
        newest = key;
        size++;
    }

    /** The tree of all that was put. */
    RadixTree<V> done() {
        if (editor != null) {
            return editor.done();
        }
        climb(0);
        return new RadixTree<>(way.getFirst(), size);
    }

    /** Leaves the branches that end behind so many bytes of the newest key, and parts the one in which they end. */
    private void climb(int common) {
        while (way.size() > 1 && ends[way.size() - 2] >= common) {
            Branch<V> left = way.removeLast();
            Branch<V> above = way.getLast();
            above.maxIndex = Math.max(above.maxIndex, left.maxIndex);
        }
        int last = way.size() - 1;
        if (ends[last] > common) {
            Branch<V> above = way.get(last - 1);
            Branch<V> upper = way.removeLast().split(owner, common - ends[last - 1]);
            above.children[above.children.length - 1] = upper;
            way.add(upper);
            ends[last] = common;
        }
    }

    /** A leaf for what of a key is behind the bytes that it has in common with the newest. */
    private void append(byte[] key, int common) {
        Branch<V> above = way.getLast();
        Branch<V> leaf = new Branch<>(owner, Arrays.copyOfRange(key, common, key.length));
        above.insert(above.children.length, leaf);
        way.add(leaf);
        if (way.size() > ends.length) {
            ends = Arrays.copyOf(ends, 2 * ends.length);
        }
        ends[way.size() - 1] = key.length;
    }
}
