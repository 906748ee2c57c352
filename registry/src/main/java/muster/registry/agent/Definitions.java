package muster.registry.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.checks.CheckDefinition;
import muster.checks.CheckDefinition.Timing;
import muster.checks.CheckState;
import muster.checks.Thresholds;
import muster.registry.agent.Bodies.CheckBody;
import muster.registry.agent.Bodies.ServiceBody;
import muster.registry.client.HealthCheck.Status;
import muster.registry.state.Service;

/**
 * From a definition as it was written to a registration, with the original's rules for names and ids and its refusals.
 * Pure. All methods throw {@link RefusedException}.
 */
final class Definitions {
    private static final int MAX_WEIGHT = 65_535;

    private final String node;
    private final int outputLimit;
    private final boolean scripts;

    /** @param scripts whether script checks are allowed to this definition's author */
    Definitions(String node, int outputLimit, boolean scripts) {
        this.node = node;
        this.outputLimit = outputLimit;
        this.scripts = scripts;
    }

    Registration service(ServiceBody body, Instant now) {
        if (body.name().isEmpty()) {
            throw new RefusedException(400, "Missing service name");
        }
        if (List.of("0.0.0.0", "::", "[::]").contains(body.address())) {
            throw new RefusedException(400, "Invalid service address");
        }
        Service.Weights weights = body.weights().map(Definitions::weights).orElse(Service.Weights.DEFAULT);
        if (body.kind().equals("connect-proxy")
                && body.proxy().map(Bodies.ProxyBody::destinationServiceName).filter(name -> !name.isEmpty()).isEmpty()) {
            throw new RefusedException(400, "Invalid service: Proxy.DestinationServiceName must be non-empty for Connect proxy services");
        }
        String id = body.id().isEmpty() ? body.name() : body.id();
        Service service = new Service(node, id, body.name(), body.kind(), body.tags(), body.address(), body.port(),
                taggedAddresses(body), body.meta(), weights, body.enableTagOverride(), body.proxy().map(Definitions::proxy),
                body.connect().map(Bodies.ConnectBody::isNative).orElse(false), 0, 0);
        List<CheckBody> bodies = new ArrayList<>();
        body.check().ifPresent(bodies::add);
        body.checks().stream().filter(check -> check != null).forEach(bodies::add);
        List<LocalCheck> checks = new ArrayList<>();
        for (int i = 0; i < bodies.size(); i++) {
            checks.add(checkOf(service, bodies.get(i), bodies.size() == 1 ? "" : ":" + (i + 1), now));
        }
        return new Registration(service, checks, body.token());
    }

    private static Service.Weights weights(Bodies.WeightsBody weights) {
        if (weights.passing() < 1) {
            throw new RefusedException(400, "Invalid Weights: Passing must be greater than 0");
        }
        if (weights.warning() < 0) {
            throw new RefusedException(400, "Invalid Weights: Warning must be greater or equal than 0");
        }
        if (weights.passing() > MAX_WEIGHT || weights.warning() > MAX_WEIGHT) {
            throw new RefusedException(400, "Invalid Weights: DNS Weight must be between 0 and 65535");
        }
        return new Service.Weights(weights.passing(), weights.warning());
    }

    /** An address that is an IP is also known by its family, to clients that must choose one. */
    private static Map<String, Service.TaggedAddress> taggedAddresses(ServiceBody body) {
        Map<String, Service.TaggedAddress> all = new TreeMap<>();
        body.taggedAddresses().forEach((name, tagged) -> all.put(name,
                tagged == null ? new Service.TaggedAddress("", 0) : new Service.TaggedAddress(tagged.address(), tagged.port())));
        String family = body.address().matches("\\d{1,3}(\\.\\d{1,3}){3}") ? "ipv4"
                : body.address().contains(":") ? "ipv6" : "";
        if (!family.isEmpty()) {
            Service.TaggedAddress own = new Service.TaggedAddress(body.address(), body.port());
            all.putIfAbsent("lan_" + family, own);
            all.putIfAbsent("wan_" + family, own);
        }
        return all;
    }

    private static Service.Proxy proxy(Bodies.ProxyBody body) {
        List<Service.Upstream> upstreams = body.upstreams().stream()
                .map(up -> new Service.Upstream(up.destinationType(), up.destinationName(), up.datacenter(),
                        up.localBindAddress(), up.localBindPort(), up.config(), mode(up.meshGateway())))
                .toList();
        return new Service.Proxy(body.destinationServiceName(), body.destinationServiceId(), body.localServiceAddress(),
                body.localServicePort(), body.config(), upstreams, mode(body.meshGateway()));
    }

    private static String mode(Bodies.MeshGatewayBody gateway) {
        return gateway == null ? "" : gateway.mode();
    }

