package muster.lb.traefik;

import java.util.Map;
import muster.lb.middleware.Middleware;

/** A service at work: leads requests to servers. Called on event loops, by several at once. */
interface LiveService extends Middleware.Next {
    /** UP or DOWN by server URL, as far as the service knows servers. */
    Map<String, String> serverStatus();

    /** Whether it would find a server for a request. */
    boolean isUp();

    /** Ends what it does on its own, such as checks. */
    default void close() {}
}
