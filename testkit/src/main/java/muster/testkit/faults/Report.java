package muster.testkit.faults;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was seen under one schedule of faults.
 *
 * @param wrong what must not be, empty where all is well
 * @param counts what happened how often, by its name, in the order in which it is told
 */
public record Report(long seed, List<Fault.Step> schedule, List<String> wrong, Map<String, Long> counts) {
    /** Of {@link #counts}: what was asked and answered. */
    public static final String ANSWERED = "answered";
    /** Of {@link #counts}: writes of which nobody knows whether they were done. */
    public static final String UNKNOWN = "of unknown outcome";
    /** Of {@link #counts}: how often the lock was held. */
    public static final String HELD = "times the lock was held";

    /** All of it in short. */
    public String line() {
        String faults = schedule.stream().map(step -> step.fault().getClass().getSimpleName()).collect(Collectors.joining(" "));
        String told = counts.entrySet().stream().map(count -> count.getValue() + " " + count.getKey()).collect(Collectors.joining(", "));
        return "seed %d: %s, %s (%s)".formatted(seed, wrong.isEmpty() ? "well" : "WRONG", told, faults);
    }

    /** The schedule, and what was wrong. */
    public String details() {
        return schedule.stream().map(step -> "  " + step.at().toMillis() + " ms " + step.fault()).collect(Collectors.joining("\n"))
                + "\n" + String.join("\n", wrong);
    }

    /** How often something happened. */
    public long count(String name) {
        return counts.getOrDefault(name, 0L);
    }
}
