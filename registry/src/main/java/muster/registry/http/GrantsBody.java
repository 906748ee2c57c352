package muster.registry.http;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import muster.registry.identity.Grants;
import muster.registry.state.Acl;
import muster.wire.GoQuote;
import muster.wire.Key;

/** The parts of a body that say what a token or role gives, and their checks. Pure. */
final class GrantsBody {
    private static final int MAX_NAME = 256;
    private static final Pattern IDENTITY_NAME = Pattern.compile("[a-z0-9]([a-z0-9\\-_]*[a-z0-9])?");

    private final String owner;
    private final Acl acl;

    /** @param owner {@code token} or {@code role}, for messages */
    GrantsBody(String owner, Acl acl) {
        this.owner = owner;
        this.acl = acl;
    }

    /** A link to a policy or role, by either. */
    record Link(@Key("ID") String id, String name) {
        Link {
            id = id == null ? "" : id;
            name = name == null ? "" : name;
        }
    }

    /** The grants of a body; fails with 500 for links that lead nowhere and for bad names. */
    Grants read(
            List<Link> policies, List<Link> roles, List<Grants.ServiceIdentity> services, List<Grants.NodeIdentity> nodes,
            boolean local) {
        return new Grants(policies(policies), roles(roles), services(services, local), nodes(nodes));
    }

    private List<String> policies(List<Link> links) {
        Set<String> ids = new LinkedHashSet<>();
        for (Link link : present(links)) {
            if (link.id().isEmpty()) {
                ids.add(acl.policyNamed(link.name()).orElseThrow(() -> ApiException.refused(
                        "No such ACL policy with name " + GoQuote.quote(link.name()))).id());
            } else {
                ids.add(acl.policy(link.id()).orElseThrow(() -> ApiException.refused(
                        "No such ACL policy with ID " + GoQuote.quote(link.id()))).id());
            }
        }
        return List.copyOf(ids);
    }

    private List<String> roles(List<Link> links) {
        Set<String> ids = new LinkedHashSet<>();
        for (Link link : present(links)) {
            if (link.id().isEmpty()) {
                ids.add(acl.roleNamed(link.name()).orElseThrow(() -> ApiException.refused(
                        "No such ACL role with name " + GoQuote.quote(link.name()))).id());
            } else {
                ids.add(acl.role(link.id()).orElseThrow(() -> ApiException.refused(
                        "No such ACL role with ID " + GoQuote.quote(link.id()))).id());
            }
        }
        return List.copyOf(ids);
    }

    /** Sorted, one for each name: an identity without datacenters holds everywhere and makes others of its name needless. */
    private List<Grants.ServiceIdentity> services(List<Grants.ServiceIdentity> given, boolean local) {
        Map<String, TreeSet<String>> merged = new LinkedHashMap<>();
        Set<String> everywhere = new LinkedHashSet<>();
        for (Grants.ServiceIdentity identity : present(given)) {
            String name = identity.serviceName();
            if (name.isEmpty()) {
                throw ApiException.refused("Service identity is missing the service name field on this " + owner);
            }
            if (local && !identity.datacenters().isEmpty()) {
                throw ApiException.refused("Service identity " + GoQuote.quote(name)
                        + " cannot specify a list of datacenters on a local token");
            }
            if (!isName(name)) {
                throw ApiException.refused("Service identity " + GoQuote.quote(name)
                        + " has an invalid name. Only alphanumeric characters, '-' and '_' are allowed");
            }
            merged.computeIfAbsent(name, n -> new TreeSet<>()).addAll(identity.datacenters());
            if (identity.datacenters().isEmpty()) {
                everywhere.add(name);
            }
        }
        List<Grants.ServiceIdentity> identities = new ArrayList<>();
        merged.forEach((name, datacenters) -> identities.add(new Grants.ServiceIdentity(
                name, everywhere.contains(name) ? List.of() : List.copyOf(datacenters))));
        identities.sort(Comparator.comparing(Grants.ServiceIdentity::serviceName));
        return identities;
    }

    private List<Grants.NodeIdentity> nodes(List<Grants.NodeIdentity> given) {
        for (Grants.NodeIdentity identity : present(given)) {
            if (identity.nodeName().isEmpty()) {
                throw ApiException.refused("Node identity is missing the node name field on this " + owner);
            }
            if (identity.datacenter().isEmpty()) {
                throw ApiException.refused("Node identity is missing the datacenter field on this " + owner);
            }
            if (!isName(identity.nodeName())) {
                throw ApiException.refused(
                        "Node identity has an invalid name. Only alphanumeric characters, '-' and '_' are allowed");
            }
        }
        return present(given).stream().distinct()
                .sorted(Comparator.comparing(Grants.NodeIdentity::nodeName).thenComparing(Grants.NodeIdentity::datacenter)).toList();
    }

    /** Whether a service or node identity may have this name. */
    static boolean isName(String name) {
        return name.length() <= MAX_NAME && IDENTITY_NAME.matcher(name).matches();
    }

    private static <T> List<T> present(List<T> list) {
        return list == null ? List.of() : list.stream().filter(java.util.Objects::nonNull).toList();
    }
}
