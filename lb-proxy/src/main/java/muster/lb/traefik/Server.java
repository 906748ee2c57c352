package muster.lb.traefik;

import java.util.concurrent.atomic.AtomicLong;
import muster.lb.choose.Member;
import muster.lb.route.TargetUrl;
import muster.lb.tree.Values;

/**
 * One server of a load balancer; it outlives the balancer that it is in, as long as its URL stays. Any thread.
 */
final class Server {
    private final TargetUrl url;
    private final Member member;
    private final AtomicLong downUntil = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile long failuresSince;
    private volatile boolean isUp = true;

    Server(Values definition, long now) {
        this.url = TargetUrl.parse(definition.text("url"));
        this.member = new Member(url.text(), now);
    }

    TargetUrl url() {
        return url;
    }

    /** Its counts and its standing with the pool. */
    Member member() {
        return member;
    }

    /** Whether the checks found it well, no real request says otherwise, and no operator drained it. */
    boolean isUp(long now) {
        return isUp && !member.isDraining() && (downUntil.get() == 0 || now - downUntil.get() >= 0);
    }

    /** What the last check found. */
    boolean isChecked() {
        return isUp;
    }

    void checked(boolean isWell) {
        isUp = isWell;
    }

    /** A real request failed: after so many within the window it gets none for as long. */
    void failed(long now, long window, long most) {
        if (now - failuresSince > window) {
            failuresSince = now;
            failures.set(0);
        }
        if (failures.incrementAndGet() >= most) {
            failures.set(0);
            downUntil.set(now + window);
        }
    }
}
