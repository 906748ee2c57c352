package muster.lb.middleware;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import muster.lb.exchange.Fetcher;

/**
 * What middlewares have from outside.
 *
 * @param nanos a monotonic clock
 * @param random may be used by any thread
 * @param blocking runs what takes long, such as checking a password
 * @param files reads a file's text; throws {@link IllegalArgumentException} that names it
 * @param services what leads to a service of that complete name, while there is one
 */
public record Surroundings(
        Fetcher fetcher, LongSupplier nanos, RandomGenerator random, Executor blocking, Function<String, String> files,
        Function<String, Optional<Middleware.Next>> services) {
    /** Completes after a time. */
    CompletionStage<Void> after(Duration time) {
        return CompletableFuture.runAsync(() -> { }, CompletableFuture.delayedExecutor(time.toNanos(), TimeUnit.NANOSECONDS, blocking));
    }

    /** The text of a PEM option, which is a file's name or the text itself; "" when it is not set. */
    public String pem(String option) {
        return option.isEmpty() || option.contains("-----BEGIN") ? option : files.apply(option);
    }
}
