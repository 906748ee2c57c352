package muster.ui;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a JSON list follows from an earlier one: runs of elements that are kept, and new elements between them. A list of two thousand of
 * which one changed is sent as that one, and a page need not draw the others again. Pure.
 *
 * @param json {@code "ops":[[FROM,COUNT],{"v":ELEMENT},…]}, without braces around it
 */
record Delta(byte[] json) {
    /** The difference, or nothing where either is no list or sending the whole is as cheap. */
    static Optional<Delta> between(byte[] before, byte[] after) {
        Optional<List<ByteBuffer>> old = JsonList.elements(before);
        Optional<List<ByteBuffer>> now = old.isEmpty() ? Optional.empty() : JsonList.elements(after);
        if (now.isEmpty()) {
            return Optional.empty();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, "\"ops\":[");
        Map<ByteBuffer, Integer> positions = new HashMap<>();
        for (int i = 0; i < old.get().size(); i++) {
            positions.put(old.get().get(i), i);
        }
        int from = 0;
        int count = 0;
        boolean first = true;
        for (ByteBuffer element : now.get()) {
            Integer known = count > 0 && from + count < old.get().size() && old.get().get(from + count).equals(element)
                    ? Integer.valueOf(from + count)
                    : positions.get(element);
            if (known != null && count > 0 && known == from + count) {
                count++;
                continue;
            }
            first = run(out, from, count, first);
            count = 0;
            if (known != null) {
                from = known;
                count = 1;
            } else {
                write(out, first ? "{\"v\":" : ",{\"v\":");
                out.write(element.array(), element.arrayOffset() + element.position(), element.remaining());
                write(out, "}");
                first = false;
            }
            if (out.size() > after.length) {
                return Optional.empty();
            }
        }
        run(out, from, count, first);
        write(out, "]");
        return out.size() < after.length ? Optional.of(new Delta(out.toByteArray())) : Optional.empty();
    }

    private static boolean run(ByteArrayOutputStream out, int from, int count, boolean first) {
        if (count == 0) {
            return first;
        }
        write(out, (first ? "[" : ",[") + from + "," + count + "]");
        return false;
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The elements of a JSON text, cut out without reading what is in them. */
    static final class JsonList {
        private JsonList() {}

        /** Nothing when the text is no list. The text has to be well-formed. */
        static Optional<List<ByteBuffer>> elements(byte[] json) {
            int at = skipSpace(json, 0);
            if (at >= json.length || json[at] != '[') {
                return Optional.empty();
            }
            List<ByteBuffer> elements = new ArrayList<>();
            int start = skipSpace(json, at + 1);
            int depth = 1;
            for (int i = start; i < json.length; i++) {
                switch (json[i]) {
                    case '"' -> i = endOfText(json, i);
                    case '[', '{' -> depth++;
                    case '}' -> depth--;
                    case ']', ',' -> {
                        depth -= json[i] == ']' ? 1 : 0;
                        if (depth == 0 || depth == 1 && json[i] == ',') {
                            int end = trimmed(json, start, i);
                            if (end > start) {
                                elements.add(ByteBuffer.wrap(json, start, end - start));
                            }
                            start = skipSpace(json, i + 1);
                        }
                    }
                    default -> {
                        // Inside an element.
                    }
                }
            }
            return Optional.of(elements);
        }

        private static int endOfText(byte[] json, int quote) {
            int i = quote + 1;
            while (i < json.length && json[i] != '"') {
                i += json[i] == '\\' ? 2 : 1;
            }
            return i;
        }

        private static int skipSpace(byte[] json, int from) {
            int i = from;
            while (i < json.length && json[i] <= ' ' && json[i] >= 0) {
                i++;
            }
            return i;
        }

        private static int trimmed(byte[] json, int start, int end) {
            int i = end;
            while (i > start && json[i - 1] <= ' ' && json[i - 1] >= 0) {
                i--;
            }
            return i;
        }
    }
}
