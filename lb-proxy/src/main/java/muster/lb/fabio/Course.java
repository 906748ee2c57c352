package muster.lb.fabio;

import java.util.ArrayList;
import java.util.List;
import muster.lb.exchange.RequestHead;

/**
 * What has become of one request so far: which targets it was sent to, and until when it may wait. Used by one thread at a time: the event
 * loop of the request, and whoever ends a wait.
 */
final class Course {
    private static final List<String> IDEMPOTENT = List.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    private static final long FIRST_WAIT_MILLIS = 5;
    private static final int DOUBLINGS = 8;

    private final RequestHead head;
    private final long deadline;
    private final List<Integer> tried = new ArrayList<>(1);
    private int waits;

    /** @param deadline of all waits, on a monotonic clock */
    Course(RequestHead head, long deadline) {
        this.head = head;
        this.deadline = deadline;
    }

    RequestHead head() {
        return head;
    }

    /** Targets of the present route by index. */
    List<Integer> tried() {
        return tried;
    }

    void tries(int target) {
        tried.add(target);
    }

    /** Begins anew with another table. */
    void forget() {
        tried.clear();
    }

    /**
     * How long the next wait may last: a moment at first, as an instance that restarts is back soon and no change tells so, then twice as
     * long each time.
     */
    long nextWaitMillis(long now) {
        long left = (deadline - now) / 1_000_000;
        return Math.max(0, Math.min(left, FIRST_WAIT_MILLIS << Math.min(waits++, DOUBLINGS)));
    }

    /** What is left until the deadline. */
    long leftMillis(long now) {
        return Math.max(0, (deadline - now) / 1_000_000);
    }

    /** Whether a second copy does no harm (RFC 9110, section 9.2.2), and nothing of the body is lost. */
    boolean isRepeatable() {
        boolean hasBody = head.headers().has("Transfer-Encoding") || head.headers().first("Content-Length").map(n -> !n.equals("0")).orElse(false);
        return !hasBody && IDEMPOTENT.contains(head.method()) && !head.isWebSocket();
    }
}
