package muster.lb.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Header lines in their order; names compare without case, repeated lines stay separate. Mutable, for one request, used by one
 * thread at a time.
 */
public final class HeaderList {
    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    /** A list with the same lines. */
    public HeaderList copy() {
        HeaderList copy = new HeaderList();
        copy.names.addAll(names);
        copy.values.addAll(values);
        return copy;
    }

    /** Appends a line. */
    public HeaderList add(String name, String value) {
        names.add(name);
        values.add(value);
        return this;
    }

    /** Replaces all lines of the name by one. */
    public HeaderList set(String name, String value) {
        remove(name);
        return add(name, value);
    }

    /** Adds the line if there is none of that name. */
    public HeaderList setIfAbsent(String name, String value) {
        return has(name) ? this : add(name, value);
    }

    /** Removes all lines of the name. */
    public HeaderList remove(String name) {
        for (int i = names.size() - 1; i >= 0; i--) {
            if (names.get(i).equalsIgnoreCase(name)) {
                names.remove(i);
                values.remove(i);
            }
        }
        return this;
    }

    /** Removes all lines whose lower-case names start so. */
    public HeaderList removeStartingWith(String lowerCasePrefix) {
        for (int i = names.size() - 1; i >= 0; i--) {
            if (names.get(i).toLowerCase(Locale.ROOT).startsWith(lowerCasePrefix)) {
                names.remove(i);
                values.remove(i);
            }
        }
        return this;
    }

    public boolean has(String name) {
        return indexOf(name) >= 0;
    }

    /** The first line's value. */
    public Optional<String> first(String name) {
        int at = indexOf(name);
        return at < 0 ? Optional.empty() : Optional.of(values.get(at));
    }

    /** All lines' values, in order. */
    public List<String> all(String name) {
        List<String> found = new ArrayList<>(2);
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(name)) {
                found.add(values.get(i));
            }
        }
        return found;
    }

    /** The members of a header that is a list: all lines cut at commas, without blanks and empty members. */
    public List<String> members(String name) {
        List<String> members = new ArrayList<>();
        for (String line : all(name)) {
            for (String member : line.split(",")) {
                if (!member.isBlank()) {
                    members.add(member.strip());
                }
            }
        }
        return members;
    }

    /** Whether a list header has the member, in any letter case. */
    public boolean hasMember(String name, String member) {
        return members(name).stream().anyMatch(member::equalsIgnoreCase);
    }

    public void forEach(BiConsumer<String, String> line) {
        for (int i = 0; i < names.size(); i++) {
            line.accept(names.get(i), values.get(i));
        }
    }

    /** Go's form of a header's name: the first letter and those after a hyphen upper case, the others lower. */
    public static String canonical(String name) {
        boolean upper = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            char right = upper ? Character.toUpperCase(c) : Character.toLowerCase(c);
            if (c != right && c < 128) {
                return rewritten(name);
            }
            upper = c == '-';
        }
        return name;
    }

    private static String rewritten(String name) {
        StringBuilder out = new StringBuilder(name.length());
        boolean upper = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            out.append(c >= 128 ? c : upper ? Character.toUpperCase(c) : Character.toLowerCase(c));
            upper = c == '-';
        }
        return out.toString();
    }

    private int indexOf(String name) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }
}
