package muster.registry.state;

import java.util.List;
import java.util.Optional;
import muster.registry.mesh.Authority;
import muster.registry.mesh.ConfigEntry;
import muster.registry.mesh.Coordinate;
import muster.registry.mesh.Intention;
import muster.registry.prepared.PreparedQuery;

/**
 * What the log carries: every change of the registry's state. Ids and times are made where the command is, so that
 * applying it gives the same state everywhere.
 */
public sealed interface Command {
    /** One operation on the KV store that writes. (Consul HTTP API: KV store) */
    record WriteKey(KeyOperation operation) implements Command {}

    /**
     * Adds or replaces a node, and with it a service and checks. (catalog/register)
     *
     * @param skipNodeUpdate leaves a node that exists as it is
     */
    record Register(Node node, boolean skipNodeUpdate, Optional<Service> service, List<Check> checks) implements Command {
        public Register {
            service = service == null ? Optional.empty() : service;
            checks = Rows.copy(checks);
        }
    }

    /** Removes a check, a service with its checks, or, both being "", the node with all it has. (catalog/deregister) */
    record Deregister(String node, String serviceId, String checkId) implements Command {
        public Deregister {
            serviceId = serviceId == null ? "" : serviceId;
            checkId = checkId == null ? "" : checkId;
        }
    }

    /** Opens a session under the id that it carries. (session/create) */
    record CreateSession(Session session) implements Command {}

    /** Ends a session; one that does not exist is no error. (session/destroy, and the end of a TTL) */
    record EndSession(String id) implements Command {}

    /** All operations or none, at one index. (txn) */
    record Transaction(List<Operation> operations) implements Command {
        public Transaction {
            operations = List.copyOf(operations);
        }
    }

    /** Forgets deletions of keys up to an index; the leader proposes it about 15 minutes after they happened. */
    record CollectTombstones(long upToIndex) implements Command {}

    /** Replaces the rules by which servers are kept; with {@code cas} only if they were last changed at that index. */
    record SetAutopilot(Autopilot autopilot, Optional<Long> cas) implements Command {
        public SetAutopilot {
            cas = cas == null ? Optional.empty() : cas;
        }
    }

    /** Changes what access control is made of. (acl) */
    record ChangeAcl(AclChange change) implements Command {}

    /** Sets a prepared query under the id that it carries. (query) */
    record SetQuery(PreparedQuery query) implements Command {}

    /** Removes a prepared query; one that does not exist is no error. (query/ID) */
    record DeleteQuery(String id) implements Command {}

    /** Sets where nodes stand in the network. (coordinate/update) */
    record SetCoordinates(List<Coordinate> coordinates) implements Command {
        public SetCoordinates {
            coordinates = Rows.copy(coordinates);
        }
    }

    /** Sets a config entry; with {@code cas} only if it was last changed at that index, 0 meaning that there is none. (config) */
    record SetConfigEntry(ConfigEntry entry, Optional<Long> cas) implements Command {
        public SetConfigEntry {
            cas = cas == null ? Optional.empty() : cas;
        }
    }

    /** Removes a config entry; one that does not exist is no error. (config/KIND/NAME) */
    record DeleteConfigEntry(String kind, String name, Optional<Long> cas) implements Command {
        public DeleteConfigEntry {
            cas = cas == null ? Optional.empty() : cas;
        }
    }

    /** Sets an intention under the id that it carries. (connect/intentions) */
    record SetIntention(Intention intention) implements Command {}

    /** Removes an intention; one that does not exist is no error. (connect/intentions/ID) */
    record DeleteIntention(String id) implements Command {}

    /** Sets the certificate authority if it was last changed at that index, 0 meaning that there is none. */
    record SetAuthority(Authority authority, long cas) implements Command {}

    /**
     * Replaces everything by an archive's state, whose rows keep their indexes. (snapshot, PUT) Made of a state that was read whole, so
     * that a damaged archive is refused before anything is replaced.
     */
    record Restore(State state) implements Command {}

    /**
     * A piece of such a state, packed, where it is larger than an entry may be; the last one replaces everything. Pieces come in their
     * order, and one restoration at a time: the first piece of another ends this one.
     *
     * @param id of the restoration
     * @param number from 0
     */
    record RestorePiece(String id, int number, boolean last, byte[] bytes) implements Command {}
}
