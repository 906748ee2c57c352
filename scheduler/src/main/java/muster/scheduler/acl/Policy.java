package muster.scheduler.acl;

import java.util.Map;
import java.util.Set;

/**
 * What one policy's rules say.
 *
 * @param namespaces capabilities by the namespace's name or pattern
 * @param variables capabilities by path or pattern, by namespace or pattern
 * @param hostVolumes by the volume's name or pattern
 * @param nodePools by the pool's name or pattern
 */
public record Policy(
        Map<String, Set<Capability>> namespaces,
        Map<String, Map<String, Set<VariableCapability>>> variables,
        Map<String, Access> hostVolumes,
        Map<String, Set<NodePoolCapability>> nodePools,
        Map<Resource, Access> wholes) {
    boolean isEmpty() {
        return namespaces.isEmpty() && variables.isEmpty() && hostVolumes.isEmpty() && nodePools.isEmpty() && wholes.isEmpty();
    }
}
