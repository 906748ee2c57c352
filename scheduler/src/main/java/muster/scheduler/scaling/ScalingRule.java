package muster.scheduler.scaling;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.job.ScalingPolicy;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.wire.GoDuration;

/**
 * What a group's {@code scaling} block says, as far as this scheduler follows it by itself. The policy names one or more checks:
 *
 * <pre>
 * policy {
 *   cooldown            = "1m"
 *   evaluation_interval = "10s"
 *   dry_run             = false
 *   check "load" {
 *     query = "requests"          # or "cpu"
 *     strategy "target-value" { target = 50 }
 *   }
 * }
 * </pre>
 *
 * {@code requests} is requests per second, {@code cpu} percent of what a task was granted, each as the mean of the group's
 * instances. Checks that name another source than {@code muster}, or another query or strategy, are left to others.
 *
 * @param evaluationInterval between two looks, at least a second
 * @param cooldown after a change of the count, by whomever, in which it is left alone
 * @param min never less
 * @param max never more
 */
public record ScalingRule(List<Check> checks, Duration evaluationInterval, Duration cooldown, long min, long max, boolean dryRun) {
    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    private static final Duration DEFAULT_COOLDOWN = Duration.ofMinutes(5);

    /** One measurement that has a target. */
    public record Check(String name, String query, double target) {}

    public ScalingRule {
        checks = List.copyOf(checks);
        evaluationInterval = evaluationInterval.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : evaluationInterval;
    }

    /** Empty for a group without a policy that is for this scheduler, or with one that is switched off. */
    public static Optional<ScalingRule> of(TaskGroup group) {
        ScalingPolicy scaling = group.scaling();
        if (scaling == null || Boolean.FALSE.equals(scaling.enabled()) || Values.orEmpty(scaling.policy()).isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> policy = scaling.policy();
        List<Check> checks = new ArrayList<>();
        objects(policy.get("check")).forEach((name, check) -> check(name, check).ifPresent(checks::add));
        if (checks.isEmpty()) {
            return Optional.empty();
        }
        long min = scaling.min() == null ? 0 : scaling.min();
        return Optional.of(new ScalingRule(checks, duration(policy.get("evaluation_interval"), DEFAULT_INTERVAL),
                duration(policy.get("cooldown"), DEFAULT_COOLDOWN), min, scaling.max() == null ? min : scaling.max(),
                "true".equals(String.valueOf(policy.get("dry_run")))));
    }

    private static Optional<Check> check(String name, Map<String, Object> check) {
        Object source = check.getOrDefault("source", "muster");
        String query = String.valueOf(check.get("query"));
        boolean ours = source.equals("muster") && (query.equals("requests") || query.equals("cpu"));
        Map<String, Object> strategy = objects(check.get("strategy")).getOrDefault("target-value", Map.of());
        double target = number(strategy.get("target"));
        return ours && target > 0 ? Optional.of(new Check(name, query, target)) : Optional.empty();
    }

    /** Labelled blocks by their labels, however the JSON of a job spells them. */
    private static Map<String, Map<String, Object>> objects(Object blocks) {
        Map<String, Map<String, Object>> found = new LinkedHashMap<>();
        List<?> list = blocks instanceof List<?> several ? several : blocks == null ? List.of() : List.of(blocks);
        for (Object block : list) {
            if (block instanceof Map<?, ?> labelled) {
                labelled.forEach((label, body) -> found.put(String.valueOf(label), body(body)));
            }
        }
        return found;
    }

    private static Map<String, Object> body(Object body) {
        Map<String, Object> merged = new LinkedHashMap<>();
        List<?> list = body instanceof List<?> several ? several : List.of(body);
        for (Object one : list) {
            if (one instanceof Map<?, ?> map) {
                map.forEach((key, value) -> merged.put(String.valueOf(key), value));
            }
        }
        return merged;
    }

    private static double number(Object value) {
        try {
            return value instanceof Number number ? number.doubleValue() : value == null ? 0 : Double.parseDouble(String.valueOf(value));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Duration duration(Object value, Duration otherwise) {
        try {
            return value == null ? otherwise : value instanceof Number nanos ? Duration.ofNanos(nanos.longValue())
                    : GoDuration.parse(String.valueOf(value));
        } catch (IllegalArgumentException e) {
            return otherwise;
        }
    }
}
