package muster.registry.mesh;

import static muster.wire.GoQuote.quote;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.registry.mesh.ConfigEntry.Node;
import muster.registry.mesh.EntryKinds.EntryException;
import muster.wire.GoDuration;
import muster.wire.filter.Filter;
import muster.wire.filter.FilterException;

/**
 * What an entry may say by itself, without a look at other entries; the texts are Consul's. How entries have to fit together
 * is {@link EntryGraph}'s. Pure.
 */
public final class EntryRules {
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE");
    private static final Set<String> RETRY_CONDITIONS = Set.of("5xx", "gateway-error", "reset", "connect-failure",
            "envoy-ratelimited", "retriable-4xx", "refused-stream", "cancelled", "deadline-exceeded", "internal",
            "resource-exhausted", "unavailable");
    private static final Set<String> LISTENER_PROTOCOLS = Set.of("tcp", "http", "http2", "grpc");
    private static final Set<String> BALANCING = Set.of("", "random", "round_robin", "least_request", "ring_hash", "maglev");
    private static final Set<String> HASH_FIELDS = Set.of("", "header", "cookie", "query_parameter");
    private static final int MAX_META_PAIRS = 64;

    private EntryRules() {}

    /** Empty for an entry that may be kept, else why not. */
    public static Optional<String> refusal(ConfigEntry entry) {
        try {
            meta(entry.root());
            switch (entry.kind()) {
                case EntryKinds.ROUTER -> router(named(entry));
                case EntryKinds.SPLITTER -> splitter(entry.name(), named(entry));
                case EntryKinds.RESOLVER -> resolver(entry.name(), named(entry));
                case EntryKinds.INGRESS -> ingress(entry.root());
                case EntryKinds.TERMINATING -> terminating(entry.root());
                case EntryKinds.INTENTIONS -> intentions(named(entry));
                case EntryKinds.SERVICE_DEFAULTS ->
                    require(!entry.name().equals("*"), "service-defaults name must be the name of a service, and not a wildcard");
                case EntryKinds.EXPORTED -> exported(entry.root());
                default -> { }
            }
            return Optional.empty();
        } catch (EntryException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static void require(boolean held, String text) {
        if (!held) {
            throw new EntryException(text);
        }
    }

    private static Node named(ConfigEntry entry) {
        require(!entry.name().isEmpty(), "Name is required");
        return entry.root();
    }

    private static void meta(Node root) {
        if (root.fields().get("Meta") instanceof Map<?, ?> meta) {
            require(meta.size() <= MAX_META_PAIRS, "Meta exceeds maximum element count " + MAX_META_PAIRS);
            meta.forEach((key, value) -> {
                require(String.valueOf(key).length() <= 128, "Meta key " + quote(String.valueOf(key)) + " exceeds maximum length 128");
                require(String.valueOf(value).length() <= 512,
                        "Meta value for key " + quote(String.valueOf(key)) + " exceeds maximum length 512");
            });
        }
    }

    private static void router(Node root) {
        List<Node> routes = root.list("Routes");
        for (int i = 0; i < routes.size(); i++) {
            String at = "Route[" + i + "]";
            Node http = routes.get(i).at("Match").at("HTTP");
            httpMatch(http, at);
            Node destination = routes.get(i).at("Destination");
            require(destination.text("PrefixRewrite").isEmpty() || http.has("PathExact") || http.has("PathPrefix"),
                    at + " cannot make use of PrefixRewrite without configuring either PathExact or PathPrefix");
            for (String condition : destination.texts("RetryOn")) {
                require(RETRY_CONDITIONS.contains(condition), at + " contains an invalid retry condition: " + quote(condition));
            }
        }
    }

    private static void httpMatch(Node http, String at) {
        for (String field : List.of("PathExact", "PathPrefix")) {
            String path = http.text(field);
            require(path.isEmpty() || path.startsWith("/"), at + " " + field + " doesn't start with '/': " + quote(path));
        }
        require(count(http, "PathExact", "PathPrefix", "PathRegex") <= 1,
                at + " should only contain at most one of PathExact, PathPrefix, or PathRegex");
        List<Node> headers = http.list("Header");
        for (int j = 0; j < headers.size(); j++) {
            require(!headers.get(j).text("Name").isEmpty(), at + " Header[" + j + "] missing required Name field");
            require(count(headers.get(j), "Present", "Exact", "Prefix", "Suffix", "Regex") == 1,
                    at + " Header[" + j + "] should only contain one of Present, Exact, Prefix, Suffix, or Regex");
        }
        List<Node> parameters = http.list("QueryParam");
        for (int j = 0; j < parameters.size(); j++) {
            require(!parameters.get(j).text("Name").isEmpty(), at + " QueryParam[" + j + "] missing required Name field");
            require(count(parameters.get(j), "Present", "Exact", "Regex") == 1,
                    at + " QueryParam[" + j + "] should only contain one of Present, Exact, or Regex");
        }
        Set<String> methods = new HashSet<>();
        for (String method : http.texts("Methods")) {
            require(METHODS.contains(method), at + " Methods contains an invalid method " + quote(method));
            require(methods.add(method), at + " Methods contains " + quote(method) + " more than once");
        }
    }

    private static long count(Node node, String... names) {
        return List.of(names).stream().filter(node::has).count();
    }

    private static void splitter(String name, Node root) {
        List<Node> splits = root.list("Splits");
        require(!splits.isEmpty(), "no splits configured");
        Set<String> seen = new HashSet<>();
        long hundredths = 0;
        for (Node split : splits) {
            String service = split.text("Service").isEmpty() ? name : split.text("Service");
            require(seen.add(service + "\0" + split.text("ServiceSubset")),
                    "split destination occurs more than once: service=" + quote(service) + ", subset="
                            + quote(split.text("ServiceSubset")) + ", namespace=" + quote("default"));
            hundredths += Math.round(split.real("Weight") * 100);
        }
        require(hundredths == 10_000, "the sum of all split weights must be 100, not "
                + String.format(java.util.Locale.ROOT, "%f", hundredths / 100.0));
    }

    private static void resolver(String name, Node root) {
        Map<String, Node> subsets = root.members("Subsets");
        subsets.forEach((subset, node) -> {
            require(!subset.isEmpty(), "Subset defined with empty name");
            require(subset.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"), "Subset " + quote(subset)
                    + " is invalid: must be 63 characters or less, begin or end with lower case alphanumeric characters, and"
                    + " contain lower case alphanumeric characters or '-' in between");
            if (!node.text("Filter").isEmpty()) {
                try {
                    Filter.requireSyntax(node.text("Filter"));
                } catch (FilterException e) {
                    throw new EntryException("Filter for subset " + quote(subset) + " is not a valid expression: "
                            + e.getMessage().replaceFirst("^Failed to create boolean expression evaluator: ", ""));
                }
            }
        });
        String byDefault = root.text("DefaultSubset");
        require(byDefault.isEmpty() || subsets.containsKey(byDefault),
                "DefaultSubset " + quote(byDefault) + " is not a valid subset");
        if (root.has("Redirect")) {
            redirect(name, root, subsets);
        }
        root.members("Failover").forEach((subset, failover) -> {
            String at = "Bad Failover[" + quote(subset) + "]";
            require(subset.equals("*") || subsets.containsKey(subset), at + ": not a valid subset");
            require(failover.has("Service") || failover.has("ServiceSubset") || failover.has("Datacenters"),
                    at + " one of Service, ServiceSubset, Namespace, or Datacenters is required");
            String wanted = failover.text("ServiceSubset");
            boolean own = failover.text("Service").isEmpty() || failover.text("Service").equals(name);
            require(wanted.isEmpty() || !own || subsets.containsKey(wanted), at + ".ServiceSubset " + quote(wanted)
                    + " is not a valid subset of " + quote(failover.text("Service")));
            require(!failover.texts("Datacenters").contains(""), at + ".Datacenters: found empty datacenter");
        });
        for (String timeout : List.of("ConnectTimeout", "RequestTimeout")) {
            require(root.number(timeout) >= 0, "Bad " + timeout + " '"
                    + GoDuration.format(java.time.Duration.ofNanos(root.number(timeout))) + "', must be >= 0");
        }
        loadBalancer(root.at("LoadBalancer"));
    }

    private static void redirect(String name, Node root, Map<String, Node> subsets) {
        Node redirect = root.at("Redirect");
        String subset = redirect.text("ServiceSubset");
        require(!root.has("Failover"), "Redirect and Failover cannot both be set");
        require(redirect.has("Service") || redirect.has("ServiceSubset") || redirect.has("Namespace")
                || redirect.has("Datacenter"), "Redirect is empty");
        if (redirect.text("Service").isEmpty()) {
            require(subset.isEmpty(), "Redirect.ServiceSubset defined without Redirect.Service");
            require(redirect.text("Namespace").isEmpty(), "Redirect.Namespace defined without Redirect.Service");
        } else if (redirect.text("Service").equals(name)) {
            require(subset.isEmpty() || subsets.containsKey(subset),
                    "Redirect.ServiceSubset " + quote(subset) + " is not a valid subset of " + quote(name));
        }
    }

    private static void loadBalancer(Node balancer) {
        String policy = balancer.text("Policy");
        boolean hashes = policy.equals("ring_hash") || policy.equals("maglev");
        require(BALANCING.contains(policy), "Bad LoadBalancer policy: " + quote(policy) + " is not supported");
        require(policy.equals("ring_hash") || !balancer.has("RingHashConfig"), "Bad LoadBalancer configuration. "
                + "RingHashConfig specified for incompatible load balancing policy " + quote(policy));
        require(policy.equals("least_request") || !balancer.has("LeastRequestConfig"), "Bad LoadBalancer configuration. "
                + "LeastRequestConfig specified for incompatible load balancing policy " + quote(policy));
        List<Node> policies = balancer.list("HashPolicies");
        require(hashes || policies.isEmpty(), "Bad LoadBalancer configuration: HashPolicies specified for non-hash-based Policy: "
                + quote(policy));
        for (int i = 0; i < policies.size(); i++) {
            String at = "Bad LoadBalancer HashPolicy[" + i + "]: ";
            Node hash = policies.get(i);
            String field = hash.text("Field");
            require(HASH_FIELDS.contains(field), at + quote(field) + " is not a supported field");
            require(!hash.isOn("SourceIP") || field.isEmpty(),
                    at + "A single hash policy cannot hash both a source address and a " + quote(field));
            require(!hash.isOn("SourceIP") || !hash.has("FieldValue"),
                    at + "A FieldValue cannot be specified when hashing SourceIP");
            require(field.isEmpty() || hash.has("FieldValue"),
                    at + "Field " + quote(field) + " was specified without a FieldValue");
            require(!field.isEmpty() || !hash.has("FieldValue"), at + "FieldValue requires a Field to apply to");
            Node cookie = hash.at("CookieConfig");
            require(!hash.has("CookieConfig") || field.equals("cookie"), at + "cookie_config provided for " + quote(field));
            require(!cookie.isOn("Session") || !cookie.has("TTL"), at + "a session cookie cannot have an associated TTL");
        }
    }

    private static void ingress(Node root) {
        Set<Long> ports = new HashSet<>();
        for (Node listener : root.list("Listeners")) {
            long port = listener.number("Port");
            String protocol = listener.text("Protocol");
            String on = " (listener on port " + port + ")";
            List<Node> services = listener.list("Services");
            require(ports.add(port), "port " + port + " declared on two listeners");
            require(LISTENER_PROTOCOLS.contains(protocol), "Protocol must be either 'http' or 'tcp', '" + protocol
                    + "' is an unsupported protocol.");
            require(!services.isEmpty(), "No service declared for listener with port " + port);
            require(!protocol.equals("tcp") || services.size() == 1,
                    "Multiple services per listener are only supported for protocol = 'http'" + on);
            Set<String> names = new HashSet<>();
            Set<String> hosts = new HashSet<>();
            for (Node service : services) {
                String name = service.text("Name");
                List<String> own = service.texts("Hosts");
                require(!protocol.equals("tcp") || !name.equals("*"),
                        "Wildcard service name is only valid for protocol = 'http'" + on);
                require(!protocol.equals("tcp") || own.isEmpty(),
                        "Associating hosts to a service is not supported for the " + protocol + " protocol" + on);
                require(!name.isEmpty(), "Service name cannot be blank" + on);
                require(!name.equals("*") || own.isEmpty(), "Associating hosts to a wildcard service is not supported" + on);
                require(names.add(name), "Service " + name + " cannot be added multiple times" + on);
                for (String host : own) {
                    require(hosts.add(host), "Hosts must be unique within a specific listener" + on);
                    host(host, root.at("TLS").isOn("Enabled"));
                }
            }
        }
    }

    private static void host(String host, boolean tls) {
        if (host.equals("*")) {
            require(!tls, "Host '*' is not allowed when TLS is enabled, all hosts must be valid DNS records to add as a DNSSAN");
            return;
        }
        require(!host.isEmpty() && host.length() <= 253 && !host.contains(".."), "Host " + quote(host) + " must be a valid DNS hostname");
        require(!(host.startsWith("*.") ? host.substring(2) : host).contains("*"), "Host " + quote(host)
                + " is not valid, a wildcard specifier is only allowed as the leftmost label");
    }

    private static void terminating(Node root) {
        Set<String> seen = new HashSet<>();
        for (Node service : root.list("Services")) {
            String name = service.text("Name");
            require(!name.isEmpty(), "Service name cannot be blank.");
            require(seen.add(name), "Service " + quote(name) + " was specified more than once within a namespace");
            require(!service.has("CertFile") && !service.has("KeyFile")
                    || service.has("CAFile") && service.has("CertFile") && service.has("KeyFile"),
                    "Service " + quote(name) + " must have a CertFile, CAFile, and KeyFile specified for TLS origination");
        }
    }

    private static void intentions(Node root) {
        List<Node> sources = root.list("Sources");
        require(!sources.isEmpty(), "At least one source is required");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < sources.size(); i++) {
            Node source = sources.get(i);
            String at = "Sources[" + i + "].";
            String name = source.text("Name");
            require(!name.isEmpty(), at + "Name is required");
            require(!name.contains("*") || name.equals("*"), at + "Name: wildcard character '*' cannot be used with partial values");
            boolean rules = source.has("Permissions");
            require(!rules || !source.has("Action"), at + "Action must be omitted if Permissions are specified");
            String action = source.text("Action");
            require(rules || action.equals(Intention.ALLOW) || action.equals(Intention.DENY),
                    at + "Action must be set to 'allow' or 'deny'");
            require(List.of("", "consul").contains(source.text("Type")), at + "Type must be set to 'consul'");
            require(source.text("Description").length() <= 512, at + "Description exceeds maximum length 512");
            require(seen.add(name), "Sources[" + i + "] defines " + quote(name) + " more than once");
        }
    }

    private static void exported(Node root) {
        List<Node> services = root.list("Services");
        for (int i = 0; i < services.size(); i++) {
            require(!services.get(i).text("Name").isEmpty(), "Services[" + i + "]: service name cannot be empty");
            require(!services.get(i).list("Consumers").isEmpty(),
                    "Services[" + i + "]: must have at least one consumer");
        }
    }
}
