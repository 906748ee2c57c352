package muster.registry.identity;

import java.util.List;

/**
 * What a token or a role gives.
 *
 * @param policies their ids
 * @param roles their ids; a role has none
 */
public record Grants(
        List<String> policies, List<String> roles, List<ServiceIdentity> serviceIdentities, List<NodeIdentity> nodeIdentities) {
    public static final Grants NONE = new Grants(List.of(), List.of(), List.of(), List.of());

    /**
     * What a service needs to register itself and its proxy and to find others.
     *
     * @param datacenters where it holds; everywhere when empty
     */
    public record ServiceIdentity(String serviceName, List<String> datacenters) {
        public ServiceIdentity {
            serviceName = Links.text(serviceName);
            datacenters = Links.copy(datacenters);
        }
    }

    /** What an agent needs to register its node, in one datacenter. */
    public record NodeIdentity(String nodeName, String datacenter) {
        public NodeIdentity {
            nodeName = Links.text(nodeName);
            datacenter = Links.text(datacenter);
        }
    }

    public Grants {
        policies = Links.copy(policies);
        roles = Links.copy(roles);
        serviceIdentities = Links.copy(serviceIdentities);
        nodeIdentities = Links.copy(nodeIdentities);
    }

    public static Grants ofPolicy(String id) {
        return new Grants(List.of(id), List.of(), List.of(), List.of());
    }

    /** Whether it gives nothing at all. */
    public boolean isEmpty() {
        return policies.isEmpty() && roles.isEmpty() && serviceIdentities.isEmpty() && nodeIdentities.isEmpty();
    }
}
