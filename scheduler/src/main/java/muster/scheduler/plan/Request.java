package muster.scheduler.plan;

import java.time.Instant;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.State;

/**
 * What a scheduler works on: a snapshot, the evaluation, and what a pure function can't have of its own.
 *
 * @param ids new ids
 * @param nanoTime for durations in metrics
 */
public record Request(State state, Evaluation evaluation, Instant now, RandomGenerator random, Supplier<String> ids,
        LongSupplier nanoTime) {
    long nowNanos() {
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
    }
}
