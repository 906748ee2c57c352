package muster.scheduler.job;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a text is a schedule that the original's cron library reads: five fields, six with a year, seven with seconds before them,
 * or a name such as {@code @daily}. Fields after the seventh are ignored. Pure.
 */
final class CronFields {
    private static final String MONTHS = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?"
            + "|nov(?:ember)?|dec(?:ember)?";
    private static final String DAYS = "sun(?:day)?|mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?";
    private static final String SIXTY = "0?[0-9]|[1-5][0-9]";
    private static final String DAY_OF_MONTH = "0?[1-9]|[12][0-9]|3[01]";

    private static final Map<String, String> NAMED = Map.of("@yearly", "0 0 1 1 *", "@annually", "0 0 1 1 *", "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0", "@daily", "0 0 * * *", "@hourly", "0 * * * *");
    private static final List<Field> FIELDS = List.of(
            new Field("second", SIXTY, 59, ""),
            new Field("minute", SIXTY, 59, ""),
            new Field("hour", "0?[0-9]|1[0-9]|2[0-3]", 23, ""),
            new Field("day-of-month", DAY_OF_MONTH, 31, "l|lw|(?:" + DAY_OF_MONTH + ")w"),
            new Field("month", "0?[1-9]|1[012]|" + MONTHS, 12, ""),
            new Field("day-of-week", "0?[0-7]|" + DAYS, 6, "(?:0?[0-7]|" + DAYS + ")(?:l|#[1-5])"),
            new Field("year", "19[789][0-9]|20[0-9]{2}", 2099, ""));
    private static final int MOST = 7;
    private static final int FEWEST = 5;

    /**
     * One place of a schedule.
     *
     * @param value what one value looks like
     * @param widest the greatest step
     * @param special what else may stand there
     */
    private record Field(String name, String value, int widest, String special) {
        String fault(String text) {
            List<String> entries = List.of(text.split(",")).stream().filter(entry -> !entry.isEmpty()).toList();
            if (entries.isEmpty()) {
                return name + " field: missing directive";
            }
            for (String entry : entries) {
                String normal = entry.toLowerCase(java.util.Locale.ROOT);
                Matcher matcher = Pattern.compile("(?:\\*|\\?|(?:" + value + ")(?:-(?:" + value + "))?)(?:/([0-9]{1,9}))?").matcher(normal);
                if (!matcher.matches() && !(!special.isEmpty() && normal.matches(special))) {
                    return "syntax error in " + name + " field: '" + entry + "'";
                }
                if (matcher.matches() && matcher.group(1) != null) {
                    int step = Integer.parseInt(matcher.group(1));
                    if (step < 1 || step > widest) {
                        return "invalid interval " + normal;
                    }
                }
            }
            return "";
        }
    }

    private CronFields() {}

    /** What is wrong with it; empty text when nothing is. */
    static String fault(String schedule) {
        String[] parts = NAMED.getOrDefault(schedule.strip(), schedule).strip().split("\\s+");
        if (parts.length < FEWEST) {
            return "missing field(s)";
        }
        int count = Math.min(parts.length, MOST);
        int first = count == MOST ? 0 : 1;
        for (int i = 0; i < count; i++) {
            String fault = FIELDS.get(first + i).fault(parts[i]);
            if (!fault.isEmpty()) {
                return fault;
            }
        }
        return "";
    }
}
