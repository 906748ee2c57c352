package muster.lb.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * An immutable map of texts to values that finds all keys a text begins with in one walk (a radix tree). A change copies the nodes on the
 * way to its key and shares the others, so it costs the same however large the map is.
 *
 * <p>There are many of them over the same tens of thousands of names, so a node is small: its label is not a text of its own but a part of some key
 * that leads through it, which whoever uses the tree holds anyway.
 */
public final class PrefixTree<V> {
    private static final PrefixTree<?> EMPTY = new PrefixTree<>("", 0, null, List.of());

    /** A key that leads through here, or did. */
    private final String key;
    /** How much of the key leads here; what the parent's leaves of it is the label, empty for the root only. */
    private final int end;
    /** Null for a node that is only a fork. */
    private final V value;
    /** By the first character of their labels, which all differ. */
    private final List<PrefixTree<V>> children;

    private PrefixTree(String key, int end, V value, List<PrefixTree<V>> children) {
        this.key = key;
        this.end = end;
        this.value = value;
        this.children = children;
    }

    @SuppressWarnings("unchecked")
    public static <V> PrefixTree<V> empty() {
        return (PrefixTree<V>) EMPTY;
    }

    public boolean isEmpty() {
        return value == null && children.isEmpty();
    }

    public Optional<V> get(String wanted) {
        PrefixTree<V> node = this;
        while (node.end < wanted.length()) {
            node = node.next(wanted);
            if (node == null) {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(node.value);
    }

    /** The values of all keys that the text begins with, the shortest key's first. */
    void along(String text, Consumer<V> each) {
        for (PrefixTree<V> node = this; node != null; node = node.next(text)) {
            if (node.value != null) {
                each.accept(node.value);
            }
        }
    }

    /** The value of the longest key that the text begins with. */
    Optional<V> longest(String text) {
        V found = null;
        for (PrefixTree<V> node = this; node != null; node = node.next(text)) {
            if (node.value != null) {
                found = node.value;
            }
        }
        return Optional.ofNullable(found);
    }

    /** The child on the way of a text that led here; null when there is none. */
    private PrefixTree<V> next(String text) {
        int at = end < text.length() ? childFor(text.charAt(end)) : -1;
        if (at < 0) {
            return null;
        }
        PrefixTree<V> child = children.get(at);
        return text.regionMatches(end, child.key, end, child.end - end) ? child : null;
    }

    /** All values, in the order of their keys. */
    public void forEach(Consumer<V> each) {
        if (value != null) {
            each.accept(value);
        }
        children.forEach(child -> child.forEach(each));
    }

    /** All keys with their values, in the order of the keys. */
    public void forEach(BiConsumer<String, V> each) {
        if (value != null) {
            each.accept(key.substring(0, end), value);
        }
        children.forEach(child -> child.forEach(each));
    }

    /** The same with another value for the key; an empty one removes it. */
    public PrefixTree<V> with(String changed, Optional<V> newValue) {
        return with(changed, newValue.orElse(null));
    }

    private PrefixTree<V> with(String changed, V newValue) {
        if (changed.length() == end) {
            return new PrefixTree<>(newValue == null ? key : changed, end, newValue, children);
        }
        int at = childFor(changed.charAt(end));
        if (at < 0) {
            return newValue == null ? this : withChild(-at - 1, false, new PrefixTree<>(changed, changed.length(), newValue, List.of()));
        }
        PrefixTree<V> old = children.get(at);
        int common = common(old, changed);
        if (common == old.end) {
            return withChild(at, true, old.with(changed, newValue).folded());
        }
        if (newValue == null) {
            return this;
        }
        PrefixTree<V> fork = new PrefixTree<>(changed, common, null, List.of(old));
        return withChild(at, true, fork.with(changed, newValue));
    }

    /** Itself, or its only child in its place, so that no node is there without need. */
    private PrefixTree<V> folded() {
        return value != null || children.size() != 1 ? this : children.getFirst();
    }

    private PrefixTree<V> withChild(int at, boolean replaces, PrefixTree<V> child) {
        List<PrefixTree<V>> next = new ArrayList<>(children.size() + 1);
        next.addAll(children.subList(0, at));
        if (!child.isEmpty()) {
            next.add(child);
        }
        next.addAll(children.subList(replaces ? at + 1 : at, children.size()));
        return new PrefixTree<>(key, end, value, List.copyOf(next));
    }

    /** Its place, or the negative of its place to be, less one. */
    private int childFor(char first) {
        int low = 0;
        int high = children.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            char there = children.get(middle).key.charAt(end);
            if (there == first) {
                return middle;
            }
            if (there < first) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    /** How much of the key the child's end has in common with a text that led here. */
    private int common(PrefixTree<V> child, String text) {
        int most = Math.min(child.end, text.length());
        int at = end;
        while (at < most && child.key.charAt(at) == text.charAt(at)) {
            at++;
        }
        return at;
    }
}
