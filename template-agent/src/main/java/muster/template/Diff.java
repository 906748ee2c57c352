package muster.template;

import java.util.ArrayList;
import java.util.List;

/** Differences of two texts by lines, as {@code diff -u} shows them. Pure. */
final class Diff {
    private static final int CONTEXT = 3;
    /** Above this many pairs of lines, what differs is shown as one piece. */
    private static final long MOST_PAIRS = 4_000_000;

    private Diff() {}

    private record Line(char mark, String text) {}

    /** Empty for equal texts. */
    static String unified(String before, String after) {
        if (before.equals(after)) {
            return "";
        }
        List<Line> lines = lines(split(before), split(after));
        StringBuilder out = new StringBuilder();
        int at = 0;
        int oldLine = 1;
        int newLine = 1;
        while (at < lines.size()) {
            int change = at;
            while (change < lines.size() && lines.get(change).mark() == ' ') {
                change++;
            }
            if (change == lines.size()) {
                break;
            }
            int begin = Math.max(at, change - CONTEXT);
            oldLine += begin - at;
            newLine += begin - at;
            int end = end(lines, change);
            hunk(lines.subList(begin, end), oldLine, newLine, out);
            for (Line line : lines.subList(begin, end)) {
                oldLine += line.mark() == '+' ? 0 : 1;
                newLine += line.mark() == '-' ? 0 : 1;
            }
            at = end;
        }
        return out.toString();
    }

    /** Behind the last change that is near enough to the one before it, with its context. */
    private static int end(List<Line> lines, int change) {
        int last = change;
        for (int i = change; i < lines.size() && i - last <= 2 * CONTEXT; i++) {
            if (lines.get(i).mark() != ' ') {
                last = i;
            }
        }
        return Math.min(lines.size(), last + CONTEXT + 1);
    }

    private static void hunk(List<Line> lines, int oldLine, int newLine, StringBuilder out) {
        long removed = lines.stream().filter(line -> line.mark() != '+').count();
        long added = lines.stream().filter(line -> line.mark() != '-').count();
        out.append("@@ -").append(removed == 0 ? oldLine - 1 : oldLine).append(',').append(removed)
                .append(" +").append(added == 0 ? newLine - 1 : newLine).append(',').append(added).append(" @@\n");
        for (Line line : lines) {
            out.append(line.mark()).append(line.text());
            if (!line.text().endsWith("\n")) {
                out.append("\n\\ No newline at end of file\n");
            }
        }
    }

    /** Each with its line's end. */
    private static List<String> split(String text) {
        List<String> lines = new ArrayList<>();
        int begin = 0;
        while (begin < text.length()) {
            int end = text.indexOf('\n', begin);
            end = end < 0 ? text.length() : end + 1;
            lines.add(text.substring(begin, end));
            begin = end;
        }
        return lines;
    }

    private static List<Line> lines(List<String> before, List<String> after) {
        int head = 0;
        while (head < before.size() && head < after.size() && before.get(head).equals(after.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < before.size() - head && tail < after.size() - head
                && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
            tail++;
        }
        List<Line> lines = new ArrayList<>();
        before.subList(0, head).forEach(line -> lines.add(new Line(' ', line)));
        middle(before.subList(head, before.size() - tail), after.subList(head, after.size() - tail), lines);
        before.subList(before.size() - tail, before.size()).forEach(line -> lines.add(new Line(' ', line)));
        return lines;
    }

    /** By the longest common subsequence. */
    private static void middle(List<String> before, List<String> after, List<Line> lines) {
        if ((long) before.size() * after.size() > MOST_PAIRS) {
            before.forEach(line -> lines.add(new Line('-', line)));
            after.forEach(line -> lines.add(new Line('+', line)));
            return;
        }
        int[][] length = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                length[i][j] = before.get(i).equals(after.get(j)) ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
            }
        }
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                lines.add(new Line(' ', before.get(i++)));
                j++;
            } else if (j == after.size() || i < before.size() && length[i + 1][j] >= length[i][j + 1]) {
                lines.add(new Line('-', before.get(i++)));
            } else {
                lines.add(new Line('+', after.get(j++)));
            }
        }
    }
}
