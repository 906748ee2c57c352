package muster.testkit.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Carries messages between named places: late, in any order, twice, or not at all. */
public final class SimulatedNetwork {
    /**
     * How bad it is.
     *
     * @param loss how many of the messages are lost, 0 to 1
     * @param twice how many arrive twice, 0 to 1
     * @param maxDelayMillis how long one takes at most; each takes its own time, so they overtake one another
     */
    public record Quality(double loss, double twice, int maxDelayMillis) {
        public static final Quality GOOD = new Quality(0, 0, 2);
    }

    private final SimulatedTime time;
    private final RandomGenerator chance;
    private final Map<String, Integer> islands = new HashMap<>();
    private Quality quality;

    public SimulatedNetwork(SimulatedTime time, RandomGenerator chance, Quality quality) {
        this.time = time;
        this.chance = chance;
        this.quality = quality;
    }

    /** From now on; what is under way arrives as it would have. */
    public void become(Quality newQuality) {
        quality = newQuality;
    }

    /** Cuts these places off from all others, not from one another. Each call cuts anew. */
    public void cut(Set<String> places) {
        islands.clear();
        places.forEach(place -> islands.put(place, 1));
    }

    /** Connects all places again. */
    public void heal() {
        islands.clear();
    }

    /** Whether what one sends can arrive at the other now. */
    public boolean connects(String from, String to) {
        return islands.getOrDefault(from, 0).equals(islands.getOrDefault(to, 0));
    }

    /** Sends a message: the arrival happens later, perhaps twice, perhaps never. Who gets it has to look whether it is still there. */
    public void send(String from, String to, Runnable arrival) {
        int copies = chance.nextDouble() < quality.twice() ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            if (chance.nextDouble() >= quality.loss()) {
                time.after(1 + chance.nextInt(quality.maxDelayMillis()), () -> {
                    // Looked at on arrival: a cut takes what is under way with it.
                    if (connects(from, to)) {
                        arrival.run();
                    }
                });
            }
        }
    }
}
