package muster.registry.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The registry as its consumers see it. Two implementations: HTTP, against any Consul-compatible agent, and in-process,
 * reading the state directly. One contract test runs against both.
 *
 * <p>Any thread may call. Reads and writes block and belong on virtual threads; in-process reads return at once. All
 * methods throw {@link RegistryException} when the registry can't be reached or refuses; a failure is never an empty answer.
 */
public interface RegistryClient extends AutoCloseable {
    /** Reads once. */
    <T> Reading<T> read(Query<T> query);

    /**
     * Reads of one moment: in the same process all of them see one state, and that is the newest; elsewhere each sees the newest it
     * can get. For a short use by one thread.
     */
    default Reader now() {
        return this::read;
    }

    /**
     * A number that moves whenever the answer of a query may have changed, cheaply to be had: who keeps what he made of an
     * answer compares the number from before he read with the present one. Empty where only reading tells; that is so for
     * every query unless an implementation says otherwise. Returns at once and never throws.
     */
    default OptionalLong revision(Query<?> query) {
        return OptionalLong.empty();
    }

    /**
     * As {@link #revision}, of all answers together: as long as it stays, so does every revision. Cheaper still, and of use where
     * changes are rare beside questions.
     */
    default OptionalLong moment() {
        return OptionalLong.empty();
    }

    /**
     * Watches: the listener gets the first answer as soon as there is one and then each changed one, by push or blocking
     * query, until the watch is closed. Errors are retried with growing, jittered pauses and reported as a view that keeps
     * the last good value; an unchanged answer is not reported again. One watch's listener is never called by two threads
     * at once, and not after {@link Watch#close} returned, unless close was called from the listener.
     */
    <T> Watch watch(Query<T> query, Listener<T> listener);

    /** Registers a service, with its checks, with the local agent; the same id replaces. (Consul HTTP API: agent/service/register) */
    void register(ServiceRegistration registration);

    /** Removes a service and its checks from the local agent; an unknown id is not an error. */
    void deregister(String serviceId);

    /** Reports the state of a TTL check of the local agent. (agent/check/update) */
    void updateCheck(String checkId, HealthCheck.Status status, String output);

    /** Sets a key. */
    default void put(String key, byte[] value) {
        put(key, value, 0, Optional.empty());
    }

    /**
     * Sets a key with flags (64 bits, unsigned); with {@code cas} only if its ModifyIndex is that (0: only if absent).
     * Returns whether it was set. (Consul HTTP API: KV store)
     */
    boolean put(String key, byte[] value, long flags, Optional<Long> cas);

    /** Deletes a key, or all below a prefix. */
    void delete(String key, boolean recurse);

    /** The local agent's node name and datacenter. */
    AgentSelf self();

    /** What is watched at present, for status pages: each with its age and last error. */
    List<WatchStatus> watches();

    /** Ends all watches. */
    @Override
    void close();

    /** Reads as {@link #read} does. */
    @FunctionalInterface
    interface Reader {
        <T> Reading<T> read(Query<T> query);
    }

    /** Takes the views of one watch. What it throws is logged and does not end the watch. */
    @FunctionalInterface
    interface Listener<T> {
        void changed(View<T> view);
    }

    /** A running watch. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** The agent one talks to. */
    record AgentSelf(String nodeName, String datacenter) {}
}
