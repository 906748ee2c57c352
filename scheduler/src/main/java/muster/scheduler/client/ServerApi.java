package muster.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.NativeService;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeEvent;

/**
 * What a client needs of its servers. In process it is the server itself; over the network each call is a request. All
 * methods block the calling (virtual) thread and may be called by any. They throw {@link ServerUnreachableException} where
 * no leader can be reached: the caller tries again.
 */
public interface ServerApi {
    /**
     * The answer to a registration or a heartbeat.
     *
     * @param ttl the node is taken for down if the next heartbeat comes later than this, plus the server's grace
     * @param index the index at which it took effect
     */
    record Heartbeat(Duration ttl, long index) {}

    /** Allocations of a node, and the index to ask with the next time. */
    record Allocations(long index, List<Allocation> allocations) {}

    /**
     * Registers the node or replaces what is known of it (attributes, drivers, resources). A node that was down becomes what
     * the given status says. The secret of a known id has to be the same, else {@link IllegalArgumentException}.
     */
    Heartbeat register(Node node);

    /** Tells that the node is alive, with status {@code initializing}, {@code ready} or {@code down}. */
    Heartbeat updateStatus(String nodeId, String status);

    /** Adds events to the node's list. */
    void addEvents(String nodeId, List<NodeEvent> events);

    /**
     * All allocations of the node, terminal ones included until they are collected, with their jobs. Answers as soon as the
     * index of the node's allocations is greater than {@code index}, or after {@code wait} with what there is.
     * What a client itself reported does not wake it.
     */
    Allocations allocations(String nodeId, long index, Duration wait) throws InterruptedException;

    /**
     * Reports the clients' part of allocations in one go: id, client status and description, task states, deployment
     * status and network status are taken, everything else is ignored.
     */
    void updateAllocations(List<Allocation> allocations);

    /** Lists services in the servers' own state, or replaces them under their ids. Those of ended allocations are left out. */
    void registerServices(List<NativeService> services);

    /** Takes them out; unknown ids are passed over. */
    void deregisterServices(List<String> ids);

    /** The ids of the services that a node listed. */
    Set<String> services(String nodeId);

    /** One allocation by its whole id, of whatever node; null where there is none. For the previous allocation's data. */
    Allocation allocation(String id);
}
