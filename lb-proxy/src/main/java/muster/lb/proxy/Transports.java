package muster.lb.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.transport.Transport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Event loops on the fastest transport that this machine has: io_uring, epoll, or plain NIO. */
public final class Transports {
    private static final Logger log = LoggerFactory.getLogger(Transports.class);

    private Transports() {}

    /** Event loops, which the caller closes. */
    public static Vertx open(int eventLoops) {
        Transport transport = Stream.of(Transport.IO_URING, Transport.EPOLL)
                .filter(candidate -> candidate != null && candidate.available())
                .findFirst()
                .orElse(Transport.NIO);
        log.debug("event loops open transport={} loops={}", transport.name(), eventLoops);
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(eventLoops)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        return Vertx.builder().with(options).withTransport(transport).build();
    }
}
