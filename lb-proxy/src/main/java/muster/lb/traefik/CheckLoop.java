package muster.lb.traefik;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import muster.lb.tree.Values;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at each server of a service again and again, on one virtual thread per server, and tells what it finds. */
final class CheckLoop {
    private static final Logger log = LoggerFactory.getLogger(CheckLoop.class);

    private final String service;
    private final Values options;
    private final List<Thread> threads;

    /** One look at a server. */
    interface Check {
        /** "" when the server is well, else why it is not. Blocks, within its own time-out. */
        String failure() throws InterruptedException;
    }

    /**
     * A server that is looked at.
     *
     * @param isUp what was told last
     * @param verdict takes what is found
     */
    record Subject(String name, Check check, BooleanSupplier isUp, Consumer<Boolean> verdict) {}

    /** Throws {@link IllegalArgumentException} for options that can't be used. */
    CheckLoop(String service, Values options, List<Subject> servers) {
        this.service = service;
        this.options = options;
        if (interval(true).isZero() || interval(true).isNegative()) {
            throw new IllegalArgumentException("healthCheck.interval has to be above zero");
        }
        this.threads = servers.stream()
                .map(server -> Thread.ofVirtual().name("health-" + service + "-" + server.name()).unstarted(() -> run(server)))
                .toList();
    }

    void start() {
        threads.stream().filter(thread -> thread.getState() == Thread.State.NEW).forEach(Thread::start);
    }

    void close() {
        threads.forEach(Thread::interrupt);
    }

    /** How long one look may take. */
    static Duration timeout(Values options) {
        return options.duration("timeout").filter(time -> !time.isZero() && !time.isNegative()).orElse(Duration.ofSeconds(5));
    }

    private void run(Subject server) {
        try {
            while (true) {
                String failure = server.check().failure();
                if (server.isUp().getAsBoolean() != failure.isEmpty()) {
                    log.info("server changes service={} server={} up={} why=\"{}\"", service, server.name(), failure.isEmpty(), failure);
                }
                server.verdict().accept(failure.isEmpty());
                Thread.sleep(interval(failure.isEmpty()));
            }
        } catch (InterruptedException e) {
            log.debug("health checks end service={} server={}", service, server.name());
        }
    }

    private Duration interval(boolean isWell) {
        Duration usual = options.duration("interval").orElse(Duration.ofSeconds(30));
        return isWell ? usual : options.duration("unhealthyInterval").filter(time -> !time.isZero() && !time.isNegative()).orElse(usual);
    }
}
