package muster.registry.client.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Decodes the answers of one watch, each of which is mostly what the one before was: of a JSON array, elements whose bytes did
 * not change are the same objects as before, and only the bytes between the first and the last difference are looked at. A long
 * list with one change so costs a comparison of bytes. One thread owns it.
 */
final class ListMemory {
    /** Longer answers are decoded whole, so that no watch holds more than this twice. */
    private static final int LONGEST = 8 << 20;

    private byte[] body = {};
    /** Begin and end, alternating, of each element in the body. */
    private int[] edges = {};
    private List<?> elements = List.of();

    /**
     * @param body of an answer
     * @param decoder for an array of the same kind in every call; it throws for what can't be read
     */
    <E> List<E> decode(byte[] next, Function<byte[], List<E>> decoder) {
        @SuppressWarnings("unchecked") // one watch, one kind of element
        List<E> before = (List<E>) elements;
        if (Arrays.equals(body, next) && !before.isEmpty()) {
            return before;
        }
        int head = sameHead(next);
        int tail = sameTail(next, head);
        int from = head == 0 ? 0 : edges[2 * head - 1];
        int to = tail == 0 ? next.length : next.length - (body.length - edges[2 * (before.size() - tail)]);
        int[] middle = edges(next, from, to, head > 0, tail > 0);
        List<E> changed = middle == null ? List.of() : decoded(next, middle, decoder);
        if (middle == null || changed.size() != middle.length / 2) {
            head = 0;
            tail = 0;
            middle = edges(next, 0, next.length, false, false);
            changed = decoder.apply(next);
        }
        if (middle == null || changed.size() != middle.length / 2 || next.length > LONGEST) {
            forget();
            return decoder.apply(next);
        }
        List<E> all = new ArrayList<>(head + changed.size() + tail);
        all.addAll(before.subList(0, head));
        all.addAll(changed);
        all.addAll(before.subList(before.size() - tail, before.size()));
        int[] moved = Arrays.copyOfRange(edges, edges.length - 2 * tail, edges.length);
        for (int i = 0; i < moved.length; i++) {
            moved[i] += next.length - body.length;
        }
        int[] joined = Arrays.copyOf(edges, 2 * head + middle.length + moved.length);
        System.arraycopy(middle, 0, joined, 2 * head, middle.length);
        System.arraycopy(moved, 0, joined, 2 * head + middle.length, moved.length);
        body = next;
        edges = joined;
        List<E> whole = List.copyOf(all);
        elements = whole;
        return whole;
    }

    private void forget() {
        body = new byte[0];
        edges = new int[0];
        elements = List.of();
    }

    private static <E> List<E> decoded(byte[] body, int[] edges, Function<byte[], List<E>> decoder) {
        if (edges.length == 0) {
            return List.of();
        }
        int from = edges[0];
        int to = edges[edges.length - 1];
        byte[] array = new byte[to - from + 2];
        array[0] = '[';
        System.arraycopy(body, from, array, 1, to - from);
        array[array.length - 1] = ']';
        return decoder.apply(array);
    }

    /** How many elements at the beginning end before the first difference. */
    private int sameHead(byte[] next) {
        int difference = Arrays.mismatch(body, next);
        int low = 0;
        int high = edges.length / 2;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (edges[2 * middle + 1] <= difference) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** How many elements at the end begin after the last difference and after the head. */
    private int sameTail(byte[] next, int head) {
        int least = head == 0 ? 0 : edges[2 * head - 1];
        int most = Math.min(body.length, next.length) - least;
        int same = 0;
        while (same < most && body[body.length - 1 - same] == next[next.length - 1 - same]) {
            same++;
        }
        int count = 0;
        int elementCount = edges.length / 2;
        while (count < elementCount - head && edges[2 * (elementCount - count - 1)] >= body.length - same) {
            count++;
        }
        return count;
    }

    /**
     * The edges of the elements in this part of an array, or null where it is no such part: then nothing may be taken from before.
     *
     * @param open whether the array was begun before
     * @param goesOn whether it is ended after
     */
    private static int[] edges(byte[] body, int from, int to, boolean open, boolean goesOn) {
        int[] edges = new int[16];
        int count = 0;
        int depth = open ? 1 : 0;
        boolean quoted = false;
        for (int i = from; i < to; i++) {
            byte b = body[i];
            if (quoted) {
                if (b == '\\') {
                    i++;
                } else if (b == '"') {
                    quoted = false;
                }
                continue;
            }
            switch (b) {
                case '"' -> quoted = true;
                case '[', '{' -> {
                    if (depth++ == 1) {
                        if (b != '{') {
                            return null;
                        }
                        edges = count + 2 > edges.length ? Arrays.copyOf(edges, edges.length * 2) : edges;
                        edges[count++] = i;
                    } else if (depth == 1 && b != '[') {
                        return null;
                    }
                }
                case ']', '}' -> {
                    if (--depth == 1) {
                        edges[count++] = i + 1;
                    }
                }
                default -> { }
            }
        }
        return quoted || depth != (goesOn ? 1 : 0) || count % 2 != 0 ? null : Arrays.copyOf(edges, count);
    }
}
