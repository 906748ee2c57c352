package muster.lb.exchange;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Header lines in their order; names compare without case, repeated lines stay separate. Mutable, for one request, used by one
 * thread at a time. The busiest type of the data path: one array that is made with the first line, and names are compared by identity
 * first, since those that are common come as constants.
 */
public final class HeaderList {
    private static final String[] NONE = {};
    private static final int FIRST_ROOM = 8;

    /** Each line's name, then its value. */
    private String[] lines;
    private int size;

    public HeaderList() {
        lines = NONE;
    }

    /** An empty list with room for so many lines. */
    public HeaderList(int room) {
        lines = new String[room * 2];
    }

    /** A list with the same lines, and room for a few more. */
    public HeaderList copy() {
        HeaderList copy = new HeaderList(size + 8);
        System.arraycopy(lines, 0, copy.lines, 0, size * 2);
        copy.size = size;
        return copy;
    }

    /** The number of lines. */
    public int size() {
        return size;
    }

    /** The name of a line, counted from 0. */
    public String name(int line) {
        return lines[line * 2];
    }

    /** The value of a line, counted from 0. */
    public String value(int line) {
        return lines[line * 2 + 1];
    }

    /** Appends a line. */
    public HeaderList add(String name, String value) {
        int at = size * 2;
        if (at == lines.length) {
            lines = Arrays.copyOf(lines, Math.max(FIRST_ROOM * 2, at * 2));
        }
        lines[at] = name;
        lines[at + 1] = value;
        size++;
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
        int kept = indexOf(name);
        if (kept < 0) {
            return this;
        }
        for (int i = kept + 1; i < size; i++) {
            if (!isSame(name(i), name)) {
                move(i, kept++);
            }
        }
        return cut(kept);
    }

    /** Removes all lines whose lower-case names start so. */
    public HeaderList removeStartingWith(String lowerCasePrefix) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (!name(i).regionMatches(true, 0, lowerCasePrefix, 0, lowerCasePrefix.length())) {
                move(i, kept++);
            }
        }
        return cut(kept);
    }

    public boolean has(String name) {
        return indexOf(name) >= 0;
    }

    /** The first line's value. */
    public Optional<String> first(String name) {
        int at = indexOf(name);
        return at < 0 ? Optional.empty() : Optional.of(value(at));
    }

    /** All lines' values, in order. */
    public List<String> all(String name) {
        int at = indexOf(name);
        if (at < 0) {
            return List.of();
        }
        List<String> found = new ArrayList<>(2);
        for (int i = at; i < size; i++) {
            if (isSame(name(i), name)) {
                found.add(value(i));
            }
        }
        return found;
    }

    /** The members of a header that is a list: all lines cut at commas, without blanks and empty members. */
    public List<String> members(String name) {
        int at = indexOf(name);
        if (at < 0) {
            return List.of();
        }
        if (value(at).indexOf(',') < 0 && !isRepeated(name, at)) {
            return value(at).isBlank() ? List.of() : List.of(value(at).strip());
        }
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
        if (!has(name)) {
            return false;
        }
        for (String one : members(name)) {
            if (one.equalsIgnoreCase(member)) {
                return true;
            }
        }
        return false;
    }

    public void forEach(BiConsumer<String, String> line) {
        for (int i = 0; i < size; i++) {
            line.accept(name(i), value(i));
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

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        forEach((name, value) -> out.append(name).append(": ").append(value).append('\n'));
        return out.toString();
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

    private boolean isRepeated(String name, int first) {
        for (int i = first + 1; i < size; i++) {
            if (isSame(name(i), name)) {
                return true;
            }
        }
        return false;
    }

    private HeaderList cut(int kept) {
        Arrays.fill(lines, kept * 2, size * 2, null);
        size = kept;
        return this;
    }

    private void move(int from, int to) {
        lines[to * 2] = lines[from * 2];
        lines[to * 2 + 1] = lines[from * 2 + 1];
    }

    private int indexOf(String name) {
        for (int i = 0; i < size; i++) {
            if (isSame(lines[i * 2], name)) {
                return i;
            }
        }
        return -1;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(String one, String other) {
        return one == other || one.length() == other.length() && one.equalsIgnoreCase(other);
    }
}
