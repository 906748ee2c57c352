package muster.registry.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a prepared query found.
 *
 * @param service of which the instances are
 * @param instances those in service, with their checks
 * @param dnsTtl how long DNS may keep the answer, where the query says so
 * @param datacenter where they were found; another than the own after a failover
 */
public record PreparedAnswer(String service, List<ServiceInstance> instances, Optional<Duration> dnsTtl, String datacenter) {
    public PreparedAnswer {
        instances = List.copyOf(instances);
    }
}
