package muster.scheduler.broker;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The days of a cron expression: when days of month and days of week are both restricted, a day of either kind will do (crontab(5)).
 * {@code L} is a month's last day, {@code LW} its last workday, {@code 15W} the workday nearest to the 15th within the month,
 * {@code 5L} its last Friday, {@code 5#2} its second. Pure.
 */
final class CronDays {
    private static final List<String> NAMES = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final Pattern WORKDAY = Pattern.compile("([0-9]{1,2})w");
    private static final Pattern LAST_OF_MONTH = Pattern.compile("([0-9a-z]+)l");
    private static final Pattern OF_WEEK = Pattern.compile("([0-9a-z]+)#([1-5])");
    private static final int SUNDAY_AT_THE_END = 7;
    private static final int LAST_DAY = 31;

    private final Predicate<LocalDate> days;

    private CronDays(Predicate<LocalDate> days) {
        this.days = days;
    }

    boolean fit(LocalDate day) {
        return days.test(day);
    }

    /** Throws {@link IllegalArgumentException} naming the field that can't be understood. */
    static CronDays of(String ofMonth, String ofWeek) {
        List<Predicate<LocalDate>> wanted = new ArrayList<>();
        boolean anyOfMonth = false;
        for (String part : CronRange.entries(ofMonth.toLowerCase(Locale.ROOT))) {
            anyOfMonth |= isAny(part);
            wanted.add(ofMonth(part));
        }
        boolean anyOfWeek = false;
        List<Predicate<LocalDate>> weekly = new ArrayList<>();
        for (String part : CronRange.entries(ofWeek.toLowerCase(Locale.ROOT))) {
            anyOfWeek |= isAny(part);
            weekly.add(ofWeek(part));
        }
        if (anyOfMonth && anyOfWeek) {
            return new CronDays(day -> true);
        }
        List<Predicate<LocalDate>> any = new ArrayList<>(anyOfMonth ? List.of() : wanted);
        any.addAll(anyOfWeek ? List.of() : weekly);
        return new CronDays(day -> any.stream().anyMatch(each -> each.test(day)));
    }

    private static boolean isAny(String part) {
        return part.equals("*") || part.equals("?");
    }

    private static Predicate<LocalDate> ofMonth(String part) {
        Matcher workday = WORKDAY.matcher(part);
        if (part.equals("l")) {
            return day -> day.getDayOfMonth() == day.lengthOfMonth();
        }
        if (part.equals("lw")) {
            return day -> day.equals(workday(day.withDayOfMonth(day.lengthOfMonth())));
        }
        if (workday.matches()) {
            int number = Integer.parseInt(workday.group(1));
            CronRange.require(number >= 1 && number <= LAST_DAY, part);
            return day -> number <= day.lengthOfMonth() && day.equals(workday(day.withDayOfMonth(number)));
        }
        CronRange range = CronRange.of(part, 1, LAST_DAY, List.of());
        return day -> range.holds(day.getDayOfMonth());
    }

    /** The nearest day of the same month that is no Saturday and no Sunday. */
    private static LocalDate workday(LocalDate day) {
        if (day.getDayOfWeek() == DayOfWeek.SATURDAY) {
            return day.getDayOfMonth() > 1 ? day.minusDays(1) : day.plusDays(2);
        }
        if (day.getDayOfWeek() == DayOfWeek.SUNDAY) {
            return day.getDayOfMonth() < day.lengthOfMonth() ? day.plusDays(1) : day.minusDays(2);
        }
        return day;
    }

    private static Predicate<LocalDate> ofWeek(String part) {
        Matcher counted = OF_WEEK.matcher(part);
        if (counted.matches()) {
            int wanted = CronRange.number(counted.group(1), 0, NAMES, part) % SUNDAY_AT_THE_END;
            int week = Integer.parseInt(counted.group(2));
            return day -> weekday(day) == wanted && (day.getDayOfMonth() - 1) / 7 + 1 == week;
        }
        Matcher last = LAST_OF_MONTH.matcher(part);
        if (last.matches()) {
            int wanted = CronRange.number(last.group(1), 0, NAMES, part) % SUNDAY_AT_THE_END;
            return day -> weekday(day) == wanted && day.getDayOfMonth() + 7 > day.lengthOfMonth();
        }
        CronRange range = CronRange.of(part.replaceFirst("-sun[a-z]*", "-7"), 0, SUNDAY_AT_THE_END, NAMES);
        return day -> range.holds(weekday(day)) || weekday(day) == 0 && range.holds(SUNDAY_AT_THE_END);
    }

    private static int weekday(LocalDate day) {
        return day.getDayOfWeek().getValue() % SUNDAY_AT_THE_END;
    }
}
