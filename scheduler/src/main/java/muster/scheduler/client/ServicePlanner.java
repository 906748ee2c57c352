package muster.scheduler.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.checks.CheckDefinition;
import muster.checks.Thresholds;
import muster.registry.client.HealthCheck;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.ServiceRegistration.Probe;
import muster.scheduler.driver.TaskNetwork;
import muster.scheduler.job.CheckRestart;
import muster.scheduler.job.Service;
import muster.scheduler.job.ServiceCheck;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.NativeService;

/**
 * Makes the plan of one service. Pure. Ids, meta and addresses are as Nomad makes them; a check's id is made from what it does, so that a
 * check whose definition stays keeps its state.
 */
final class ServicePlanner {
    /** How long a script's result stays good beyond its interval. */
    private static final Duration SCRIPT_GRACE = Duration.ofSeconds(31);
    private static final int NATIVE_ID_LENGTH = 32;

    private final Allocation allocation;
    private final Optional<String> task;
    private final TaskEnvironment environment;
    private final Optional<TaskNetwork> network;

    ServicePlanner(Allocation allocation, Optional<String> task, TaskEnvironment environment, Optional<TaskNetwork> network) {
        this.allocation = allocation;
        this.task = task;
        this.network = network;
        String job = Values.text(allocation.job().name());
        this.environment = environment.with(Map.of("JOB", job, "TASKGROUP", allocation.taskGroup(), "TASK", task.orElse(""),
                "BASE", job + "-" + allocation.taskGroup() + task.map(t -> "-" + t).orElse("")));
    }

    /** A service that can't be registered as it is asked for is left out whole: without its checks nobody should be led to it. */
    ServicePlan plan(Service service) {
        try {
            return new One(service).plan();
        } catch (IllegalArgumentException e) {
            String problem = "service \"" + environment.interpolate(service.name()) + "\" not registered: " + e.getMessage();
            return new ServicePlan(List.of(), List.of(), List.of(), List.of(), List.of(),
                    isAwaited(service) ? List.of(new ServicePlan.Expected(problem, false)) : List.of(), List.of(problem));
        }
    }

    private static boolean isIgnored(ServiceCheck check, Service service) {
        return onUpdate(check, service).equals("ignore");
    }

    private static String onUpdate(ServiceCheck check, Service service) {
        return check.onUpdate().isEmpty() ? service.onUpdate() : check.onUpdate();
    }

    /** Whether a deployment of the allocation waits for a check of the service. */
    static boolean isAwaited(Service service) {
        return Values.orEmpty(service.checks()).stream().anyMatch(check -> !isIgnored(check, service));
    }

    private String nodeAddress() {
        return environment.nodeValues().getOrDefault("attr.unique.network.ip-address", "127.0.0.1");
    }

    private List<String> interpolated(List<String> texts) {
        return Values.orEmpty(texts).stream().map(environment::interpolate).toList();
    }

    /** One service's, while it is made. */
    private final class One {
        private final Service service;
        private final String name;
        private final String label;
        private final String id;
        private final ServiceAddress address;
        private final List<ServiceRegistration.Check> registered = new ArrayList<>();
        private final List<NativeCheck> checks = new ArrayList<>();
        private final List<ServicePlan.Script> scripts = new ArrayList<>();
        private final List<ServicePlan.Restart> restarts = new ArrayList<>();
        private final List<ServicePlan.Expected> expected = new ArrayList<>();

        One(Service service) {
            this.service = service;
            this.name = environment.interpolate(service.name());
            this.label = environment.interpolate(service.portLabel());
            this.id = NativeService.idPrefix(allocation.id()) + task.orElse("group-" + allocation.taskGroup()) + "-" + name + "-" + label;
            ServiceAddress found = ServiceAddress.of(allocation, task, network, label, service.addressMode());
            String given = environment.interpolate(service.address());
            this.address = given.isEmpty() ? found : new ServiceAddress(given, found.port());
        }

