package muster.lb.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * An immutable map of texts to values that finds all keys a text begins with in one walk (a radix tree). A change copies the nodes on the
 * way to its key and shares the others, so it costs the same however large the map is.
 */
public final class PrefixTree<V> {
    private static final PrefixTree<?> EMPTY = new PrefixTree<>("", Optional.empty(), List.of());

    /** What leads here from the parent; "" for the root only. */
    private final String label;
    private final Optional<V> value;
    /** By the first character of their labels, which all differ. */
    private final List<PrefixTree<V>> children;

    private PrefixTree(String label, Optional<V> value, List<PrefixTree<V>> children) {
        this.label = label;
        this.value = value;
        this.children = children;
    }

    @SuppressWarnings("unchecked")
    public static <V> PrefixTree<V> empty() {
        return (PrefixTree<V>) EMPTY;
    }

    public boolean isEmpty() {
        return value.isEmpty() && children.isEmpty();
    }

    public Optional<V> get(String key) {
        PrefixTree<V> node = this;
        int at = 0;
        while (at < key.length()) {
            int child = node.childFor(key.charAt(at));
            if (child < 0) {
                return Optional.empty();
            }
            node = node.children.get(child);
            if (!key.startsWith(node.label, at)) {
                return Optional.empty();
            }
            at += node.label.length();
        }
        return node.value;
    }

    /** The values of all keys that the text begins with, the shortest key's first. */
    void along(String text, Consumer<V> each) {
        PrefixTree<V> node = this;
        int at = 0;
        while (true) {
            node.value.ifPresent(each);
            int child = at < text.length() ? node.childFor(text.charAt(at)) : -1;
            if (child < 0 || !text.startsWith(node.children.get(child).label, at)) {
                return;
            }
            node = node.children.get(child);
            at += node.label.length();
        }
    }

    /** The value of the longest key that the text begins with. */
    Optional<V> longest(String text) {
        PrefixTree<V> node = this;
        Optional<V> found = Optional.empty();
        int at = 0;
        while (true) {
            if (node.value.isPresent()) {
                found = node.value;
            }
            int child = at < text.length() ? node.childFor(text.charAt(at)) : -1;
            if (child < 0 || !text.startsWith(node.children.get(child).label, at)) {
                return found;
            }
            node = node.children.get(child);
            at += node.label.length();
        }
    }

    /** All values, in the order of their keys. */
    public void forEach(Consumer<V> each) {
        value.ifPresent(each);
        children.forEach(child -> child.forEach(each));
    }

    /** All keys with their values, in the order of the keys. */
    public void forEach(BiConsumer<String, V> each) {
        forEach("", each);
    }

    private void forEach(String before, BiConsumer<String, V> each) {
        String key = before + label;
        value.ifPresent(found -> each.accept(key, found));
        children.forEach(child -> child.forEach(key, each));
    }

    /** The same with another value for the key; an empty one removes it. */
    public PrefixTree<V> with(String key, Optional<V> newValue) {
        if (key.isEmpty()) {
            return new PrefixTree<>(label, newValue, children);
        }
        int child = childFor(key.charAt(0));
        if (child < 0) {
            return newValue.isEmpty() ? this : withChild(-child - 1, false, new PrefixTree<>(key, newValue, List.of()));
        }
        PrefixTree<V> old = children.get(child);
        int common = common(old.label, key);
        if (common == old.label.length()) {
            return withChild(child, true, old.with(key.substring(common), newValue).folded());
        }
        if (newValue.isEmpty()) {
            return this;
        }
        PrefixTree<V> lower = new PrefixTree<>(old.label.substring(common), old.value, old.children);
        PrefixTree<V> fork = new PrefixTree<>(old.label.substring(0, common), Optional.empty(), List.of(lower));
        return withChild(child, true, fork.with(key.substring(common), newValue));
    }

    /** Itself, or its only child in its place, so that no node is there without need. */
    private PrefixTree<V> folded() {
        if (value.isPresent() || children.size() != 1) {
            return this;
        }
        PrefixTree<V> only = children.getFirst();
        return new PrefixTree<>(label + only.label, only.value, only.children);
    }

    private PrefixTree<V> withChild(int at, boolean replaces, PrefixTree<V> child) {
        List<PrefixTree<V>> next = new ArrayList<>(children.size() + 1);
        next.addAll(children.subList(0, at));
        if (!child.isEmpty()) {
            next.add(child);
        }
        next.addAll(children.subList(replaces ? at + 1 : at, children.size()));
        return new PrefixTree<>(label, value, List.copyOf(next));
    }

    /** Its place, or the negative of its place to be, less one. */
    private int childFor(char first) {
        int low = 0;
        int high = children.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            char there = children.get(middle).label.charAt(0);
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

    private static int common(String a, String b) {
        int most = Math.min(a.length(), b.length());
        int at = 0;
        while (at < most && a.charAt(at) == b.charAt(at)) {
            at++;
        }
        return at;
    }
}
