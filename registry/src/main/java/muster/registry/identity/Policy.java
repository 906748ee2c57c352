package muster.registry.identity;

import java.util.List;
import java.util.Objects;

/**
 * Rules under a name. (Consul HTTP API: ACL policies)
 *
 * @param id a UUID
 * @param rules text of the rule language
 * @param datacenters where it holds; everywhere when empty
 */
public record Policy(
        String id,
        String name,
        String description,
        String rules,
        List<String> datacenters,
        byte[] hash,
        long createIndex,
        long modifyIndex) {
    /** The policy that gives everything; it can't be changed. */
    public static final String GLOBAL_MANAGEMENT_ID = "00000000-0000-0000-0000-000000000001";

    private static final String EVERYTHING = """

            acl = "write"
            agent_prefix "" {
            	policy = "write"
            }
            event_prefix "" {
            	policy = "write"
            }
            key_prefix "" {
            	policy = "write"
            }
            keyring = "write"
            node_prefix "" {
            	policy = "write"
            }
            operator = "write"
            query_prefix "" {
            	policy = "write"
            }
            service_prefix "" {
            	policy = "write"
            	intentions = "write"
            }
            session_prefix "" {
            	policy = "write"
            }""";

    public Policy {
        Objects.requireNonNull(id);
        name = Links.text(name);
        description = Links.text(description);
        rules = Links.text(rules);
        datacenters = Links.copy(datacenters);
        hash = hash == null ? new byte[0] : hash;
    }

    /** One that is to be stored: its hash is made, its indexes are the state's to set. */
    public static Policy of(String id, String name, String description, String rules, List<String> datacenters) {
        byte[] hash = Hash.of(name, description, rules, String.join(",", datacenters));
        return new Policy(id, name, description, rules, datacenters, hash, 0, 0);
    }

    /** The builtin policy that gives everything. */
    public static Policy globalManagement() {
        return of(GLOBAL_MANAGEMENT_ID, "global-management", "Builtin Policy that grants unlimited access", EVERYTHING, List.of());
    }

    /** At these indexes. */
    public Policy at(long created, long modified) {
        return new Policy(id, name, description, rules, datacenters, hash, created, modified);
    }
}