        ServicePlan plan() {
            Values.orEmpty(service.checks()).forEach(this::check);
            boolean canary = allocation.isCanary();
            List<String> tags = interpolated(
                    canary && !Values.orEmpty(service.canaryTags()).isEmpty() ? service.canaryTags() : service.tags());
            return service.isNative()
                    ? new ServicePlan(List.of(), List.of(listed(tags)), checks, List.of(), restarts, expected, List.of())
                    : new ServicePlan(List.of(registration(tags, canary)), List.of(), List.of(), scripts, restarts, expected, List.of());
        }

        private NativeService listed(List<String> tags) {
            return new NativeService(address.ip().isEmpty() ? nodeAddress() : address.ip(), allocation.id(), 0,
                    environment.nodeValues().getOrDefault("node.datacenter", ""), id, allocation.jobId(), 0,
                    allocation.namespace(), allocation.nodeId(), address.port(), name, tags);
        }

        private ServiceRegistration registration(List<String> tags, boolean canary) {
            Map<String, String> meta = new TreeMap<>();
            Map<String, String> told = canary && !Values.orEmpty(service.canaryMeta()).isEmpty() ? service.canaryMeta() : service.meta();
            Values.orEmpty(told).forEach((key, value) -> meta.put(environment.interpolate(key), environment.interpolate(value)));
            meta.put("external-source", "nomad");
            return new ServiceRegistration(id, name, tags, address.ip(), address.port(), tagged(), meta,
                    ServiceInstance.Weights.DEFAULT, service.enableTagOverride(), registered);
        }

        /** More addresses, each {@code IP} or {@code IP:PORT}; without a port it is the service's. */
        private Map<String, ServiceInstance.TaggedAddress> tagged() {
            Map<String, ServiceInstance.TaggedAddress> tagged = new TreeMap<>();
            Values.orEmpty(service.taggedAddresses()).forEach((tag, value) -> {
                String text = environment.interpolate(value);
                int colon = text.lastIndexOf(':');
                boolean ported = colon > 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
                String port = ported ? text.substring(colon + 1) : String.valueOf(address.port());
                String host = (ported ? text.substring(0, colon) : text).replaceAll("^\\[(.*)]$", "$1");
                if (host.isEmpty() || !port.matches("[0-9]{1,5}")) {
                    throw new IllegalArgumentException("tagged address \"" + tag + "\" must be IP or IP:PORT, not \"" + text + "\"");
                }
                tagged.put(environment.interpolate(tag), new ServiceInstance.TaggedAddress(host, Integer.parseInt(port)));
            });
            return tagged;
        }

        private void check(ServiceCheck check) {
            String checkLabel = check.portLabel().isEmpty() ? label : environment.interpolate(check.portLabel());
            Probe probe = probe(check, type(check).equals("script") ? "" : connectable(check, checkLabel));
            String shown = check.name().isEmpty() ? "service: \"" + name + "\" check" : environment.interpolate(check.name());
            String hash = sha1(id + "\n" + shown + "\n" + probe + "\n" + check.command() + Values.orEmpty(check.args()) + "\n"
                    + check.successBeforePassing() + " " + check.failuresBeforeCritical() + "\n" + checkLabel);
            String checkId = service.isNative() ? hash.substring(0, NATIVE_ID_LENGTH) : "_nomad-check-" + hash;
            Optional<HealthCheck.Status> status = check.initialStatus().isEmpty()
                    ? Optional.empty() : Optional.of(HealthCheck.Status.of(check.initialStatus()));
            String runsBeside = check.taskName().isEmpty() ? task.orElse("") : check.taskName();
            boolean ignored = isIgnored(check, service);
            if (service.isNative()) {
                checks.add(new NativeCheck(checkId, shown, name, task.orElse(""), runsBeside, definition(check, probe),
                        new Thresholds(check.successBeforePassing(), check.failuresBeforeCritical(), check.failuresBeforeCritical()),
                        status.orElse(HealthCheck.Status.CRITICAL), ignored));
            } else {
                registered.add(new ServiceRegistration.Check(checkId, shown, probe, status, check.successBeforePassing(),
                        check.failuresBeforeCritical(), Optional.empty()));
                if (type(check).equals("script")) {
                    scripts.add(new ServicePlan.Script(checkId, runsBeside, command(check), check.interval(), check.timeout()));
                }
            }
            CheckRestart rule = check.checkRestart() == null ? service.checkRestart() : check.checkRestart();
            if (rule != null && rule.limit() > 0) {
                restarts.add(new ServicePlan.Restart(checkId, shown, runsBeside, check.interval(), rule));
            }
            if (!ignored) {
                expected.add(new ServicePlan.Expected(checkId, onUpdate(check, service).equals("ignore_warnings")));
            }
        }

