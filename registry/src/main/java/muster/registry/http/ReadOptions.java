package muster.registry.http;

import java.time.Duration;
import java.util.Locale;
import muster.http.Call;
import muster.wire.GoDuration;

/**
 * How a read is to be answered.
 *
 * @param index wait for an index greater than this; 0 does not wait. 64 bits, unsigned
 * @param waitTime for how long; zero is the default
 * @param cached whether an answer of the agent's cache will do
 */
record ReadOptions(long index, Duration waitTime, Consistency consistency, boolean cached) {
    /** Consul's consistency modes, by the words of the header. */
    enum Consistency {
        LEADER, CONSISTENT, STALE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The same, answered as new as the leader would. */
    ReadOptions byLeader() {
        return new ReadOptions(index, waitTime, Consistency.LEADER, cached);
    }

    /** Reads them from the query; fails with 400 as Consul words it. */
    static ReadOptions of(Call call) {
        Duration wait = Duration.ZERO;
        if (!call.query("wait").isEmpty()) {
            wait = GoDuration.tryParse(call.query("wait")).orElseThrow(() -> ApiException.badRequest("Invalid wait time"));
        }
        long index = 0;
        if (!call.query("index").isEmpty()) {
            index = Numbers.tryUnsigned(call.query("index")).orElseThrow(() -> ApiException.badRequest("Invalid index"));
        }
        boolean stale = call.has("stale");
        boolean consistent = call.has("consistent");
        boolean cached = call.has("cached");
        if (!call.query("max_stale").isEmpty()) {
            GoDuration.tryParse(call.query("max_stale")).orElseThrow(() -> ApiException.badRequest(
                    "Invalid max_stale value \"" + call.query("max_stale") + "\""));
            stale = stale || !consistent;
        }
        if (stale && consistent) {
            throw ApiException.badRequest("Cannot specify ?stale with ?consistent, conflicting semantics.");
        }
        if (cached && consistent) {
            throw ApiException.badRequest("Cannot specify ?cached with ?consistent, conflicting semantics.");
        }
        Consistency consistency =
                stale ? Consistency.STALE : consistent ? Consistency.CONSISTENT : Consistency.LEADER;
        return new ReadOptions(index, wait, consistency, cached);
    }
}
