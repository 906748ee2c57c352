package muster.registry.mesh;

import java.time.Duration;

/**
 * For which service a discovery chain is wanted, and how its asker differs from others.
 *
 * @param trustDomain of which server names are made
 * @param protocol what the asker speaks, instead of what is configured; "" for that
 * @param meshGateway the asker's mode; "" for the configured one
 * @param connectTimeout zero for the configured one
 */
public record ChainRequest(
        String service, String datacenter, String trustDomain, String protocol, String meshGateway, Duration connectTimeout) {
    /** Without anything of its own. */
    public static ChainRequest of(String service, String datacenter, String trustDomain) {
        return new ChainRequest(service, datacenter, trustDomain, "", "", Duration.ZERO);
    }
}