        /** Where a check connects to. Its mode is its own; only an address that is written down in the service holds for it too. */
        private String connectable(ServiceCheck check, String checkLabel) {
            String mode = check.addressMode().isEmpty() ? "host" : check.addressMode();
            ServiceAddress own = ServiceAddress.of(allocation, task, network, checkLabel, mode);
            boolean given = check.addressMode().isEmpty() && !service.address().isEmpty();
            return (given ? new ServiceAddress(address.ip(), own.port()) : own).connectable(nodeAddress());
        }

        private List<String> command(ServiceCheck check) {
            List<String> command = new ArrayList<>(List.of(environment.interpolate(check.command())));
            command.addAll(interpolated(check.args()));
            return command;
        }

        /** Jobs may write it as they like. */
        private static String type(ServiceCheck check) {
            return check.type().toLowerCase(Locale.ROOT);
        }

        private Probe probe(ServiceCheck check, String hostPort) {
            return switch (type(check)) {
                case "http" -> {
                    String path = environment.interpolate(check.path());
                    String protocol = check.protocol().isEmpty() ? "http" : check.protocol();
                    String url = protocol + "://" + hostPort + (path.startsWith("/") ? path : "/" + path);
                    Map<String, List<String>> header = new TreeMap<>();
                    Values.orEmpty(check.header()).forEach((key, values) -> header.put(key, interpolated(values)));
                    yield new Probe.Http(url, check.method(), header, environment.interpolate(check.body()), check.tlsSkipVerify(),
                            check.interval(), check.timeout());
                }
                case "tcp" -> new Probe.Tcp(hostPort, check.interval(), check.timeout());
                case "grpc" -> new Probe.Grpc(check.grpcService().isEmpty() ? hostPort : hostPort + "/" + check.grpcService(),
                        check.grpcUseTLS(), check.interval(), check.timeout());
                case "script" -> new Probe.Ttl(check.interval().plus(SCRIPT_GRACE));
                default -> throw new IllegalArgumentException("check type \"" + check.type() + "\" is none of http, tcp, grpc, script");
            };
        }

        /** The same for this client to run. */
        private CheckDefinition definition(ServiceCheck check, Probe probe) {
            CheckDefinition.Timing timing = new CheckDefinition.Timing(check.interval(), check.timeout());
            return switch (probe) {
                case Probe.Http http -> new CheckDefinition.Http(
                        http.url(), http.method(), http.header(), http.body(), http.tlsSkipVerify(), false, timing);
                case Probe.Tcp tcp -> new CheckDefinition.Tcp(tcp.address(), timing);
                case Probe.Grpc grpc -> new CheckDefinition.Grpc(grpc.target(), grpc.tls(), check.tlsSkipVerify(), timing);
                case Probe.Ttl ttl -> new CheckDefinition.Script(command(check), timing);
                case Probe.Script script -> new CheckDefinition.Script(script.args(), timing);
            };
        }
    }

    private static String sha1(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
