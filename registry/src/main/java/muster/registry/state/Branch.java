package muster.registry.state;

import java.util.Arrays;
import java.util.function.Predicate;

/** A node of a {@link RadixTree}; changed only by the editor whose token it carries. */
final class Branch<V> {
    /** What all leaves share. */
    private static final Branch<?>[] NONE = {};

    final Object owner;
    final byte[] label;
    V value;
    long index;
    long maxIndex;
    Branch<V>[] children = none();

    Branch(Object owner, byte[] label) {
        this.owner = owner;
        this.label = label;
    }

    @SuppressWarnings("unchecked") // nothing is in it
    private static <V> Branch<V>[] none() {
        return (Branch<V>[]) NONE;
    }

    Branch<V> ownedBy(Object editor) {
        return owner == editor ? this : copy(editor, label);
    }

    private Branch<V> copy(Object editor, byte[] newLabel) {
        Branch<V> copy = new Branch<>(editor, newLabel);
        copy.value = value;
        copy.index = index;
        copy.maxIndex = maxIndex;
        copy.children = children.length == 0 ? children : children.clone();
        return copy;
    }

    /** Where the child for a byte is, or minus one minus where it would be. */
    int slot(byte first) {
        int low = 0;
        int high = children.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Byte.compareUnsigned(children[middle].label[0], first);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    void insert(int slot, Branch<V> child) {
        Branch<V>[] more = Arrays.copyOf(children, children.length + 1);
        System.arraycopy(children, slot, more, slot + 1, children.length - slot);
        more[slot] = child;
        children = more;
    }

    void drop(int slot) {
        Branch<V>[] fewer = Arrays.copyOf(children, children.length - 1);
        System.arraycopy(children, slot + 1, fewer, slot, fewer.length - slot);
        children = fewer;
    }

    /** After a change at an index. Indexes grow, so that it is nearly always the newest below this branch. */
    Branch<V> changedAt(long changed) {
        if (changed < maxIndex) {
            return measure();
        }
        maxIndex = changed;
        return this;
    }

    Branch<V> measure() {
        long max = index;
        for (Branch<V> child : children) {
            max = Math.max(max, child.maxIndex);
        }
        maxIndex = max;
        return this;
    }

    /** A branch with the first part of the label, above one with the rest. */
    Branch<V> split(Object editor, int at) {
        Branch<V> upper = new Branch<>(editor, Arrays.copyOf(label, at));
        upper.insert(0, copy(editor, Arrays.copyOfRange(label, at, label.length)));
        return upper.measure();
    }

    /** After a removal: nothing when empty, joined with an only child when it holds no value itself. */
    Branch<V> shrink(Object editor) {
        if (value != null || children.length > 1 || label.length == 0) {
            return measure();
        }
        if (children.length == 0) {
            return null;
        }
        Branch<V> only = children[0];
        byte[] joined = Arrays.copyOf(label, label.length + only.label.length);
        System.arraycopy(only.label, 0, joined, label.length, only.label.length);
        return only.copy(editor, joined);
    }

    boolean visit(Predicate<? super V> visitor) {
        if (value != null && !visitor.test(value)) {
            return false;
        }
        for (Branch<V> child : children) {
            if (!child.visit(visitor)) {
                return false;
            }
        }
        return true;
    }
}
