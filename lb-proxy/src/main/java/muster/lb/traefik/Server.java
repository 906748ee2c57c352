package muster.lb.traefik;

import muster.lb.choose.Member;
import muster.lb.route.TargetUrl;
import muster.lb.tree.Values;

/**
 * One server of a load balancer; it outlives the balancer that it is in, as long as its URL stays. Any thread.
 */
final class Server {
    private final TargetUrl url;
    private final Member member;
    /** 0 while no real request says otherwise. */
    private volatile long downUntil;
    private volatile boolean isUp = true;
    private long failures;
    private long failuresSince;

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
        long until = downUntil;
        return isUp && !member.isDraining() && (until == 0 || now - until >= 0);
    }

    /** What the last check found. */
    boolean isChecked() {
        return isUp;
    }

    void checked(boolean isWell) {
        isUp = isWell;
    }

    /** A real request failed: after so many within the window it gets none for as long. */
    synchronized void failed(long now, long window, long most) {
        if (now - failuresSince > window) {
            failuresSince = now;
            failures = 0;
        }
        if (++failures >= most) {
            failures = 0;
            downUntil = now + window;
        }
    }
}
