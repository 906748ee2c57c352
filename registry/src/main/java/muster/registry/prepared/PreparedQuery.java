package muster.registry.prepared;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import muster.wire.GoDuration;

/**
 * A stored question for instances of a service, run by its id or name. (Consul HTTP API: Prepared Queries)
 *
 * @param id a UUID, made where the query was asked for
 * @param name unique without regard to letter case; "" for none
 * @param session the session with which the query ends; "" for none
 * @param token under which the query runs whoever runs it; "" for the caller's
 * @param dnsTtl Go's text; "" for the DNS server's own rule
 */
public record PreparedQuery(
        String id,
        String name,
        String session,
        String token,
        Template template,
        ServiceQuery service,
        String dnsTtl,
        long createIndex,
        long modifyIndex) {
    /** What is shown instead of a token to those who may not manage access. */
    public static final String HIDDEN_TOKEN = "<hidden>";

    /**
     * How the query matches names that are not its own.
     *
     * @param type "" for a plain query, or {@code name_prefix_match}
     * @param regexp matched against the whole asked name; "" for none
     */
    public record Template(String type, String regexp, boolean removeEmptyTags) {
        public static final Template NONE = new Template("", "", false);

        public Template {
            type = text(type);
            regexp = text(regexp);
        }
    }

    /** Where to go when no instance is left: nearest other datacenters, then named ones. */
    public record Failover(int nearestN, List<String> datacenters) {
        public static final Failover NONE = new Failover(0, List.of());

        public Failover {
            datacenters = copy(datacenters);
        }
    }

    /**
     * Which instances are wanted.
     *
     * @param ignoreCheckIds checks that do not count
     * @param near a node's name, {@code _agent} or {@code _ip}; "" for a random order
     * @param tags all have to be there; one that begins with {@code !} must not
     * @param connect the mesh's way to the service instead of the service
     */
    public record ServiceQuery(
            String service,
            Failover failover,
            boolean onlyPassing,
            List<String> ignoreCheckIds,
            String near,
            List<String> tags,
            Map<String, String> nodeMeta,
            Map<String, String> serviceMeta,
            boolean connect) {
        public ServiceQuery {
            service = text(service);
            failover = failover == null ? Failover.NONE : failover;
            ignoreCheckIds = copy(ignoreCheckIds);
            near = text(near);
            tags = copy(tags);
            nodeMeta = copy(nodeMeta);
            serviceMeta = copy(serviceMeta);
        }
    }

    public PreparedQuery {
        Objects.requireNonNull(id);
        name = text(name);
        session = text(session);
        token = text(token);
        template = template == null ? Template.NONE : template;
        service = service == null
                ? new ServiceQuery("", Failover.NONE, false, List.of(), "", List.of(), Map.of(), Map.of(), false)
                : service;
        dnsTtl = text(dnsTtl);
    }

    public boolean isTemplate() {
        return !template.type().isEmpty();
    }

    /**
     * The name that a {@code query} rule of access control is asked with: empty where none applies, because the query can
     * be reached by its id alone.
     */
    public Optional<String> accessPrefix() {
        return name.isEmpty() && !isTemplate() ? Optional.empty() : Optional.of(name);
    }

    /** Whether what it says of itself is allowed; empty if so, else Consul's text. */
    public Optional<String> refusal() {
        if (name.isEmpty() && !isTemplate() && session.isEmpty()) {
            return Optional.of("Must be bound to a session");
        }
        if (token.equals(HIDDEN_TOKEN)) {
            return Optional.of("Bad Token '" + token
                    + "', it looks like a query definition with a redacted token was submitted");
        }
        if (service.service().isEmpty()) {
            return Optional.of("Must provide a Service name to query");
        }
        if (service.failover().nearestN() < 0) {
            return Optional.of("Bad NearestN '" + service.failover().nearestN() + "', must be >= 0");
        }
        if (dnsTtl.isEmpty()) {
            return Optional.empty();
        }
        try {
            long nanos = GoDuration.parse(dnsTtl).toNanos();
            return nanos < 0 ? Optional.of("DNS TTL '" + nanos + "', must be >=0") : Optional.empty();
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Optional.of("Bad DNS TTL '" + dnsTtl + "': " + e.getMessage());
        }
    }

    public PreparedQuery at(long created, long modified) {
        return new PreparedQuery(id, name, session, token, template, service, dnsTtl, created, modified);
    }

    /** The same question for another service query, as a template gives it for a name. */
    PreparedQuery asking(ServiceQuery rendered) {
        return new PreparedQuery(id, name, session, token, template, rendered, dnsTtl, createIndex, modifyIndex);
    }

    /** The same with its token out of sight, for those who may not manage access. */
    public PreparedQuery withTokenHidden() {
        return token.isEmpty() ? this
                : new PreparedQuery(id, name, session, HIDDEN_TOKEN, template, service, dnsTtl, createIndex, modifyIndex);
    }

    /** Without the token, which is a secret. */
    @Override
    public String toString() {
        return "PreparedQuery[id=" + id + ", name=" + name + ", service=" + service.service() + "]";
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }

    private static List<String> copy(List<String> list) {
        return list == null ? List.of() : list.stream().filter(Objects::nonNull).toList();
    }

    private static Map<String, String> copy(Map<String, String> map) {
        TreeMap<String, String> copy = map == null ? new TreeMap<>() : new TreeMap<>(map);
        copy.values().removeIf(Objects::isNull);
        return Collections.unmodifiableSortedMap(copy);
    }
}
