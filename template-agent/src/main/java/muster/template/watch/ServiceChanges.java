package muster.template.watch;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import muster.registry.client.HealthCheck;
import muster.registry.client.ServiceSummary;

/**
 * Which services two lists, seen again and again, say may have changed. Pure; what it remembers of checks and what it remembers
 * of names each belong to the thread that brings them.
 */
final class ServiceChanges {
    private final Map<String, HealthCheck> checks = new HashMap<>();
    private final Map<String, ServiceSummary> names = new HashMap<>();

    /** Names of services whose checks are others than before; "" when a node's are, which concerns all. */
    Set<String> ofChecks(List<HealthCheck> newest) {
        Set<String> changed = new HashSet<>();
        Map<String, HealthCheck> now = new HashMap<>();
        for (HealthCheck check : newest) {
            String key = check.node() + "\0" + check.checkId();
            now.put(key, check);
            if (!check.equals(checks.get(key))) {
                changed.add(check.serviceName());
            }
        }
        checks.forEach((key, check) -> {
            if (!now.containsKey(key)) {
                changed.add(check.serviceName());
            }
        });
        checks.clear();
        checks.putAll(now);
        return changed;
    }

    /** Names that came, went, or have other tags. */
    Set<String> ofNames(List<ServiceSummary> newest) {
        Map<String, ServiceSummary> now = newest.stream().collect(Collectors.toMap(ServiceSummary::name, service -> service, (a, b) -> b));
        Set<String> changed = new HashSet<>(now.keySet());
        changed.addAll(names.keySet());
        changed.removeIf(name -> now.containsKey(name) && now.get(name).equals(names.get(name)));
        names.clear();
        names.putAll(now);
        return changed;
    }
}
