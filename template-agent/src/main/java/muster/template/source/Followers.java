package muster.template.source;

import java.time.Duration;
import java.util.random.RandomGenerator;
import muster.template.dependency.ApiDependency;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one virtual thread for each dependency that is followed, and tries again what fails. */
final class Followers {
    private static final Logger LOG = LoggerFactory.getLogger(Followers.class);

    private final Retry retry;
    private final RandomGenerator random;

    Followers(Retry retry, RandomGenerator random) {
        this.retry = retry;
        this.random = random;
    }

    /** Reads once, hands on what it got, and says how long to wait before the next time. */
    interface Round {
        Duration run() throws InterruptedException;
    }

    AutoCloseable start(ApiDependency dependency, Source.Receiver receiver, Round round) {
        Thread thread = Thread.ofVirtual().name("follow " + dependency).start(() -> {
            int failures = 0;
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    Duration pause;
                    try {
                        pause = round.run();
                        failures = 0;
                    } catch (ApiException e) {
                        failures++;
                        receiver.failed(dependency + ": " + e.getMessage());
                        pause = retry.after(failures, random);
                    }
                    if (!pause.isZero()) {
                        Thread.sleep(pause);
                    }
                }
            } catch (InterruptedException e) {
                LOG.debug("no longer followed dependency={}", dependency);
            }
        });
        return thread::interrupt;
    }
}
