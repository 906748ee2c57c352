package muster.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;

/**
 * The fastest transport that the kernel and its sandbox allow. io_uring answers a tenth more small requests than epoll on an idle machine;
 * answers of 30 kB it sends several times slower, most of all on a busy one (bench/README.md).
 */
public final class Transports {
    private Transports() {}

    /** A Vert.x with one event loop for each processor (two at least) on io_uring, else epoll, else plain NIO. */
    public static Vertx vertx() {
        return on(Transport.IO_URING, Transport.EPOLL);
    }

    /** The same for what gives large answers, as APIs do: on epoll, else io_uring, else plain NIO. */
    public static Vertx forAnswers() {
        return on(Transport.EPOLL, Transport.IO_URING);
    }

    private static Vertx on(Transport first, Transport second) {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(Math.max(2, Runtime.getRuntime().availableProcessors()))
                .setWorkerPoolSize(4)
                .setInternalBlockingPoolSize(4);
        options.getFileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
        return Vertx.builder().with(options).withTransport(best(first, second)).build();
    }

    /** The first that is there: one without its library is null. */
    private static Transport best(Transport first, Transport second) {
        if (first != null && first.available()) {
            return first;
        }
        return second != null && second.available() ? second : Transport.NIO;
    }
}
