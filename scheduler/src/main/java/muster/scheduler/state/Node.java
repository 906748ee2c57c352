package muster.scheduler.state;

import java.util.List;
import java.util.Map;
import muster.scheduler.job.Reach;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** A machine that runs allocations (API page "Nodes"). {@code statusUpdatedAt} is in seconds. */
public record Node(
        Map<String, String> attributes,
        @Key("CSIControllerPlugins") Map<String, Object> csiControllerPlugins,
        @Key("CSINodePlugins") Map<String, Object> csiNodePlugins,
        String computedClass,
        long createIndex,
        String datacenter,
        boolean drain,
        DrainStrategy drainStrategy,
        Map<String, DriverState> drivers,
        List<NodeEvent> events,
        @Key("HTTPAddr") String httpAddr,
        Map<String, HostNetwork> hostNetworks,
        Map<String, HostVolume> hostVolumes,
        @Key("ID") String id,
        DrainMetadata lastDrain,
        Map<String, String> links,
        Map<String, String> meta,
        long modifyIndex,
        String name,
        String nodeClass,
        @Key(omitEmpty = true) String nodePool,
        NodeResources nodeResources,
        NodeReservedResources reservedResources,
        String schedulingEligibility,
        @Key("SecretID") String secretId,
        String status,
        String statusDescription,
        long statusUpdatedAt,
        @Key("TLSEnabled") boolean tlsEnabled) {
    public Node {
        attributes = Values.map(attributes);
        csiControllerPlugins = Values.map(csiControllerPlugins);
        csiNodePlugins = Values.map(csiNodePlugins);
        computedClass = Values.text(computedClass);
        datacenter = Values.text(datacenter);
        drivers = Values.map(drivers);
        events = Values.list(events);
        httpAddr = Values.text(httpAddr);
        hostNetworks = Values.map(hostNetworks);
        hostVolumes = Values.map(hostVolumes);
        id = Values.text(id);
        links = Values.map(links);
        meta = Values.map(meta);
        name = Values.text(name);
        nodeClass = Values.text(nodeClass);
        nodePool = Values.text(nodePool);
        schedulingEligibility = Values.text(schedulingEligibility);
        secretId = Values.text(secretId);
        status = Values.text(status);
        statusDescription = Values.text(statusDescription);
    }

    /** A copy with another ComputedClass. */
    public Node withComputedClass(String computedClass) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another CreateIndex. */
    public Node withCreateIndex(long createIndex) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another ModifyIndex. */
    public Node withModifyIndex(long modifyIndex) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another Drain. */
    public Node withDrain(boolean drain) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another DrainStrategy. */
    public Node withDrainStrategy(DrainStrategy drainStrategy) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another Drivers. */
    public Node withDrivers(Map<String, DriverState> drivers) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another Events. */
    public Node withEvents(List<NodeEvent> events) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another LastDrain. */
    public Node withLastDrain(DrainMetadata lastDrain) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another SchedulingEligibility. */
    public Node withSchedulingEligibility(String schedulingEligibility) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another SecretID. */
    public Node withSecretId(String secretId) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another Status. */
    public Node withStatus(String status) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another StatusDescription. */
    public Node withStatusDescription(String statusDescription) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another StatusUpdatedAt. */
    public Node withStatusUpdatedAt(long statusUpdatedAt) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another Attributes. */
    public Node withAttributes(Map<String, String> attributes) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    /** A copy with another Meta. */
    public Node withMeta(Map<String, String> meta) {
        return new Node(attributes, csiControllerPlugins, csiNodePlugins, computedClass, createIndex, datacenter,
                drain, drainStrategy, drivers, events, httpAddr, hostNetworks, hostVolumes, id, lastDrain, links,
                meta, modifyIndex, name, nodeClass, nodePool, nodeResources, reservedResources, schedulingEligibility, secretId,
                status, statusDescription, statusUpdatedAt, tlsEnabled);
    }

    public static final String INITIALIZING = "initializing";
    public static final String READY = "ready";
    public static final String DOWN = "down";
    /** Without a sign of life, but some of its instances may go on without their servers for a while. */
    public static final String DISCONNECTED = "disconnected";
    public static final String ELIGIBLE = "eligible";
    public static final String INELIGIBLE = "ineligible";

    /** The pool that it is in: {@link Reach#DEFAULT_POOL} where it names none. */
    public String pool() {
        return nodePool.isEmpty() ? Reach.DEFAULT_POOL : nodePool;
    }

    /** Whether a job may be placed here by its datacenters and its pool. */
    public boolean isWithin(Reach reach) {
        return reach.covers(datacenter, pool());
    }

    /** Whether allocations may be placed on it. */
    public boolean isReady() {
        return status.equals(READY) && !drain && schedulingEligibility.equals(ELIGIBLE);
    }
}
