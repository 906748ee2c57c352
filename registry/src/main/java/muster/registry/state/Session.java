package muster.registry.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A lease under which keys are locked.
 *
 * @param id a UUID, made where the session was asked for
 * @param lockDelay how long a key that the session lost refuses new holders
 * @param ttl Go's text as given; "" for none
 */
public record Session(
        String id,
        String name,
        String node,
        Duration lockDelay,
        Behavior behavior,
        String ttl,
        List<String> nodeChecks,
        List<ServiceCheck> serviceChecks,
        long createIndex,
        long modifyIndex) {
    /** What happens to the session's keys when it ends. */
    public enum Behavior {
        RELEASE, DELETE;

        /** Consul's word. */
        @Override
        public String toString() {
            return this == RELEASE ? "release" : "delete";
        }
    }

    /** A service's check that has to be well; the namespace is always empty here. */
    public record ServiceCheck(String id, String namespace) {
        public ServiceCheck {
            id = id == null ? "" : id;
            namespace = namespace == null ? "" : namespace;
        }
    }

    public Session {
        Objects.requireNonNull(id);
        name = name == null ? "" : name;
        node = node == null ? "" : node;
        lockDelay = lockDelay == null ? Duration.ZERO : lockDelay;
        behavior = behavior == null ? Behavior.RELEASE : behavior;
        ttl = ttl == null ? "" : ttl;
        nodeChecks = Rows.copy(nodeChecks);
        serviceChecks = Rows.copy(serviceChecks);
    }

    /** The ids of all checks that the session depends on. */
    public List<String> checks() {
        List<String> ids = new ArrayList<>(nodeChecks);
        serviceChecks.forEach(check -> ids.add(check.id()));
        return ids;
    }

    Session at(long created, long modified) {
        return new Session(id, name, node, lockDelay, behavior, ttl, nodeChecks, serviceChecks, created, modified);
    }
}
