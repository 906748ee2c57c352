package muster.lb.traefik;

import java.util.Optional;
import java.util.Set;
import muster.lb.route.PrefixTree;

/** Which routers use what, by keys such as {@link TraefikTable#user}, while a table is made. One use, one thread. */
final class Users {
    private PrefixTree<PrefixTree<Boolean>> tree;

    Users(PrefixTree<PrefixTree<Boolean>> before) {
        tree = before;
    }

    void add(String key, String router) {
        tree = tree.with(key, Optional.of(tree.get(key).orElse(PrefixTree.empty()).with(router, Optional.of(true))));
    }

    void remove(String key, String router) {
        PrefixTree<Boolean> left = tree.get(key).orElse(PrefixTree.empty()).with(router, Optional.empty());
        tree = tree.with(key, left.isEmpty() ? Optional.empty() : Optional.of(left));
    }

    boolean has(String key) {
        return tree.get(key).isPresent();
    }

    /** Adds the routers under a key to those that were found already. */
    void addTo(Set<String> found, String key) {
        tree.get(key).ifPresent(all -> all.forEach((router, yes) -> found.add(router)));
    }

    PrefixTree<PrefixTree<Boolean>> tree() {
        return tree;
    }
}
