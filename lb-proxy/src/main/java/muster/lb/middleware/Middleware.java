package muster.lb.middleware;

import muster.lb.exchange.Decision;
import muster.lb.exchange.RequestHead;

/** One step of a router's way. Called on event loops, by several at once; must not wait. */
public interface Middleware {
    /**
     * Decides about a request, by itself or by what comes behind.
     *
     * @param head whose headers are not to be changed; hop-by-hop ones are gone already
     */
    Decision handle(RequestHead head, Next next);

    /** What comes behind: the other middlewares, at the end the service. */
    interface Next {
        Decision handle(RequestHead head);
    }
}
