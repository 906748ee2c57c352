package muster.lb.tree;

import java.util.LinkedHashMap;
import java.util.Map;

/** Tags such as {@code http.routers.web.rule=...} as a tree. */
public final class Labels {
    /** Where a section's own value stands, as in {@code sticky=true} beside {@code sticky.cookie.name=x}. */
    static final String OWN = "";

    private Labels() {}

    /** The tree of keys with dots; an index {@code key[0]} is a step of its own. */
    public static Map<String, Object> tree(Map<String, String> labels) {
        Map<String, Object> root = new LinkedHashMap<>();
        labels.forEach((key, value) -> {
            Map<String, Object> at = root;
            for (String word : key.replace("[", ".[").split("\\.", -1)) {
                at = below(at, word);
            }
            at.put(OWN, value);
        });
        return root;
    }

    /** Words that differ in letter case only are one key where the shape has keys; the reader joins them. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> below(Map<String, Object> at, String word) {
        return (Map<String, Object>) at.computeIfAbsent(word.isEmpty() ? "." : word, w -> new LinkedHashMap<String, Object>());
    }
}
