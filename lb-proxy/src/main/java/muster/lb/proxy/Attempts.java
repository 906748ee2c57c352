package muster.lb.proxy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.Retry;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Failure;

/**
 * What was tried for one request, counted and told, and whether it may be tried again.
 *
 * <p>When no connection came about nothing was sent, so any request may go to another target. When a connection ended before a byte of the
 * answer, a request whose body is gone stays lost; one without body (or with a body that was held) whose method is idempotent (RFC 9110,
 * section 9.2.2) goes out again, for the connection may have been an idle one that the target had just closed.
 *
 * <p>Owned by the request's event loop.
 */
final class Attempts {
    private static final int MOST = 3;
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    private final Dispatcher told;
    private final boolean mayRepeat;
    private final List<Attempt> made = new ArrayList<>(1);
    private long begun;
    private long took;
    private int resent;

    /** @param isUpgrade whose connection may have done something already, whatever its method */
    Attempts(Dispatcher told, String method, boolean isUpgrade) {
        this.told = told;
        this.mayRepeat = !isUpgrade && IDEMPOTENT.contains(method);
    }

    void begin(Attempt attempt) {
        made.add(attempt);
        attempt.meter().begin();
        begun = System.nanoTime();
    }

    /** The one in progress, or that was last. Not to be asked before the first. */
    Attempt last() {
        return made.getLast();
    }

    /** The last one, if there was any. */
    Optional<Attempt> latest() {
        return made.isEmpty() ? Optional.empty() : Optional.of(made.getLast());
    }

    /** How many there have been, and how long the last one took. */
    Dispatcher.Tries tries() {
        return new Dispatcher.Tries(made.size(), Duration.ofNanos(took));
    }

    /** The answer's head came. */
    void answered(int status) {
        told.attempted(last(), Optional.empty(), status, Duration.ofNanos(System.nanoTime() - begun));
    }

    /** The target has done its part, or is let off it. */
    void ended(int status) {
        took = System.nanoTime() - begun;
        last().meter().end(status, took);
    }

    /** Nothing came of it. */
    void failed(Failure failure) {
        took = System.nanoTime() - begun;
        last().meter().end(0, took);
        told.attempted(last(), Optional.of(failure), 0, Duration.ofNanos(took));
    }

    /**
     * What to try after a failure.
     *
     * @param isUnsent the target has seen nothing of the request, or says so
     * @param hasBody as the request needs it: it has none, or it is still there
     * @param retry chooses another target
     */
    Optional<Attempt> next(Failure failure, boolean isUnsent, boolean hasBody, Retry retry) {
        if (!hasBody || made.size() >= MOST + resent) {
            return Optional.empty();
        }
        if (isUnsent) {
            return failure == Failure.OVERLOADED || !retry.isAllowed() ? Optional.empty() : retry.after(made);
        }
        if (failure == Failure.CLOSED && mayRepeat && resent < MOST - 1 && retry.isAllowed()) {
            resent++;
            return Optional.of(retry.after(made).orElse(last()));
        }
        return Optional.empty();
    }
}
