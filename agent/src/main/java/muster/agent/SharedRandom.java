package muster.agent;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** Each calling thread's own generator, so that many threads may draw from one object. */
final class SharedRandom implements RandomGenerator {
    @Override
    public long nextLong() {
        return ThreadLocalRandom.current().nextLong();
    }
}
