package muster.lb.proxy;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import muster.http.Transports;

/** The event loops that all tests of a class share: {@code @AutoClose private static final OpenVertx VERTX = new OpenVertx();}. */
public final class OpenVertx implements AutoCloseable {
    private final Vertx vertx = Transports.vertx();

    public Vertx vertx() {
        return vertx;
    }

    /** Ends the loops and waits until they have ended. */
    @Override
    public void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
