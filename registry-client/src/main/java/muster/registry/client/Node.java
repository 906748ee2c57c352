package muster.registry.client;

import java.util.Map;

/** A machine in the catalog. */
public record Node(
        String id,
        String name,
        String address,
        String datacenter,
        Map<String, String> taggedAddresses,
        Map<String, String> meta,
        long createIndex,
        long modifyIndex) {
    public Node {
        taggedAddresses = Map.copyOf(taggedAddresses);
        meta = Map.copyOf(meta);
    }
}
