package muster.scheduler.scaling;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What to do about a group's count, and why in words.
 *
 * @param count the one to have from now on; the present one where nothing is to be done
 * @param act whether the count is to be changed: not for a dry run
 */
public record ScalingDecision(long count, boolean act, String reason) {
    /** Nearer to its target than this share, a measurement is as it should be. */
    private static final double TOLERANCE = 0.1;

    /**
     * The count that brings the measurements to their targets: for each check the present count times what is measured over the
     * target, rounded up; the highest of them, within the bounds. Outside of the bounds it goes back at once; otherwise
     * nothing happens within the cooldown, nor without any measurement.
     *
     * @param measured per instance, by the name of the check; a check that is not there was not measured
     * @param changed when the count changed last, where that is known
     */
    public static ScalingDecision of(ScalingRule rule, long present, Map<String, Double> measured, Optional<Instant> changed, Instant now) {
        if (present < rule.min() || present > rule.max()) {
            return to(rule, Math.clamp(present, rule.min(), rule.max()),
                    "count " + present + " is outside of " + rule.min() + " to " + rule.max());
        }
        long wanted = -1;
        String reason = "";
        for (ScalingRule.Check check : rule.checks()) {
            Double value = measured.get(check.name());
            if (value != null && !value.isNaN() && value >= 0) {
                double share = value / check.target();
                long count = Math.abs(share - 1) <= TOLERANCE ? present : (long) Math.min(rule.max(), Math.ceil(present * share - 1e-9));
                if (count > wanted) {
                    wanted = count;
                    reason = String.format(Locale.ROOT, "check \"%s\": %.2f %s per instance, target %.2f", check.name(), value, check.query(),
                            check.target());
                }
            }
        }
        if (wanted < 0) {
            return new ScalingDecision(present, false, "nothing was measured");
        }
        long bounded = Math.clamp(wanted, rule.min(), rule.max());
        if (bounded == present) {
            return new ScalingDecision(present, false, reason);
        }
        if (changed.isPresent() && now.isBefore(changed.get().plus(rule.cooldown()))) {
            Duration left = Duration.between(now, changed.get().plus(rule.cooldown()));
            return new ScalingDecision(present, false, reason + "; cooling down for another " + left.toSeconds() + "s");
        }
        return to(rule, bounded, reason);
    }

    private static ScalingDecision to(ScalingRule rule, long count, String reason) {
        return new ScalingDecision(count, !rule.dryRun(), reason + (rule.dryRun() ? " (dry run)" : ""));
    }
}
