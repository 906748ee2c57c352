package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.STRING;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;
import muster.wire.GoDuration;
import muster.wire.GoTime;

/**
 * Sprig's dates. A date is Go's {@code time.Time}: it prints as that does and has its methods that templates use. What has no zone
 * is in UTC.
 */
final class SprigDates {
    private static final String TIME = "time.Time";
    private static final DateTimeFormatter PRINTED = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ENGLISH);

    static final List<Function> LIST = List.of(
            Function.of("sprig_toDate", List.of(STRING, STRING), a -> date(parsed(a.text(0), a.text(1)).orElse(zero()))),
            Function.of("sprig_mustToDate", List.of(STRING, STRING), a -> date(LayoutParser.parse(a.text(0), a.text(1)))),
            Function.of("sprig_unixEpoch", List.of(ANY), a -> Value.text(Long.toString(time(a.get(0), "unixEpoch").toEpochSecond()))),
            modifying("sprig_mustDateModify"), modifying("sprig_must_date_modify"));

    private SprigDates() {}

    /** The one that depends on the moment of the rendering. */
    static Function ago(Instant now) {
        return Function.of("sprig_ago", List.of(ANY), a -> {
            Instant then = switch (a.get(0)) {
                case Value.Int seconds -> Instant.ofEpochSecond(seconds.bits());
                case Value.Struct struct when struct.type().goName().equals(TIME) -> time(struct, "ago").toInstant();
                default -> now;
            };
            long millis = Duration.between(then, now).toMillis();
            return Value.text(GoDuration.format(Duration.ofSeconds(Math.floorDiv(millis + 500, 1_000L))));
        });
    }

    private static Function modifying(String name) {
        return Function.of(name, List.of(STRING, ANY), a -> {
            Duration by = GoDuration.tryParse(a.text(0))
                    .orElseThrow(() -> new FunctionException("time: invalid duration " + muster.wire.GoQuote.quote(a.text(0))));
            return date(time(a.get(1), name).plus(by));
        });
    }

    private static Optional<OffsetDateTime> parsed(String layout, String text) {
        try {
            return Optional.of(LayoutParser.parse(layout, text));
        } catch (FunctionException e) {
            return Optional.empty();
        }
    }

    private static OffsetDateTime zero() {
        return GoTime.ZERO.atOffset(ZoneOffset.UTC);
    }

    private static OffsetDateTime time(Value value, String function) {
        if (value instanceof Value.Struct struct && struct.type().goName().equals(TIME)) {
            return OffsetDateTime.parse(((Value.Text) struct.fields().get("")).value());
        }
        throw new FunctionException(function + ": wrong type of argument; a date is wanted, as toDate gives it");
    }

    /** The time itself is kept under a name that no template can write. */
    private static Value date(OffsetDateTime time) {
        Map<String, Function> methods = new LinkedHashMap<>();
        Stream.of(method("Unix", time.toEpochSecond()), method("Year", time.getYear()), method("Day", time.getDayOfMonth()),
                method("YearDay", time.getDayOfYear()), method("Hour", time.getHour()), method("Minute", time.getMinute()),
                method("Second", time.getSecond()), method("Nanosecond", time.getNano()),
                Function.of("IsZero", List.of(), a -> Value.bool(time.toInstant().equals(GoTime.ZERO))),
                Function.of("UTC", List.of(), a -> date(time.withOffsetSameInstant(ZoneOffset.UTC))),
                Function.of("String", List.of(), a -> Value.text(printed(time))),
                Function.of("Format", List.of(STRING), a -> Value.text(GoLayout.format(zoned(time), a.text(0)))))
                .forEach(method -> methods.put(method.name(), method));
        LinkedHashMap<String, Value> fields = new LinkedHashMap<>();
        fields.put("", Value.text(time.toString()));
        return new Value.Struct(new Type.Named(TIME), fields, methods, printed(time));
    }

    private static Function method(String name, long value) {
        return Function.of(name, List.of(), a -> Value.integer(value));
    }

    private static ZonedDateTime zoned(OffsetDateTime time) {
        return time.toZonedDateTime();
    }

    private static String printed(OffsetDateTime time) {
        String fraction = time.getNano() == 0 ? "" : ("." + "%09d".formatted(time.getNano())).replaceAll("0+$", "");
        String zone = DateTimeFormatter.ofPattern("xx").format(time);
        return PRINTED.format(time) + fraction + " " + zone + " " + (time.getOffset().getTotalSeconds() == 0 ? "UTC" : zone);
    }
}
