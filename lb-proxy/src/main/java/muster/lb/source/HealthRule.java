package muster.lb.source;

import java.util.List;
import java.util.Set;
import muster.registry.client.HealthCheck;
import muster.registry.client.ServiceInstance;

/**
 * Which instances Fabio routes to. An instance needs a check of its own; its node must not be known as failed, and neither may
 * be in maintenance. Pure.
 *
 * @param accepted the states that count as healthy ({@code registry.consul.service.status})
 * @param isAllRequired whether all of the instance's own checks need such a state, or one is enough ({@code checksRequired})
 */
public record HealthRule(Set<HealthCheck.Status> accepted, boolean isAllRequired) {
    public HealthRule {
        accepted = Set.copyOf(accepted);
    }

    /** Whether the instance gets requests. */
    public boolean admits(ServiceInstance instance) {
        for (HealthCheck check : instance.checks()) {
            boolean isNodeDown = check.checkId().equals(HealthCheck.SERF_HEALTH) && check.status() == HealthCheck.Status.CRITICAL;
            if (check.isMaintenance() || isNodeDown) {
                return false;
            }
        }
        List<HealthCheck> own = instance.checks().stream().filter(check -> !check.serviceId().isEmpty()).toList();
        long healthy = own.stream().filter(check -> accepted.contains(check.status())).count();
        return healthy > 0 && (!isAllRequired || healthy == own.size());
    }
}