    private LocalCheck checkOf(Service service, CheckBody body, String number, Instant now) {
        if (!body.status().isEmpty() && statusOf(body.status()).isEmpty()) {
            throw new RefusedException(400, "Status for checks must 'passing', 'warning', 'critical'");
        }
        String given = body.checkId().isEmpty() ? body.id() : body.checkId();
        String id = given.isEmpty() ? "service:" + service.id() + number : given;
        String name = body.name().isEmpty() ? "Service '" + service.name() + "' check" : body.name();
        return localCheck(id, name, service.id(), body, now);
    }

    /** A check of the node, or by its {@code ServiceID} of a service. */
    LocalCheck check(CheckBody body, Instant now) {
        if (body.name().isEmpty()) {
            throw new RefusedException(400, "Missing check name");
        }
        if (!body.status().isEmpty() && statusOf(body.status()).isEmpty()) {
            throw new RefusedException(400, "Bad check status");
        }
        String given = body.id().isEmpty() ? body.checkId() : body.id();
        return localCheck(given.isEmpty() ? body.name() : given, body.name(), body.serviceId(), body, now);
    }

    private LocalCheck localCheck(String id, String name, String serviceId, CheckBody body, Instant now) {
        CheckDefinition definition = definition(body);
        Status status = statusOf(body.status()).orElse(Status.CRITICAL);
        Duration remove = body.deregisterCriticalServiceAfter();
        int limit = body.outputMaxSize() > 0 ? Math.min(body.outputMaxSize(), outputLimit) : outputLimit;
        return new LocalCheck(id, name, body.notes(), serviceId, "", List.of(), definition,
                new Thresholds(body.successBeforePassing(), body.failuresBeforeWarning(), body.failuresBeforeCritical()),
                remove.isZero() ? Optional.empty() : Optional.of(remove), limit,
                CheckState.initial(definition, status, "", now), Optional.empty());
    }

    private CheckDefinition definition(CheckBody body) {
        boolean script = !body.command().isEmpty();
        boolean timed = script || !body.http().isEmpty() || !body.tcp().isEmpty() || !body.grpc().isEmpty();
        boolean alias = !body.aliasNode().isEmpty() || !body.aliasService().isEmpty();
        boolean interval = body.interval().isPositive();
        boolean ttl = body.ttl().isPositive();
        refuseIf(interval && ttl, "Interval and TTL cannot both be specified");
        refuseIf(timed && !interval, "Interval must be > 0 for Script, HTTP, or TCP checks");
        refuseIf(timed && alias, "Interval cannot be set for Alias checks");
        refuseIf(alias && ttl, "TTL must be not be set for Alias checks");
        refuseIf(!timed && !alias && !ttl, "TTL must be > 0 for TTL checks");
        refuseIf(body.outputMaxSize() < 0, "MaxOutputMaxSize must be positive");
        if (script && !scripts) {
            throw new RefusedException(500, "Scripts are disabled on this agent from remote calls; to enable,"
                    + " configure 'enable_script_checks' to true");
        }
        refuseIf(!script && !body.dockerContainerId().isEmpty(), "Args must be given for Docker checks");
        if (alias) {
            return new CheckDefinition.Alias(body.aliasNode(), body.aliasService());
        }
        if (ttl) {
            return new CheckDefinition.Ttl(body.ttl());
        }
        Duration patience = body.timeout().isPositive() ? body.timeout()
                : script ? CheckDefinition.DEFAULT_SCRIPT_TIMEOUT : CheckDefinition.DEFAULT_TIMEOUT;
        Timing timing = new Timing(body.interval(), patience);
        if (script) {
            return body.dockerContainerId().isEmpty() ? new CheckDefinition.Script(body.command(), timing)
                    : new CheckDefinition.Docker(body.dockerContainerId(), body.shell(), body.command(), timing);
        }
        if (!body.http().isEmpty()) {
            return new CheckDefinition.Http(body.http(), body.method(), body.header(), body.body(), body.tlsSkipVerify(),
                    body.disableRedirects(), timing);
        }
        return !body.tcp().isEmpty()
                ? new CheckDefinition.Tcp(body.tcp(), timing)
                : new CheckDefinition.Grpc(body.grpc(), body.grpcUseTls(), body.tlsSkipVerify(), timing);
    }

    private static void refuseIf(boolean wrong, String rule) {
        if (wrong) {
            throw new RefusedException(400, "Invalid check: " + rule);
        }
    }

    /** One of the three states that a check can have, by its word. */
    static Optional<Status> statusOf(String word) {
        return switch (word) {
            case "passing" -> Optional.of(Status.PASSING);
            case "warning" -> Optional.of(Status.WARNING);
            case "critical" -> Optional.of(Status.CRITICAL);
            default -> Optional.empty();
        };
    }
}
