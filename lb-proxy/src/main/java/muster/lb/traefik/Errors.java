package muster.lb.traefik;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import muster.lb.route.PrefixTree;

/** Why services and middlewares can't be used, while a table is made. One use, one thread. */
final class Errors {
    private PrefixTree<String> tree;

    Errors(PrefixTree<String> before) {
        tree = before;
    }

    Optional<String> of(Kind kind, String name) {
        return tree.get(TraefikTable.user(kind, name));
    }

    void put(Kind kind, String name, String why) {
        tree = tree.with(TraefikTable.user(kind, name), Optional.of(why));
    }

    void clear(Kind kind, String name) {
        tree = tree.with(TraefikTable.user(kind, name), Optional.empty());
    }

    void clear(Kind kind) {
        failing(kind).forEach(name -> clear(kind, name));
    }

    /** The names of what there is of a kind that can't be used. */
    Set<String> failing(Kind kind) {
        String prefix = TraefikTable.user(kind, "");
        Set<String> names = new HashSet<>();
        tree.forEach((key, why) -> {
            if (key.startsWith(prefix)) {
                names.add(key.substring(prefix.length()));
            }
        });
        return names;
    }

    PrefixTree<String> tree() {
        return tree;
    }
}
