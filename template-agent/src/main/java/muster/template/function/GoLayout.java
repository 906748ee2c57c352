package muster.template.function;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Times by Go's layouts, which are written as the time {@code Mon Jan 2 15:04:05 MST 2006} would look. */
final class GoLayout {
    /** A piece of a layout; longer pieces come before those they begin with. */
    private record Element(String layout, java.util.function.Function<ZonedDateTime, String> text) {}

    private static final List<Element> ELEMENTS = List.of(
            new Element("January", t -> t.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH)),
            new Element("Jan", t -> t.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH)),
            new Element("Monday", t -> t.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH)),
            new Element("Mon", t -> t.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH)),
            new Element("MST", t -> t.getOffset().getTotalSeconds() == 0 ? "UTC" : field(t, "zzz")),
            new Element("2006", t -> field(t, "uuuu")),
            new Element("01", t -> field(t, "MM")),
            new Element("002", t -> field(t, "DDD")),
            new Element("02", t -> field(t, "dd")),
            new Element("03", t -> field(t, "hh")),
            new Element("04", t -> field(t, "mm")),
            new Element("05", t -> field(t, "ss")),
            new Element("06", t -> field(t, "uu")),
            new Element("15", t -> field(t, "HH")),
            new Element("__2", t -> String.format("%3d", t.getDayOfYear())),
            new Element("_2006", t -> "_" + field(t, "uuuu")),
            new Element("_2", t -> String.format("%2d", t.getDayOfMonth())),
            new Element("PM", t -> t.getHour() < 12 ? "AM" : "PM"),
            new Element("pm", t -> t.getHour() < 12 ? "am" : "pm"),
            new Element("-07:00:00", t -> field(t, "xxxxx")),
            new Element("-07:00", t -> field(t, "xxx")),
            new Element("-070000", t -> field(t, "xxxx")),
            new Element("-0700", t -> field(t, "xx")),
            new Element("-07", t -> field(t, "x")),
            new Element("Z07:00:00", t -> field(t, "XXXXX")),
            new Element("Z07:00", t -> field(t, "XXX")),
            new Element("Z070000", t -> field(t, "XXXX")),
            new Element("Z0700", t -> field(t, "XX")),
            new Element("Z07", t -> field(t, "X")),
            new Element("1", t -> Integer.toString(t.getMonthValue())),
            new Element("2", t -> Integer.toString(t.getDayOfMonth())),
            new Element("3", t -> field(t, "h")),
            new Element("4", t -> Integer.toString(t.getMinute())),
            new Element("5", t -> Integer.toString(t.getSecond())));
    private static final Map<Character, Boolean> FRACTION_DIGITS = Map.of('0', true, '9', false);

    private GoLayout() {}

    private static String field(ZonedDateTime time, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
    }

    static String format(ZonedDateTime time, String layout) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < layout.length()) {
            int fraction = fractionLength(layout, at);
            if (fraction > 1) {
                out.append(fraction(time, layout.charAt(at), layout.charAt(at + 1), fraction - 1));
                at += fraction;
                continue;
            }
            Element element = elementAt(layout, at);
            if (element == null) {
                out.append(layout.charAt(at++));
            } else {
                out.append(element.text().apply(time));
                at += element.layout().length();
            }
        }
        return out.toString();
    }

    /** The layout's piece at this place, or null where there is plain text. */
    static String pieceAt(String layout, int at) {
        Element element = elementAt(layout, at);
        return element == null ? null : element.layout();
    }

    private static Element elementAt(String layout, int at) {
        for (Element element : ELEMENTS) {
            boolean word = element.layout().equals("Jan") || element.layout().equals("Mon");
            int end = at + element.layout().length();
            boolean inLongerWord = word && end < layout.length() && Character.isLowerCase(layout.charAt(end));
            if (layout.startsWith(element.layout(), at) && !inLongerWord) {
                return element;
            }
        }
        return null;
    }

    /** The length of {@code .000} or {@code ,999} at this place, else 0. No digit may follow. */
    static int fractionLength(String layout, int at) {
        if (layout.charAt(at) != '.' && layout.charAt(at) != ',' || at + 1 == layout.length()
                || !FRACTION_DIGITS.containsKey(layout.charAt(at + 1))) {
            return 0;
        }
        int end = at + 1;
        while (end < layout.length() && layout.charAt(end) == layout.charAt(at + 1)) {
            end++;
        }
        return end < layout.length() && Character.isDigit(layout.charAt(end)) ? 0 : end - at;
    }

    private static String fraction(ZonedDateTime time, char point, char digit, int count) {
        String digits = String.format("%09d", time.getNano()).substring(0, Math.min(count, 9));
        if (FRACTION_DIGITS.get(digit)) {
            return point + digits;
        }
        String trimmed = digits.replaceAll("0+$", "");
        return trimmed.isEmpty() ? "" : point + trimmed;
    }
}
