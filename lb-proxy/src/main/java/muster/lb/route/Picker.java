package muster.lb.route;

import java.util.Optional;
import java.util.random.RandomGenerator;

/** Chooses a turn of a route's ring ({@code proxy.strategy}). */
@FunctionalInterface
public interface Picker {
    /**
     * Any number; the ring goes round.
     *
     * @param turn how many requests the route has had
     */
    int turn(int turn, int slots);

    /** The strategy of a configuration's word: {@code rnd}, evenly at random, or {@code rr}, in turn. */
    static Optional<Picker> of(String word, RandomGenerator random) {
        return switch (word) {
            case "rnd" -> Optional.of((turn, slots) -> slots == 1 ? 0 : random.nextInt(slots));
            case "rr" -> Optional.of((turn, slots) -> turn);
            default -> Optional.empty();
        };
    }
}
