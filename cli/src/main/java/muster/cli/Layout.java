package muster.cli;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import muster.wire.GoDuration;
import muster.wire.GoTime;
import muster.wire.Json;

/** Tables, lists of values, times and sizes as the originals print them. Pure. */
final class Layout {
    private static final int SHORT = 8;

    private Layout() {}

    /** Rows of cells parted by {@code |}; columns as wide as their widest cell, two blanks between, {@code <none>} for nothing. */
    static String table(List<String> rows) {
        return columns(rows, "  ", "<none>");
    }

    /** {@code Key|Value} rows as {@code Key = Value}, the keys padded to one width. */
    static String values(List<String> rows) {
        return columns(rows, " = ", "<none>");
    }

    /** As {@link #table} with another glue, and another text for empty cells. */
    static String columns(List<String> rows, String glue, String empty) {
        List<String[]> cells = new ArrayList<>();
        List<Integer> widths = new ArrayList<>();
        for (String row : rows) {
            String[] parts = row.split("\\|", -1);
            for (int i = 0; i < parts.length; i++) {
                parts[i] = parts[i].isEmpty() ? empty : parts[i];
                int width = parts[i].codePointCount(0, parts[i].length());
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
            cells.add(parts);
        }
        StringBuilder out = new StringBuilder();
        for (String[] parts : cells) {
            if (!out.isEmpty()) {
                out.append('\n');
            }
            for (int i = 0; i < parts.length; i++) {
                out.append(parts[i]);
                if (i < parts.length - 1) {
                    out.repeat(' ', widths.get(i) - parts[i].codePointCount(0, parts[i].length())).append(glue);
                }
            }
        }
        return out.toString();
    }

    /** A tree as indented JSON, without a newline at its end. */
    static String json(Object tree) {
        return new String(Json.write(tree, true), StandardCharsets.UTF_8);
    }

    /** An id's first eight characters, or all of it. */
    static String id(String id, boolean whole) {
        return whole || id.length() < SHORT ? id : id.substring(0, SHORT);
    }

    /** RFC 3339 in the given zone, whole seconds; {@code N/A} for no time. */
    static String time(Instant time, ZoneId zone) {
        return time == null ? "N/A" : GoTime.rfc3339(time.truncatedTo(ChronoUnit.SECONDS), zone, false);
    }

    /** How long ago, in the two largest units; {@code <1s ago} for less than a second; "" for no time. */
    static String ago(Instant time, Instant now) {
        if (time == null) {
            return "";
        }
        Duration distance = Duration.between(round(time), round(now));
        String suffix = distance.isNegative() ? " from now" : " ago";
        long seconds = distance.abs().toSeconds();
        long[] sizes = {31_536_000, 2_592_000, 86_400, 3_600, 60, 1};
        String[] units = {"y", "mo", "d", "h", "m", "s"};
        for (int i = 0; i < sizes.length; i++) {
            long whole = seconds / sizes[i];
            if (whole > 0) {
                long part = i + 1 < sizes.length ? seconds % sizes[i] / sizes[i + 1] : 0;
                return whole + units[i] + (part > 0 ? part + units[i + 1] : "") + suffix;
            }
        }
        return "<1s" + suffix;
    }

    /** Nanoseconds as Go prints a duration. */
    static String duration(long nanos) {
        return GoDuration.format(Duration.ofNanos(nanos));
    }

    private static Instant round(Instant time) {
        return time.plusMillis(500).truncatedTo(ChronoUnit.SECONDS);
    }

    /** A size in binary units with at most one digit behind the point, as {@code 49 MiB}. */
    static String bytes(double size) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
        int unit = 0;
        double value = size;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        double shown = Math.floor(value * 10 + 0.5) / 10;
        String digits = value < 10 && unit > 0 ? String.format(java.util.Locale.ROOT, "%.1f", shown)
                : String.format(java.util.Locale.ROOT, "%.0f", Math.floor(value + 0.5));
        return digits + " " + units[unit];
    }
}
