package muster.registry.state;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A check's newest state. Its key is the node's name and the id.
 *
 * @param status {@code passing}, {@code warning}, {@code critical}; the catalog takes any word
 * @param serviceId "" for a check of the node
 * @param serviceName filled from the service when the check is registered, as are the tags
 * @param type {@code http}, {@code tcp}, {@code ttl}, …, "" when unknown
 */
public record Check(
        String node,
        String id,
        String name,
        String status,
        String notes,
        String output,
        String serviceId,
        String serviceName,
        List<String> serviceTags,
        String type,
        Definition definition,
        long createIndex,
        long modifyIndex) {
    public static final String PASSING = "passing";
    public static final String WARNING = "warning";
    public static final String CRITICAL = "critical";
    public static final String SERF_HEALTH = "serfHealth";

    /** What the check does, as far as its registrant told the catalog; zero and "" where it did not. */
    public record Definition(
            Duration interval,
            Duration timeout,
            Duration deregisterCriticalServiceAfter,
            String http,
            boolean tlsSkipVerify,
            Map<String, List<String>> header,
            String method,
            String body,
            String tcp) {
        public static final Definition NONE = new Definition(null, null, null, "", false, null, "", "", "");

        public Definition {
            interval = interval == null ? Duration.ZERO : interval;
            timeout = timeout == null ? Duration.ZERO : timeout;
            deregisterCriticalServiceAfter =
                    deregisterCriticalServiceAfter == null ? Duration.ZERO : deregisterCriticalServiceAfter;
            http = http == null ? "" : http;
            header = Rows.copy(header);
            method = method == null ? "" : method;
            body = body == null ? "" : body;
            tcp = tcp == null ? "" : tcp;
        }
    }

    public Check {
        Objects.requireNonNull(node);
        id = id == null ? "" : id;
        name = name == null ? "" : name;
        status = status == null ? "" : status;
        notes = notes == null ? "" : notes;
        output = output == null ? "" : output;
        serviceId = serviceId == null ? "" : serviceId;
        serviceName = serviceName == null ? "" : serviceName;
        serviceTags = Rows.copy(serviceTags);
        type = type == null ? "" : type;
        definition = definition == null ? Definition.NONE : definition;
    }

    public boolean isCritical() {
        return status.equals(CRITICAL);
    }

    Check at(long created, long modified) {
        return new Check(node, id, name, status, notes, output, serviceId, serviceName, serviceTags, type, definition,
                created, modified);
    }

    Check named(String newId, String newStatus) {
        return new Check(node, newId, name, newStatus, notes, output, serviceId, serviceName, serviceTags, type,
                definition, createIndex, modifyIndex);
    }

    Check of(String newServiceName, List<String> tags) {
        return new Check(node, id, name, status, notes, output, serviceId, newServiceName, tags, type, definition,
                createIndex, modifyIndex);
    }

    Check movedTo(String newNode) {
        return new Check(newNode, id, name, status, notes, output, serviceId, serviceName, serviceTags, type, definition,
                createIndex, modifyIndex);
    }

    boolean holdsSame(Check other) {
        return at(0, 0).equals(other.at(0, 0));
    }
}
