package muster.registry.client;

import java.util.List;
import java.util.Locale;

/**
 * A check's definition's outline and its newest state.
 *
 * @param serviceId "" for a check of the node
 */
public record HealthCheck(
        String node,
        String checkId,
        String name,
        Status status,
        String notes,
        String output,
        String serviceId,
        String serviceName,
        List<String> serviceTags,
        String type,
        long createIndex,
        long modifyIndex) {
    /** States, from best to worst. Maintenance is an aggregate, never the state of a single check. */
    public enum Status {
        PASSING, WARNING, CRITICAL, MAINTENANCE;

        /** Consul's word. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The state for Consul's word; throws {@link IllegalArgumentException} for any other. */
        public static Status of(String word) {
            for (Status status : values()) {
                if (status.toString().equals(word)) {
                    return status;
                }
            }
            throw new IllegalArgumentException("\"" + word + "\" is no check status: passing, warning or critical");
        }
    }

    public static final String SERF_HEALTH = "serfHealth";
    public static final String NODE_MAINTENANCE = "_node_maintenance";
    public static final String SERVICE_MAINTENANCE_PREFIX = "_service_maintenance:";

    public HealthCheck {
        serviceTags = List.copyOf(serviceTags);
    }

    /** Whether this is the check that marks a node or a service as in maintenance. */
    public boolean isMaintenance() {
        return checkId.equals(NODE_MAINTENANCE) || checkId.startsWith(SERVICE_MAINTENANCE_PREFIX);
    }
}
