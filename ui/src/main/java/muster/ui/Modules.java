package muster.ui;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which modules a page of the application needs to be drawn: those that every page has, and those that its own module imports. What a
 * module asks for while it runs is not counted. Pure and immutable.
 */
final class Modules {
    private static final String MAIN = "js/main.js";
    private static final Pattern IMPORT = Pattern.compile("(?m)(?:\\bfrom|^import)\\s*[\"']([^\"']+)[\"']");
    private static final Pattern MAPPED = Pattern.compile("\"([^\"]+)\":\"\\{\\{assets}}/([^\"]+)\"");

    private final Map<String, Set<String>> imports = new HashMap<>();
    private final Map<String, String> pages = new LinkedHashMap<>();
    private final List<String> always;

    /**
     * @param texts of the modules by their names
     * @param pages a line for each page: the word of its address that tells it, with a slash where another word has to follow, and its module
     * @param index the page with the import map
     */
    Modules(Map<String, String> texts, String pages, String index) {
        Map<String, String> named = new HashMap<>();
        Matcher mapped = MAPPED.matcher(index);
        while (mapped.find()) {
            named.put(mapped.group(1), mapped.group(2));
        }
        texts.forEach((name, text) -> imports.put(name, importsOf(name, text, named, texts.keySet())));
        pages.lines().map(line -> line.split(" ")).forEach(line -> this.pages.put(line[0], line[1]));
        always = List.copyOf(reached(MAIN));
    }

    private static Set<String> importsOf(String name, String text, Map<String, String> named, Set<String> known) {
        Set<String> found = new LinkedHashSet<>();
        Matcher matcher = IMPORT.matcher(text);
        while (matcher.find()) {
            String wanted = matcher.group(1);
            String file = wanted.startsWith(".") ? java.net.URI.create(name).resolve(wanted).toString() : named.getOrDefault(wanted, "");
            if (known.contains(file)) {
                found.add(file);
            }
        }
        return found;
    }

    private Set<String> reached(String module) {
        Set<String> found = new LinkedHashSet<>(Set.of(module));
        Deque<String> open = new ArrayDeque<>(found);
        while (!open.isEmpty()) {
            for (String next : imports.getOrDefault(open.pop(), Set.of())) {
                if (found.add(next)) {
                    open.add(next);
                }
            }
        }
        return found;
    }

    /**
     * The modules for an address inside the application: its first word tells the page, or its second where the first is a datacenter's.
     *
     * @param path without a slash at its beginning
     * @param home the word of the page on which the application opens
     */
    Set<String> of(String path, String home) {
        String[] words = path.split("/");
        String word = words.length > 1 && pages.containsKey(words[0] + "/") ? words[0] + "/"
                : pages.containsKey(words[0]) ? words[0]
                : words.length > 1 ? words[1]
                : words[0].isEmpty() ? home : "services";
        Set<String> needed = new LinkedHashSet<>(always);
        if (pages.containsKey(word)) {
            needed.addAll(reached(pages.get(word)));
        }
        return needed;
    }
}
