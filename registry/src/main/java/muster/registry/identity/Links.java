package muster.registry.identity;

import java.util.List;
import java.util.Objects;

/** What rows share that carry rights. */
final class Links {
    private Links() {}

    /** A copy without nulls, which JSON may bring. */
    static <T> List<T> copy(List<T> list) {
        return list == null ? List.of() : list.stream().filter(Objects::nonNull).toList();
    }

    static String text(String text) {
        return text == null ? "" : text;
    }
}
