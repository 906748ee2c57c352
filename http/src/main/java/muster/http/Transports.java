package muster.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.util.List;

/** The fastest transport that the kernel and its sandbox allow. */
public final class Transports {
    private Transports() {}

    /** A Vert.x with one event loop for each processor (two at least) on io_uring, else epoll, else plain NIO. */
    public static Vertx vertx() {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(Math.max(2, Runtime.getRuntime().availableProcessors()))
                .setWorkerPoolSize(4)
                .setInternalBlockingPoolSize(4);
        options.getFileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
        return Vertx.builder().with(options).withTransport(best()).build();
    }

    private static Transport best() {
        for (Transport transport : List.of(Transport.IO_URING, Transport.EPOLL)) {
            if (transport != null && transport.available()) {
                return transport;
            }
        }
        return Transport.NIO;
    }
}
