package muster.checks;

import java.time.InstantSource;

/** A runner whose results go through {@link Flapping}. For one thread, as that of its check. */
public final class DampedRunner implements Runner {
    private final Runner runner;
    private final InstantSource clock;
    private Flapping flapping = Flapping.NONE;

    public DampedRunner(Runner runner, InstantSource clock) {
        this.runner = runner;
        this.clock = clock;
    }

    @Override
    public Outcome run() throws InterruptedException {
        Outcome outcome = runner.run();
        flapping = flapping.after(outcome.status(), clock.instant());
        return flapping.of(outcome);
    }
}
