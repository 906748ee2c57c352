package muster.registry.state;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An instance of a service on a node. Its key is the node's name and the id; neither it nor the service's name regard
 * letter case.
 *
 * @param kind "" for a plain service, else the kind of proxy or gateway ({@code connect-proxy}, …)
 * @param address its own; "" means its node's
 * @param port 0 when it has none
 */
public record Service(
        String node,
        String id,
        String name,
        String kind,
        List<String> tags,
        String address,
        int port,
        Map<String, TaggedAddress> taggedAddresses,
        Map<String, String> meta,
        Weights weights,
        boolean enableTagOverride,
        Optional<Proxy> proxy,
        boolean connectNative,
        long createIndex,
        long modifyIndex) {
    /** An address under a name such as {@code lan} or {@code wan_ipv4}. */
    public record TaggedAddress(String address, int port) {
        public TaggedAddress {
            address = address == null ? "" : address;
        }
    }

    /** How much of the traffic an instance wants, by its state. */
    public record Weights(int passing, int warning) {
        public static final Weights DEFAULT = new Weights(1, 1);
    }

    /** What a proxy stands before, and what it was told. */
    public record Proxy(
            String destinationServiceName,
            String destinationServiceId,
            String localServiceAddress,
            int localServicePort,
            Map<String, Object> config,
            List<Upstream> upstreams,
            String meshGateway) {
        public Proxy {
            destinationServiceName = destinationServiceName == null ? "" : destinationServiceName;
            destinationServiceId = destinationServiceId == null ? "" : destinationServiceId;
            localServiceAddress = localServiceAddress == null ? "" : localServiceAddress;
            config = config == null ? Map.of() : config;
            upstreams = Rows.copy(upstreams);
            meshGateway = meshGateway == null ? "" : meshGateway;
        }
    }

    /** A service that a proxy makes reachable locally. */
    public record Upstream(
            String destinationType,
            String destinationName,
            String datacenter,
            String localBindAddress,
            int localBindPort,
            Map<String, Object> config,
            String meshGateway) {
        public Upstream {
            destinationType = destinationType == null || destinationType.isEmpty() ? "service" : destinationType;
            destinationName = destinationName == null ? "" : destinationName;
            datacenter = datacenter == null ? "" : datacenter;
            localBindAddress = localBindAddress == null ? "" : localBindAddress;
            config = config == null ? Map.of() : config;
            meshGateway = meshGateway == null ? "" : meshGateway;
        }
    }

    public Service {
        Objects.requireNonNull(node);
        id = id == null ? "" : id;
        name = name == null ? "" : name;
        kind = kind == null ? "" : kind;
        tags = Rows.copy(tags);
        address = address == null ? "" : address;
        taggedAddresses = Rows.copy(taggedAddresses);
        meta = Rows.copy(meta);
        weights = weights == null ? Weights.DEFAULT : weights;
        proxy = proxy == null ? Optional.empty() : proxy;
    }

    /** The service that the mesh reaches through this instance, if any. */
    public Optional<String> destination() {
        if (connectNative) {
            return Optional.of(name);
        }
        return kind.equals("connect-proxy") ? proxy.map(Proxy::destinationServiceName) : Optional.empty();
    }

    Service at(long created, long modified) {
        return new Service(node, id, name, kind, tags, address, port, taggedAddresses, meta, weights, enableTagOverride,
                proxy, connectNative, created, modified);
    }

    boolean holdsSame(Service other) {
        return at(0, 0).equals(other.at(0, 0));
    }

    /** The same on a node of another name. */
    Service movedTo(String newNode) {
        return new Service(newNode, id, name, kind, tags, address, port, taggedAddresses, meta, weights,
                enableTagOverride, proxy, connectNative, createIndex, modifyIndex);
    }
}
