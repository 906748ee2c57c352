package muster.scheduler.broker;

import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * A cron expression: minute, hour, day of month, month, day of week, then a year where there are six fields, and seconds before all of
 * that where there are seven; what comes after these is passed over, or one of the names ({@code @hourly}); of days see {@link CronDays}. Pure.
 */
final class CronSchedule {
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct",
            "nov", "dec");
    private static final int FEWEST = 5;
    private static final int MAX_YEARS = 100;
    private static final int LAST_YEAR = 2099;

    private final BitSet seconds;
    private final BitSet minutes;
    private final BitSet hours;
    private final CronDays days;
    private final BitSet months;
    private final BitSet years;

    private CronSchedule(String[] f) {
        seconds = field(f[0], 0, 59, List.of());
        minutes = field(f[1], 0, 59, List.of());
        hours = field(f[2], 0, 23, List.of());
        days = CronDays.of(f[3], f[5]);
        months = field(f[4], 1, 12, MONTHS);
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
        if (f.length < FEWEST) {
            throw new IllegalArgumentException("missing field(s)");
        }
        return new CronSchedule(switch (f.length) {
            case 5 -> new String[] {"0", f[0], f[1], f[2], f[3], f[4], "*"};
            case 6 -> new String[] {"0", f[0], f[1], f[2], f[3], f[4], f[5]};
            default -> f;
        });
    }

    private static BitSet field(String text, int min, int max, List<String> names) {
        BitSet set = new BitSet(max + 1);
        for (String part : CronRange.entries(text)) {
            CronRange range = CronRange.of(part, min, max, names);
            for (int i = range.from(); i <= range.to(); i += range.by()) {
                set.set(i);
            }
        }
        return set;
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
            } else if (!days.fit(at.toLocalDate())) {
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
