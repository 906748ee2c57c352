package muster.registry.state;

import java.util.Map;
import java.util.Objects;

/**
 * A machine in the catalog. Names are compared without letter case.
 *
 * @param id a UUID in lower case, or ""
 */
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
        Objects.requireNonNull(name);
        id = id == null ? "" : id;
        address = address == null ? "" : address;
        datacenter = datacenter == null ? "" : datacenter;
        taggedAddresses = Rows.copy(taggedAddresses);
        meta = Rows.copy(meta);
    }

    Node at(long created, long modified) {
        return new Node(id, name, address, datacenter, taggedAddresses, meta, created, modified);
    }

    public boolean holdsSame(Node other) {
        return at(0, 0).equals(other.at(0, 0));
    }
}
