package muster.lb.proxy;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Time-outs of one event loop's connections: a look at all of them every so often, so that moving a deadline, which every request does
 * several times, is one assignment. A deadline is met at most {@link #STEP} late. Event loop only.
 */
final class Deadlines {
    private static final Duration STEP = Duration.ofMillis(50);
    private static final long NEVER = Long.MAX_VALUE;

    private final EventLoop executor;
    private final long origin = System.nanoTime();
    private Deadline[] all = new Deadline[64];
    private int size;
    private boolean isTicking;

    Deadlines(EventLoop executor) {
        this.executor = executor;
    }

    /** One connection's next time-out. */
    final class Deadline {
        private final Runnable expired;
        private long at = NEVER;
        private int slot;

        private Deadline(Runnable expired) {
            this.expired = expired;
        }

        /** Moves it; zero or less stands for never. */
        void in(Duration time) {
            at = time.isZero() || time.isNegative() ? NEVER : now() + time.toNanos();
        }

        void never() {
            at = NEVER;
        }

        /** Forgets it. */
        void remove() {
            if (slot < size && all[slot] == this) {
                all[slot] = all[--size];
                all[slot].slot = slot;
                all[size] = null;
            }
        }
    }

    /** A deadline that has not been set; {@code expired} runs on the event loop and may set it again. */
    Deadline add(Runnable expired) {
        Deadline deadline = new Deadline(expired);
        if (size == all.length) {
            all = Arrays.copyOf(all, size * 2);
        }
        deadline.slot = size;
        all[size++] = deadline;
        if (!isTicking) {
            isTicking = true;
            executor.schedule(this::tick, STEP.toMillis(), TimeUnit.MILLISECONDS);
        }
        return deadline;
    }

    private void tick() {
        long now = now();
        for (int i = size - 1; i >= 0; i--) {
            if (i < size && all[i].at <= now) {
                Deadline due = all[i];
                due.at = NEVER;
                due.expired.run();
            }
        }
        isTicking = size > 0;
        if (isTicking && !executor.isShuttingDown()) {
            executor.schedule(this::tick, STEP.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private long now() {
        return System.nanoTime() - origin;
    }
}
