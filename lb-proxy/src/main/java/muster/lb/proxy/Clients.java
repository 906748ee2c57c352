package muster.lb.proxy;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import muster.lb.exchange.Decision.Attempt;

/**
 * One event loop's connections to targets. Those whose certificate was not verified are kept apart: a pool knows connections by
 * address only, and a request that asks for verification must never get one of them.
 */
record Clients(HttpClient verifying, HttpClient trusting) {
    HttpClient of(Attempt attempt) {
        return attempt.transport().tls().skipsVerify() ? trusting : verifying;
    }

    Future<Void> close() {
        return Future.join(verifying.close(), trusting.close()).mapEmpty();
    }
}
