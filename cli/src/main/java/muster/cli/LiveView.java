package muster.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Lines that are written over with newer ones, by the escape sequences that all terminals know. Pure: it makes the text that is to be
 * written. Lines are cut at the window's width, and only as many are shown as the window has, since what has left it can't be changed.
 */
final class LiveView {
    private static final String[] SPINNER = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};

    private final int rows;
    private final int columns;
    private int shown;
    private int turns;

    /** For a window of this size; at least 4 rows of 20 columns are assumed. */
    LiveView(int rows, int columns) {
        this.rows = Math.max(4, rows);
        this.columns = Math.max(20, columns);
    }

    /** A sign that moves from one picture to the next, so that one sees that it is still waited. */
    String spinner() {
        return SPINNER[turns++ % SPINNER.length];
    }

    /** What replaces the lines shown before by these. */
    String redraw(String text) {
        List<String> lines = new ArrayList<>();
        text.lines().forEach(line -> lines.add(cut(line)));
        return replace(lines.subList(0, Math.min(lines.size(), rows - 1)));
    }

    /** What replaces the lines shown before by these for good: all of them, as long as they are. */
    String finish(String text) {
        return replace(text.lines().toList());
    }

    private String replace(List<String> lines) {
        String clear = shown == 0 ? "" : "\u001b[" + shown + "A\r\u001b[J";
        shown = lines.size();
        return clear + (lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
    }

    private String cut(String line) {
        return line.codePointCount(0, line.length()) <= columns ? line : line.substring(0, line.offsetByCodePoints(0, columns - 1)) + "…";
    }
}
