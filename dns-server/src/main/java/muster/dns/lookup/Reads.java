package muster.dns.lookup;

import java.time.InstantSource;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;

/** How questions are read from the registry. Any thread may call; {@link #read} may block for a bounded time. */
public interface Reads extends AutoCloseable {
    /** The present answer. Throws {@link muster.registry.client.RegistryException} where there is none. */
    <T> T read(Query<T> query);

    /** Ends what runs for the reads, but not the client. */
    @Override
    void close();

    /** Reads each time: for a client whose reads return at once. */
    static Reads direct(RegistryClient client) {
        return new Reads() {
            @Override
            public <T> T read(Query<T> query) {
                return client.read(query).value();
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
