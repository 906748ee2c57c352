package muster.raft.members;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How long each agent was not heard of, and whom that makes a suspect or dead. Time is what the owner was awake for: it passes in
 * steps of at most {@link #LONGEST_STEP}, so that an observer that itself stood still does not hold it against the others.
 *
 * <p>An agent is suspected after the time of silence, or after a shorter one where its machine answers that nobody listens
 * there any more. It counts as dead when nobody vouched for it while it was suspected. Pure; guarded by its owner.
 */
final class Liveness {
    static final Duration LONGEST_STEP = Duration.ofMillis(500);

    private static final class Pulse {
        long silence;
        boolean refused;
        long suspected = -1;
    }

    private final long silence;
    private final long refusal;
    private final long doubt;
    private final Map<String, Pulse> pulses = new HashMap<>();

    /**
     * @param silence without a word, before an agent is suspected
     * @param refusal the same where its machine refuses connections to it
     * @param doubt how long others may vouch for a suspect
     */
    Liveness(Duration silence, Duration refusal, Duration doubt) {
        this.silence = silence.toNanos();
        this.refusal = refusal.toNanos();
        this.doubt = doubt.toNanos();
    }

    /** Whose silence counts from now on; what is known of those that were watched before stays. */
    void watch(Set<String> names) {
        pulses.keySet().retainAll(names);
        names.forEach(name -> pulses.computeIfAbsent(name, n -> new Pulse()));
    }

    /** The agent, or who heard it, spoke. */
    void heard(String name) {
        Pulse pulse = pulses.get(name);
        if (pulse != null) {
            pulse.silence = 0;
            pulse.refused = false;
            pulse.suspected = -1;
        }
    }

    /** Where it should be, nobody listens. */
    void refused(String name) {
        Pulse pulse = pulses.get(name);
        if (pulse != null) {
            pulse.refused = true;
        }
    }

    /** Lets time pass, and returns who is dead now; those are not watched any more. */
    List<String> pass(long nanos) {
        long step = Math.clamp(nanos, 0, LONGEST_STEP.toNanos());
        List<String> dead = new ArrayList<>();
        pulses.forEach((name, pulse) -> {
            pulse.silence += step;
            if (pulse.suspected >= 0) {
                pulse.suspected += step;
                if (pulse.suspected >= doubt) {
                    dead.add(name);
                }
            } else if (pulse.silence >= silence || pulse.refused && pulse.silence >= refusal) {
                pulse.suspected = 0;
            }
        });
        dead.forEach(pulses::remove);
        return dead;
    }

    List<String> suspects() {
        return pulses.entrySet().stream().filter(entry -> entry.getValue().suspected >= 0).map(Map.Entry::getKey).sorted().toList();
    }

    /** Whether it spoke so lately that this agent vouches for it. */
    boolean vouches(String name) {
        Pulse pulse = pulses.get(name);
        return pulse != null && pulse.suspected < 0 && !pulse.refused && pulse.silence < silence / 2;
    }

    /** For how long it was not heard, where it is watched. */
    Optional<Duration> silenceOf(String name) {
        return Optional.ofNullable(pulses.get(name)).map(pulse -> Duration.ofNanos(pulse.silence));
    }
}
