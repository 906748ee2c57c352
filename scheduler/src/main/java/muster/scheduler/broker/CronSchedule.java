package muster.scheduler.broker;

import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A cron expression: minute, hour, day of month, month, day of week, with an optional seconds field in front and a year at the
 * end, or one of the names ({@code @hourly}). Days of month and of week, when both are given, must both fit.
 */
final class CronSchedule {
    private static final List<String> MONTHS = List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT",
            "NOV", "DEC");
    private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
    private static final int MAX_YEARS = 100;
    private static final int LAST_YEAR = 2099;

    private final BitSet seconds;
    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet daysOfMonth;
    private final BitSet months;
    private final BitSet daysOfWeek;
    private final BitSet years;

    private CronSchedule(String[] f) {
        seconds = field(f[0], 0, 59, List.of());
        minutes = field(f[1], 0, 59, List.of());
        hours = field(f[2], 0, 23, List.of());
        daysOfMonth = field(f[3], 1, 31, List.of());
        months = field(f[4], 1, 12, MONTHS);
        daysOfWeek = field(f[5], 0, 7, DAYS);
        if (daysOfWeek.get(7)) {
            daysOfWeek.set(0);
        }
        years = field(f[6], 1970, LAST_YEAR, List.of());
    }

    /** Throws {@link IllegalArgumentException} naming the field that can't be understood. */
    static CronSchedule parse(String text) {
        String spec = switch (text.strip()) {
            case "@yearly", "@annually" -> "0 0 0 1 1 * *";
            case "@monthly" -> "0 0 0 1 * * *";
            case "@weekly" -> "0 0 0 * * 0 *";
            case "@daily" -> "0 0 0 * * * *";
            case "@hourly" -> "0 0 * * * * *";
            default -> text.strip();
        };
        String[] f = spec.split("\\s+");
        return new CronSchedule(switch (f.length) {
            case 5 -> new String[] {"0", f[0], f[1], f[2], f[3], f[4], "*"};
            case 6 -> new String[] {"0", f[0], f[1], f[2], f[3], f[4], f[5]};
            case 7 -> f;
            default -> throw new IllegalArgumentException("missing field(s)");
        });
    }

    private static BitSet field(String text, int min, int max, List<String> names) {
        BitSet set = new BitSet(max + 1);
        for (String part : text.split(",")) {
            String[] step = part.split("/", 2);
            String[] ends = step[0].split("-", 2);
            boolean all = step[0].equals("*") || step[0].equals("?");
            int from = all ? min : number(ends[0], min, names);
            int to = all ? max : ends.length == 2 ? number(ends[1], min, names) : step.length == 2 ? max : from;
            int by = step.length == 2 ? number(step[1], 0, List.of()) : 1;
            if (from < min || to > max || from > to || by < 1) {
                throw new IllegalArgumentException("syntax error in field: '" + text + "'");
            }
            for (int i = from; i <= to; i += by) {
                set.set(i);
            }
        }
        return set;
    }

    private static int number(String text, int min, List<String> names) {
        int name = names.indexOf(text.toUpperCase(Locale.ROOT));
        try {
            return name >= 0 ? name + min : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("syntax error in field: '" + text + "'");
        }
    }

    /**
     * The first time after this one that fits, in the same zone; empty when there is none within a hundred years. A time that the
     * zone's clocks leave out does not come that day, and one that they show twice comes twice (job specification page "periodic").
     */
    Optional<ZonedDateTime> next(ZonedDateTime after) {
        ZonedDateTime at = after.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        ZonedDateTime end = after.plusYears(MAX_YEARS);
        while (at.isBefore(end) && at.getYear() <= LAST_YEAR) {
            if (!years.get(at.getYear())) {
                at = midnight(at, at.toLocalDate().withDayOfYear(1).plusYears(1));
            } else if (!months.get(at.getMonthValue())) {
                at = midnight(at, at.toLocalDate().withDayOfMonth(1).plusMonths(1));
            } else if (!daysOfMonth.get(at.getDayOfMonth()) || !daysOfWeek.get(at.getDayOfWeek().getValue() % 7)) {
                at = midnight(at, at.toLocalDate().plusDays(1));
            } else if (!hours.get(at.getHour())) {
                at = changed(at, at.plusSeconds(3_600L - at.getMinute() * 60L - at.getSecond()));
            } else if (!minutes.get(at.getMinute())) {
                at = at.plusSeconds(60L - at.getSecond());
            } else if (!seconds.get(at.getSecond())) {
                at = at.plusSeconds(1);
            } else {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    /** The first moment of a day, which not every day begins with 00:00, and later than {@code at} whatever the clocks do. */
    private static ZonedDateTime midnight(ZonedDateTime at, LocalDate day) {
        ZonedDateTime start = day.atStartOfDay(at.getZone());
        return changed(at, start.isAfter(at) ? start : start.withLaterOffsetAtOverlap());
    }

    /** That later time, unless the zone's clocks change on the way there: then the moment of the change, so that nothing is left out. */
    private static ZonedDateTime changed(ZonedDateTime at, ZonedDateTime to) {
        ZoneOffsetTransition change = at.getZone().getRules().nextTransition(at.toInstant());
        boolean between = change != null && change.getInstant().isBefore(to.toInstant());
        return between ? change.getInstant().atZone(at.getZone()) : to;
    }
}
