package muster.template.function;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import muster.template.language.FunctionException;
import muster.wire.GoQuote;

/** Reads a time by a layout, as Go's {@code time.Parse} does; a time without a zone is in UTC. For one use by one thread. */
final class LayoutParser {
    private static final List<String> MONTHS = Stream.of(java.time.Month.values())
            .map(month -> month.getDisplayName(java.time.format.TextStyle.FULL, Locale.ENGLISH)).toList();
    private static final List<String> DAYS = Stream.of(java.time.DayOfWeek.values())
            .map(day -> day.getDisplayName(java.time.format.TextStyle.FULL, Locale.ENGLISH)).toList();
    private static final Pattern FRACTION = Pattern.compile("[.,](\\d+)");
    private static final Pattern OFFSET = Pattern.compile("([+-])(\\d\\d)(?::?(\\d\\d))?(?::?(\\d\\d))?");
    private static final Pattern ZONE = Pattern.compile("UTC|GMT|[A-Z]{3,5}");

    private final String layout;
    private final String text;
    private int at;
    private int year;
    private int month = 1;
    private int day = 1;
    private int dayOfYear;
    private int hour;
    private int minute;
    private int second;
    private int nanos;
    private boolean afternoon;
    private boolean forenoon;
    private ZoneOffset offset = ZoneOffset.UTC;

    private LayoutParser(String layout, String text) {
        this.layout = layout;
        this.text = text;
    }

    /** Throws what Go says of a text that does not fit. */
    static OffsetDateTime parse(String layout, String text) {
        return new LayoutParser(layout, text).parse();
    }

    private OffsetDateTime parse() {
        int inLayout = 0;
        while (inLayout < layout.length()) {
            int fraction = GoLayout.fractionLength(layout, inLayout);
            String element = GoLayout.pieceAt(layout, inLayout);
            if (fraction > 1) {
                if (layout.charAt(inLayout + 1) == '0' || fits(FRACTION)) {
                    fraction(layout.substring(inLayout, inLayout + fraction));
                }
                inLayout += fraction;
            } else if (element != null) {
                element(element);
                inLayout += element.length();
                boolean seconds = element.equals("05") || element.equals("5");
                if (seconds && fits(FRACTION) && (inLayout == layout.length() || GoLayout.fractionLength(layout, inLayout) == 0)) {
                    fraction(element);
                }
            } else {
                if (at >= text.length() || text.charAt(at) != layout.charAt(inLayout)) {
                    throw failure(layout.substring(inLayout));
                }
                at++;
                inLayout++;
            }
        }
        if (at < text.length()) {
            throw new FunctionException("parsing time " + GoQuote.quote(text) + ": extra text: " + GoQuote.quote(text.substring(at)));
        }
        return time();
    }

    private void element(String element) {
        switch (element) {
            case "2006" -> year = number(4, 4, element);
            case "06" -> {
                int two = number(2, 2, element);
                year = two >= 69 ? 1_900 + two : 2_000 + two;
            }
            case "January" -> month = name(MONTHS, false, element);
            case "Jan" -> month = name(MONTHS, true, element);
            case "Monday" -> name(DAYS, false, element);
            case "Mon" -> name(DAYS, true, element);
            case "01" -> month = number(2, 2, element);
            case "1" -> month = number(1, 2, element);
            case "02" -> day = number(2, 2, element);
            case "2" -> day = number(1, 2, element);
            case "_2" -> day = padded(element);
            case "002" -> dayOfYear = number(3, 3, element);
            case "__2" -> dayOfYear = padded(element);
            case "15", "3" -> hour = number(1, 2, element);
            case "03" -> hour = number(2, 2, element);
            case "04" -> minute = number(2, 2, element);
            case "4" -> minute = number(1, 2, element);
            case "05" -> second = number(2, 2, element);
            case "5" -> second = number(1, 2, element);
            case "PM", "pm" -> half(element);
            case "MST" -> zoneName(element);
            default -> zone(element);
        }
    }

    private int padded(String element) {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return number(1, element.length(), element);
    }

    private int number(int least, int most, String element) {
        int end = at;
        while (end < text.length() && end - at < most && Character.digit(text.charAt(end), 10) >= 0) {
            end++;
        }
        if (end - at < least) {
            throw failure(element);
        }
        int number = Integer.parseInt(text.substring(at, end));
        at = end;
        return number;
    }

    private int name(List<String> names, boolean cut, String element) {
        for (int i = 0; i < names.size(); i++) {
            String name = cut ? names.get(i).substring(0, 3) : names.get(i);
            if (text.regionMatches(true, at, name, 0, name.length())) {
                at += name.length();
                return i + 1;
            }
        }
        throw failure(element);
    }

    private void half(String element) {
        String marks = text.substring(at, Math.min(at + 2, text.length()));
        if (!marks.equals(element) && !marks.equals(element.equals("PM") ? "AM" : "am")) {
            throw failure(element);
        }
        afternoon = marks.equalsIgnoreCase("PM");
        forenoon = !afternoon;
        at += 2;
    }

    private void fraction(String element) {
        Matcher digits = FRACTION.matcher(text).region(at, text.length());
        if (!digits.lookingAt()) {
            throw failure(element);
        }
        nanos = Integer.parseInt((digits.group(1) + "000000000").substring(0, 9));
        at = digits.end();
    }

    private void zoneName(String element) {
        Matcher name = ZONE.matcher(text).region(at, text.length());
        if (!name.lookingAt()) {
            throw failure(element);
        }
        at = name.end();
    }

    /** Elements like {@code -0700} and {@code Z07:00}. */
    private void zone(String element) {
        if (element.startsWith("Z") && at < text.length() && text.charAt(at) == 'Z') {
            at++;
            return;
        }
        Matcher found = OFFSET.matcher(text).region(at, Math.min(text.length(), at + element.length()));
        if (!found.lookingAt() || found.end() - at != element.length()) {
            throw failure(element);
        }
        int sign = found.group(1).equals("-") ? -1 : 1;
        try {
            offset = ZoneOffset.ofHoursMinutesSeconds(sign * Integer.parseInt(found.group(2)), sign * part(found.group(3)), sign * part(found.group(4)));
        } catch (DateTimeException e) {
            throw failure(element);
        }
        at = found.end();
    }

    private static int part(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private boolean fits(Pattern pattern) {
        return pattern.matcher(text).region(at, text.length()).lookingAt();
    }

    private OffsetDateTime time() {
        check(month >= 1 && month <= 12, "month");
        check(hour < 24, "hour");
        check(minute < 60, "minute");
        check(second < 60, "second");
        hour = afternoon && hour < 12 ? hour + 12 : forenoon && hour == 12 ? 0 : hour;
        try {
            LocalDateTime start = LocalDateTime.of(year, month, dayOfYear > 0 ? 1 : day, hour, minute, second, nanos);
            return (dayOfYear > 0 ? start.withDayOfYear(dayOfYear) : start).atOffset(offset);
        } catch (DateTimeException e) {
            throw new FunctionException("parsing time " + GoQuote.quote(text) + (dayOfYear > 0 ? ": day-of-year out of range" : ": day out of range"));
        }
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw new FunctionException("parsing time " + GoQuote.quote(text) + ": " + what + " out of range");
        }
    }

    private FunctionException failure(String element) {
        return new FunctionException("parsing time " + GoQuote.quote(text) + " as " + GoQuote.quote(layout) + ": cannot parse "
                + GoQuote.quote(text.substring(Math.min(at, text.length()))) + " as " + GoQuote.quote(element));
    }
}
