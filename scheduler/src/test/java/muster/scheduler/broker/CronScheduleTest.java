package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.function.Predicate;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronScheduleTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            every minute comes next minute                  | * * * * *           | 2030-01-01T00:00:30Z | 2030-01-01T00:01:00Z
            a time that fits is not its own next            | 0 12 * * *          | 2030-01-01T12:00:00Z | 2030-01-02T12:00:00Z
            steps count from the start of the range         | */15 * * * *        | 2030-01-01T00:46:00Z | 2030-01-01T01:00:00Z
            a step after a number goes to the end           | 50/5 * * * *        | 2030-01-01T00:51:00Z | 2030-01-01T00:55:00Z
            ranges and lists                                | 0 9-11,15 * * *     | 2030-01-01T11:30:00Z | 2030-01-01T15:00:00Z
            a day that a month lacks is skipped             | 0 0 31 * *          | 2030-01-31T00:00:00Z | 2030-03-31T00:00:00Z
            29 February waits for a leap year               | 0 0 29 2 *          | 2030-01-01T00:00:00Z | 2032-02-29T00:00:00Z
            names of days, in any case                      | 0 0 * * mon-Fri     | 2030-01-04T12:00:00Z | 2030-01-07T00:00:00Z
            names of months                                 | 0 0 1 JUN *         | 2030-01-01T00:00:00Z | 2030-06-01T00:00:00Z
            seven is Sunday too                             | 0 0 * * 7           | 2030-01-01T00:00:00Z | 2030-01-06T00:00:00Z
            of days of month and of week one has to fit     | 0 0 13 * 5          | 2030-01-01T00:00:00Z | 2030-01-04T00:00:00Z
            a step over days is a restriction too           | 0 0 */15 * 5        | 2030-01-12T00:00:00Z | 2030-01-16T00:00:00Z
            L is the last day of a month                    | 0 0 L * *           | 2030-02-01T00:00:00Z | 2030-02-28T00:00:00Z
            LW is its last workday                          | 0 0 LW * *          | 2030-03-01T00:00:00Z | 2030-03-29T00:00:00Z
            a workday near a Saturday is the Friday before  | 0 0 15W * *         | 2030-06-01T00:00:00Z | 2030-06-14T00:00:00Z
            but not in another month                        | 0 0 1W 6 *          | 2030-01-01T00:00:00Z | 2030-06-03T00:00:00Z
            the last Friday                                 | 0 0 * * 5L          | 2030-01-01T00:00:00Z | 2030-01-25T00:00:00Z
            the second Monday                               | 0 0 * * mon#2       | 2030-01-01T00:00:00Z | 2030-01-14T00:00:00Z
            Friday to Sunday                                | 0 0 * * fri-sun     | 2030-01-05T12:00:00Z | 2030-01-06T00:00:00Z
            whole names                                     | 0 0 * january friday | 2030-01-01T00:00:00Z | 2030-01-04T00:00:00Z
            six fields end with a year                      | 0 0 1 1 * 2035      | 2030-01-01T00:00:00Z | 2035-01-01T00:00:00Z
            seven fields begin with seconds                 | */20 * * * * * *    | 2030-01-01T00:00:41Z | 2030-01-01T00:01:00Z
            @hourly                                         | @hourly             | 2030-01-01T00:00:00Z | 2030-01-01T01:00:00Z
            @daily                                          | @daily              | 2030-01-01T00:00:00Z | 2030-01-02T00:00:00Z
            @weekly is Sunday                               | @weekly             | 2030-01-01T00:00:00Z | 2030-01-06T00:00:00Z
            @monthly                                        | @monthly            | 2030-01-31T00:00:00Z | 2030-02-01T00:00:00Z
            @yearly                                         | @yearly             | 2030-01-01T00:00:00Z | 2031-01-01T00:00:00Z
            """)
    void next(String name, String spec, ZonedDateTime after, ZonedDateTime expected) {
        ZonedDateTime next = CronSchedule.parse(spec).next(after).orElseThrow();

        assertThat(next.toInstant()).isEqualTo(expected.toInstant());
    }

    @ParameterizedTest(name = "{0}")
    @Timeout(10)
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            an hour that is left out is left out            | 30 2 * * *  | America/New_York    | 2030-03-10T00:00:00-05:00 | 2030-03-11T02:30:00-04:00
            the hour after it comes                         | 0 3 * * *   | America/New_York    | 2030-03-10T00:00:00-05:00 | 2030-03-10T03:00:00-04:00
            an hour shown twice comes first in summer time  | 30 1 * * *  | America/New_York    | 2030-11-03T00:00:00-04:00 | 2030-11-03T01:30:00-04:00
            and a second time in winter time                | 30 1 * * *  | America/New_York    | 2030-11-03T01:30:00-04:00 | 2030-11-03T01:30:00-05:00
            but not a third time                            | 30 1 * * *  | America/New_York    | 2030-11-03T01:30:00-05:00 | 2030-11-04T01:30:00-05:00
            half an hour shown twice                        | 45 1 * * *  | Australia/Lord_Howe | 2030-04-07T01:45:00+11:00 | 2030-04-07T01:45:00+10:30
            a morning after half an hour shown twice        | 0 5 * * *   | Australia/Lord_Howe | 2030-04-07T00:00:00+11:00 | 2030-04-07T05:00:00+10:30
            half an hour left out                           | 15 2 * * *  | Australia/Lord_Howe | 2030-10-06T00:00:00+10:30 | 2030-10-07T02:15:00+11:00
            the rest of an hour whose first half is left out | 45 2 * * * | Australia/Lord_Howe | 2030-10-06T00:00:00+10:30 | 2030-10-06T02:45:00+11:00
            midnight left out                               | 0 0 * * *   | America/Havana      | 2030-03-09T00:00:00-05:00 | 2030-03-11T00:00:00-04:00
            midnight after a day without one                | 0 0 * * 1   | America/Havana      | 2030-03-09T00:00:00-05:00 | 2030-03-11T00:00:00-04:00
            a day that begins at one                        | 15 1 * * 0  | America/Havana      | 2030-03-09T00:00:00-05:00 | 2030-03-10T01:15:00-04:00
            a zone off by three quarters of an hour         | 0 0 * * *   | Asia/Kathmandu      | 2030-01-01T12:00:00+05:45 | 2030-01-02T00:00:00+05:45
            """)
    void whereClocksChange(String name, String spec, String zone, OffsetDateTime after, OffsetDateTime expected) {
        ZonedDateTime next = CronSchedule.parse(spec).next(after.atZoneSameInstant(ZoneId.of(zone))).orElseThrow();

        assertThat(next.toOffsetDateTime()).isEqualTo(expected);
    }

    @Test
    void aDateThatNeverComesHasNoNext() {
        assertThat(CronSchedule.parse("0 0 30 2 *").next(ZonedDateTime.parse("2030-01-01T00:00:00Z"))).isEmpty();
        assertThat(CronSchedule.parse("0 0 1 1 * 2029").next(ZonedDateTime.parse("2030-01-01T00:00:00Z"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *",
        "*/0 * * * *", "a * * * *", "1- * * * *", "@never", "99999999999 * * * *"})
    void whatIsNoScheduleIsRefused(String spec) {
        assertThatThrownBy(() -> CronSchedule.parse(spec)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Random fields against a walk over every minute. */
    @Test
    void theNextTimeIsTheFirstMinuteThatFits() {
        SeededRandom.rounds(15, random -> {
            int minute = random.nextInt(60);
            int step = 1 + random.nextInt(23);
            int from = 1 + random.nextInt(20);
            int to = from + random.nextInt(8);
            int weekday = random.nextInt(7);
            boolean anyDay = random.nextBoolean();
            String spec = minute + " */" + step + " " + from + "-" + to + " * " + (anyDay ? "*" : weekday);
            ZonedDateTime start = ZonedDateTime.of(2030, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC)
                    .plusMinutes(random.nextInt(525_600));
            List<Predicate<ZonedDateTime>> rules = List.of(t -> t.getMinute() == minute, t -> t.getHour() % step == 0,
                    t -> t.getDayOfMonth() >= from && t.getDayOfMonth() <= to
                            || !anyDay && t.getDayOfWeek().getValue() % 7 == weekday);
            ZonedDateTime expected = start.plusMinutes(1);
            while (!fits(rules, expected)) {
                expected = expected.plusMinutes(1);
            }

            assertThat(CronSchedule.parse(spec).next(start)).as(spec + " after " + start).contains(expected);
        });
    }

    private static boolean fits(List<Predicate<ZonedDateTime>> rules, ZonedDateTime time) {
        return rules.stream().allMatch(rule -> rule.test(time));
    }
}
