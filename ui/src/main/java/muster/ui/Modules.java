package muster.ui;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which modules a page of the application needs to be drawn: those that every page has, and those that its own module imports. What a
 * module asks for while it runs is not counted. Pure and immutable.
 */
final class Modules {
    private record Page(String module, List<String> reads) {}

    private static final String MAIN = "js/main.js";
    /** The page at a datacenter's name alone. */
    private static final String DATACENTER = "services";
    private static final Pattern IMPORT = Pattern.compile("(?m)(?:\\bfrom|^import)\\s*[\"']([^\"']+)[\"']");
    private static final Pattern MAPPED = Pattern.compile("\"([^\"]+)\":\"\\{\\{assets}}/([^\"]+)\"");

    private final Map<String, Set<String>> imports = new HashMap<>();
    private final Map<String, Page> pages = new LinkedHashMap<>();
    private final List<String> always;

    /**
     * @param texts of the modules by their names
     * @param pages a line for each page: the word of its address that tells it, with a slash where another word has to follow, its module, and its first reads as
     *     {@code PART:PATH}
     * @param index the page with the import map
     */
    Modules(Map<String, String> texts, String pages, String index) {
        Map<String, String> named = new HashMap<>();
        Matcher mapped = MAPPED.matcher(index);
        while (mapped.find()) {
            named.put(mapped.group(1), mapped.group(2));
        }
        texts.forEach((name, text) -> imports.put(name, importsOf(name, text, named, texts.keySet())));
        pages.lines().map(line -> List.of(line.split(" "))).forEach(line -> this.pages.put(line.getFirst(), new Page(line.get(1), line.subList(2, line.size()))));
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

    /** The modules for an address inside the application. */
    Set<String> of(String path, String home) {
        Set<String> needed = new LinkedHashSet<>(always);
        page(path, home).ifPresent(page -> needed.addAll(reached(page.module())));
        return needed;
    }

    /**
     * What the page at an address reads first, as {@code PART:PATH}; nothing where it stands below another datacenter than the own.
     *
     * @param own the registry's own datacenter
     */
    List<String> reads(String path, String home, String own) {
        String first = path.split("/")[0];
        return pages.containsKey(first) || first.isEmpty() || first.equals(own) ? page(path, home).map(Page::reads).orElse(List.of()) : List.of();
    }

    /**
     * The page of an address: its first word tells it, or its second where the first is a datacenter's.
     *
     * @param path without a slash at its beginning
     * @param home the word of the page on which the application opens
     */
    private Optional<Page> page(String path, String home) {
        List<String> words = path.isEmpty() ? List.of(home) : List.of(path.split("/"));
        int at = pages.containsKey(words.getFirst()) || words.size() == 1 ? 0 : 1;
        String word = words.get(at);
        if (at == 0 && !pages.containsKey(word)) {
            return Optional.of(pages.get(DATACENTER));
        }
        Page deeper = words.size() > at + 1 ? pages.get(word + "/") : null;
        return Optional.ofNullable(deeper == null ? pages.get(word) : deeper);
    }
}
