package muster.scheduler.broker;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One entry of a field of a cron expression: every {@code by}th number from one to another, both included. Pure.
 *
 * @param by at least 1
 */
record CronRange(int from, int to, int by) {
    /**
     * Reads {@code *}, {@code ?}, a number, a range, each with a step; throws {@link IllegalArgumentException} for anything else.
     *
     * @param names that stand for numbers from {@code min} on, their first three letters in lower case
     */
    static CronRange of(String text, int min, int max, List<String> names) {
        String[] step = text.split("/", 2);
        String[] ends = step[0].split("-", 2);
        boolean all = step[0].equals("*") || step[0].equals("?");
        int from = all ? min : number(ends[0], min, names, text);
        int to = all ? max : ends.length == 2 ? number(ends[1], min, names, text) : step.length == 2 ? max : from;
        int by = step.length == 2 ? number(step[1], 0, List.of(), text) : 1;
        require(from >= min && to <= max && from <= to && by >= 1, text);
        return new CronRange(from, to, by);
    }

    /** The entries of a field, without empty ones; throws {@link IllegalArgumentException} where there is none. */
    static List<String> entries(String field) {
        List<String> entries = Arrays.stream(field.split(",")).filter(entry -> !entry.isEmpty()).toList();
        require(!entries.isEmpty(), field);
        return entries;
    }

    boolean holds(int number) {
        return number >= from && number <= to && (number - from) % by == 0;
    }

    static void require(boolean holds, String text) {
        if (!holds) {
            throw new IllegalArgumentException("syntax error in field: '" + text + "'");
        }
    }

    /** The number of a name or of digits. */
    static int number(String text, int min, List<String> names, String entry) {
        String lower = text.toLowerCase(Locale.ROOT);
        int name = lower.length() < 3 ? -1 : names.indexOf(lower.substring(0, 3));
        if (name >= 0) {
            return name + min;
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            require(false, entry);
            throw e;
        }
    }
}
