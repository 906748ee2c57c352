package muster.hcl.function;

import static muster.hcl.function.Definitions.string;
import static muster.hcl.function.Definitions.text;

import java.time.DateTimeException;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import muster.hcl.FunctionException;
import muster.hcl.Value;
import muster.wire.GoDuration;

/** Times in RFC 3339 form. */
final class TimeFunctions {
    private TimeFunctions() {}

    static void define(Definitions d, InstantSource clock) {
        d.values("timestamp", _ -> Value.string(clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()));
        d.values("timeadd", TimeFunctions::add, text("timestamp"), text("duration"));
        d.values("formatdate", TimeFunctions::format, text("format"), text("time"));
    }

    private static OffsetDateTime time(List<Value> a, int i) throws FunctionException {
        try {
            return OffsetDateTime.parse(string(a, i));
        } catch (DateTimeException e) {
            throw new FunctionException(i, "not a valid RFC3339 timestamp: \"" + string(a, i) + "\"");
        }
    }

    private static Value add(List<Value> a) throws FunctionException {
        OffsetDateTime time = time(a, 0);
        try {
            return Value.string(rfc3339(time.plus(GoDuration.parse(string(a, 1)))));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new FunctionException(1, e.getMessage());
        }
    }

    private static String rfc3339(OffsetDateTime time) {
        return DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssXXX", Locale.ROOT).format(time);
    }

    private static Value format(List<Value> a) throws FunctionException {
        String pattern = string(a, 0);
        OffsetDateTime time = time(a, 1);
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < pattern.length()) {
            char c = pattern.charAt(i);
            if (c == '\'') {
                i = literal(pattern, i, out);
            } else if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
                int end = i;
                while (end < pattern.length() && pattern.charAt(end) == c) {
                    end++;
                }
                out.append(field(pattern.substring(i, end), time));
                i = end;
            } else {
                out.append(c);
                i++;
            }
        }
        return Value.string(out.toString());
    }

    /** Text between single quotes, a doubled quote standing for one; returns where it ends. */
    private static int literal(String pattern, int start, StringBuilder out) throws FunctionException {
        int i = start + 1;
        while (i < pattern.length()) {
            if (pattern.charAt(i) != '\'') {
                out.append(pattern.charAt(i++));
            } else if (i + 1 < pattern.length() && pattern.charAt(i + 1) == '\'') {
                out.append('\'');
                i += 2;
            } else {
                return i + 1;
            }
        }
        throw new FunctionException(0, "unterminated literal '");
    }

    private static String field(String verb, OffsetDateTime time) throws FunctionException {
        return switch (verb) {
            case "YYYY" -> String.format("%04d", time.getYear());
            case "YY" -> String.format("%02d", time.getYear() % 100);
            case "MMMM" -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case "MMM" -> time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case "MM" -> String.format("%02d", time.getMonthValue());
            case "M" -> Integer.toString(time.getMonthValue());
            case "DD" -> String.format("%02d", time.getDayOfMonth());
            case "D" -> Integer.toString(time.getDayOfMonth());
            case "EEEE" -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case "EEE" -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case "hh" -> String.format("%02d", time.getHour());
            case "h" -> Integer.toString(time.getHour());
            case "HH" -> String.format("%02d", twelve(time));
            case "H" -> Integer.toString(twelve(time));
            case "AA" -> time.getHour() >= 12 ? "PM" : "AM";
            case "aa" -> time.getHour() >= 12 ? "pm" : "am";
            case "mm" -> String.format("%02d", time.getMinute());
            case "m" -> Integer.toString(time.getMinute());
            case "ss" -> String.format("%02d", time.getSecond());
            case "s" -> Integer.toString(time.getSecond());
            case "ZZZZZ" -> offset(time, "%s%02d:%02d");
            case "ZZZZ" -> offset(time, "%s%02d%02d");
            case "ZZZ" -> time.getOffset().equals(ZoneOffset.UTC) ? "UTC" : offset(time, "%s%02d%02d");
            case "Z" -> time.getOffset().equals(ZoneOffset.UTC) ? "Z" : offset(time, "%s%02d:%02d");
            default ->
                throw new FunctionException(0, "invalid date format verb \"" + verb + "\"");
        };
    }

    private static int twelve(OffsetDateTime time) {
        int hour = time.getHour() % 12;
        return hour == 0 ? 12 : hour;
    }

    private static String offset(OffsetDateTime time, String form) {
        int seconds = time.getOffset().getTotalSeconds();
        return String.format(form, seconds < 0 ? "-" : "+", Math.abs(seconds) / 3600, Math.abs(seconds) / 60 % 60);
    }
}
