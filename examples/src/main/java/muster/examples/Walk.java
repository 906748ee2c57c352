package muster.examples;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Takes steps, one after the other, on the thread that calls. */
final class Walk {
    private static final long PAUSE_MILLIS = 100;

    /** What a step came to. */
    record Outcome(String brief, Duration took) {}

    /** A step did not come to what it has to; ends the walk. */
    static final class Failed extends Exception {
        private final String expected;
        private final String found;

        Failed(Step step, Duration after, String expected, String found) {
            super("after " + after.toMillis() + " ms, in the step: " + step.title() + "\nexpected " + expected + "\nfound    " + found);
            this.expected = expected;
            this.found = found;
        }

        String expected() {
            return expected;
        }

        String found() {
            return found;
        }
    }

    private Walk() {}

    /** Takes a step, again and again within its patience until what it expects is seen. */
    static Outcome take(Step step, User user) throws Failed, InterruptedException {
        long began = System.nanoTime();
        while (true) {
            String seen;
            Expect.Verdict verdict;
            try {
                seen = step.action().run(user);
                verdict = step.expected().of(seen);
            } catch (IOException e) {
                seen = e.getMessage() == null ? e.toString() : e.getMessage();
                verdict = new Expect.Verdict.Unmet("that it works");
            }
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            switch (verdict) {
                case Expect.Verdict.Met met -> {
                    return new Outcome(met.brief(), took);
                }
                case Expect.Verdict.Unmet unmet -> {
                    if (took.compareTo(step.patience()) >= 0) {
                        throw new Failed(step, took, unmet.expected(), seen);
                    }
                }
            }
            // Others decide when it is there: they are asked again, not waited for blindly.
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }
}
