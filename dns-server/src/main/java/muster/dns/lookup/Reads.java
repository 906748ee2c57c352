package muster.dns.lookup;

import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryClient;

/** How questions are read from the registry. Any thread may call; {@link #read} may block for a bounded time. */
public interface Reads extends AutoCloseable {
    /**
     * @param age how old it may be at most: zero for what is current
     */
    record Found<T>(T value, Duration age) {}

    /** The present answer, or the last good one with its age. Throws {@link muster.registry.client.RegistryException} where there is none. */
    <T> Found<T> read(Query<T> query);

    /**
     * As {@link RegistryClient#revision}: as long as it stays, so does what {@link #read} gave afterwards. Returns at once.
     */
    OptionalLong revision(Query<?> query);

    /** As {@link RegistryClient#moment}: as long as it stays, so does every revision. Returns at once. */
    default OptionalLong moment() {
        return OptionalLong.empty();
    }

    /** Ends what runs for the reads, but not the client. */
    @Override
    void close();

    /** Reads each time: for a client whose reads return at once. */
    static Reads direct(RegistryClient client) {
        return new Reads() {
            @Override
            public <T> Found<T> read(Query<T> query) {
                Reading<T> reading = client.read(query);
                return new Found<>(reading.value(), reading.lastContact());
            }

            @Override
            public OptionalLong revision(Query<?> query) {
                return client.revision(query);
            }

            @Override
            public OptionalLong moment() {
                return client.moment();
            }

            @Override
            public void close() {}
        };
    }

    /**
     * Watches what is asked for and answers from the watched value, also from the last good one while the registry can't be
     * reached: for a client that has to go over the network. What nobody asks for is no longer watched after a while.
     */
    static Reads watched(RegistryClient client, InstantSource clock) {
        return new WatchedReads(client, clock);
    }
}
