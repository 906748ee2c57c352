package muster.scheduler.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import muster.registry.client.HealthCheck;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import muster.scheduler.job.CheckRestart;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.Service;
import muster.scheduler.job.ServiceCheck;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocatedPort;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.NativeService;

/**
 * What a group or a task of an allocation registers, and what its client does for it beside. Pure. Ids, meta and addresses
 * are as Nomad makes them (Nomad docs: "service stanza"); a check's id is made from what it does, so that a check whose
 * definition stays keeps its state.
 *
 * @param registrations what goes to the registry
 * @param natives what the scheduler's own state lists
 * @param scripts checks that the client runs and reports
 * @param restarts checks whose failure restarts a task
 */
record ServicePlan(List<ServiceRegistration> registrations, List<NativeService> natives, List<Script> scripts, List<Restart> restarts) {
    /** How long a script's result stays good beyond its interval. */
    private static final Duration SCRIPT_GRACE = Duration.ofSeconds(31);

    static final ServicePlan NONE = new ServicePlan(List.of(), List.of(), List.of(), List.of());

    ServicePlan {
        registrations = List.copyOf(registrations);
        natives = List.copyOf(natives);
        scripts = List.copyOf(scripts);
        restarts = List.copyOf(restarts);
    }

    /** A check run beside a task. */
    record Script(String checkId, String task, List<String> command, Duration interval, Duration timeout) {}

    /** A check that restarts a task when it fails for too long. */
    record Restart(String checkId, String name, String task, Duration interval, CheckRestart rule) {}

    /** A place to be reached at. */
    private record Address(String ip, int port) {}

    /** For a group's services ({@code task} empty) or a task's. */
    static ServicePlan of(Allocation allocation, Optional<String> task, List<Service> services, TaskEnvironment environment) {
        Builder builder = new Builder(allocation, task, environment);
        services.forEach(builder::add);
        return new ServicePlan(builder.registrations, builder.natives, builder.scripts, builder.restarts);
    }

    List<String> ids() {
        return Stream.concat(registrations.stream().map(ServiceRegistration::id), natives.stream().map(NativeService::id)).toList();
    }

    private static final class Builder {
        private final Allocation allocation;
        private final Optional<String> task;
        private final TaskEnvironment environment;
        private final List<ServiceRegistration> registrations = new ArrayList<>();
        private final List<NativeService> natives = new ArrayList<>();
        private final List<Script> scripts = new ArrayList<>();
        private final List<Restart> restarts = new ArrayList<>();

        Builder(Allocation allocation, Optional<String> task, TaskEnvironment environment) {
            this.allocation = allocation;
            this.task = task;
            this.environment = environment.with(Map.of(
                    "JOB", Values.text(allocation.job().name()),
                    "TASKGROUP", allocation.taskGroup(),
                    "TASK", task.orElse(""),
                    "BASE", Values.text(allocation.job().name()) + "-" + allocation.taskGroup() + task.map(t -> "-" + t).orElse("")));
        }

        void add(Service service) {
            String name = environment.interpolate(service.name());
            String label = environment.interpolate(service.portLabel());
            String id = NativeService.idPrefix(allocation.id()) + task.orElse("group-" + allocation.taskGroup()) + "-" + name
                    + "-" + label;
            boolean canary = allocation.isCanary();
            List<String> tags = canary && !Values.orEmpty(service.canaryTags()).isEmpty() ? service.canaryTags() : service.tags();
            Address address = address(label, service.addressMode());
            if (service.isNative()) {
                natives.add(listed(id, name, address, tags));
                return;
            }
            Map<String, String> meta = new TreeMap<>();
            Map<String, String> told = canary && !Values.orEmpty(service.canaryMeta()).isEmpty() ? service.canaryMeta() : service.meta();
            Values.orEmpty(told).forEach((key, value) -> meta.put(environment.interpolate(key), environment.interpolate(value)));
            meta.put("external-source", "nomad");
            List<ServiceRegistration.Check> checks = new ArrayList<>();
            for (ServiceCheck check : Values.orEmpty(service.checks())) {
                checks.add(check(id, name, label, service, check));
            }
            registrations.add(new ServiceRegistration(id, name, Values.orEmpty(tags).stream().map(environment::interpolate).toList(),
                    address.ip(), address.port(), meta, ServiceInstance.Weights.DEFAULT, service.enableTagOverride(), checks));
        }

        private NativeService listed(String id, String name, Address address, List<String> tags) {
            Map<String, String> node = environment.nodeValues();
            String ip = address.ip().isEmpty() ? node.getOrDefault("attr.unique.network.ip-address", "127.0.0.1") : address.ip();
            return new NativeService(ip, allocation.id(), 0, node.getOrDefault("node.datacenter", ""), id, allocation.jobId(), 0,
                    allocation.namespace(), allocation.nodeId(), address.port(), name,
                    Values.orEmpty(tags).stream().map(environment::interpolate).toList());
        }

        private ServiceRegistration.Check check(String serviceId, String serviceName, String label, Service service, ServiceCheck check) {
            String checkLabel = check.portLabel().isEmpty() ? label : environment.interpolate(check.portLabel());
            Address address = address(checkLabel, check.addressMode().isEmpty() ? service.addressMode() : check.addressMode());
            ServiceRegistration.Probe probe = probe(check, address);
            String name = check.name().isEmpty()
                    ? "service: \"" + serviceName + "\" check"
                    : environment.interpolate(check.name());
            Optional<HealthCheck.Status> status = check.initialStatus().isEmpty()
                    ? Optional.empty() : Optional.of(HealthCheck.Status.of(check.initialStatus()));
            String id = "_nomad-check-" + sha1(serviceId + "\n" + name + "\n" + probe + "\n" + check.command()
                    + Values.orEmpty(check.args()) + "\n" + check.successBeforePassing() + " " + check.failuresBeforeCritical()
                    + "\n" + checkLabel);
            String runsBeside = check.taskName().isEmpty() ? task.orElse("") : check.taskName();
            if (check.type().equals("script")) {
                List<String> command = new ArrayList<>();
                command.add(environment.interpolate(check.command()));
                Values.orEmpty(check.args()).forEach(argument -> command.add(environment.interpolate(argument)));
                scripts.add(new Script(id, runsBeside, command, check.interval(), check.timeout()));
            }
            CheckRestart rule = check.checkRestart() == null ? service.checkRestart() : check.checkRestart();
            if (rule != null && rule.limit() > 0) {
                restarts.add(new Restart(id, name, runsBeside, check.interval(), rule));
            }
            return new ServiceRegistration.Check(id, name, probe, status, check.successBeforePassing(),
                    check.failuresBeforeCritical(), Optional.empty());
        }

        private ServiceRegistration.Probe probe(ServiceCheck check, Address address) {
            // A check needs an address to go to; a port by number is one of the node.
            String ip = address.ip().isEmpty()
                    ? environment.nodeValues().getOrDefault("attr.unique.network.ip-address", "127.0.0.1") : address.ip();
            String hostPort = (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + address.port();
            return switch (check.type()) {
                case "http" -> {
                    String path = environment.interpolate(check.path());
                    String protocol = check.protocol().isEmpty() ? "http" : check.protocol();
                    String url = protocol + "://" + hostPort + (path.startsWith("/") ? path : "/" + path);
                    Map<String, List<String>> header = new TreeMap<>();
                    Values.orEmpty(check.header()).forEach((key, values) ->
                            header.put(key, values.stream().map(environment::interpolate).toList()));
                    yield new ServiceRegistration.Probe.Http(url, check.method(), header, environment.interpolate(check.body()),
                            check.tlsSkipVerify(), check.interval(), check.timeout());
                }
                case "tcp" -> new ServiceRegistration.Probe.Tcp(hostPort, check.interval(), check.timeout());
                case "grpc" -> new ServiceRegistration.Probe.Grpc(
                        check.grpcService().isEmpty() ? hostPort : hostPort + "/" + check.grpcService(), check.grpcUseTLS(),
                        check.interval(), check.timeout());
                case "script" -> new ServiceRegistration.Probe.Ttl(check.interval().plus(SCRIPT_GRACE));
                default -> throw new IllegalArgumentException("check type \"" + check.type() + "\" is none of http, tcp, grpc, script");
            };
        }

        /** Where a port label leads; a number is a port of the node, and no label is no port. */
        private Address address(String label, String mode) {
            if (label.isEmpty()) {
                return new Address("", 0);
            }
            if (allocation.allocatedResources() != null) {
                Optional<Address> granted = granted(label, mode.equals("alloc"));
                if (granted.isPresent()) {
                    return granted.get();
                }
            }
            return label.chars().allMatch(c -> c >= '0' && c <= '9') && label.length() <= 5
                    ? new Address("", Integer.parseInt(label))
                    : new Address("", 0);
        }

        private Optional<Address> granted(String label, boolean inside) {
            if (allocation.allocatedResources().shared() != null) {
                for (AllocatedPort port : Values.orEmpty(allocation.allocatedResources().shared().ports())) {
                    if (port.label().equals(label)) {
                        boolean mapped = inside && allocation.networkStatus() != null && port.to() > 0;
                        return Optional.of(mapped
                                ? new Address(allocation.networkStatus().address(), port.to())
                                : new Address(port.hostIP(), port.value()));
                    }
                }
            }
            if (task.isPresent() && Values.orEmpty(allocation.allocatedResources().tasks()).containsKey(task.get())) {
                List<NetworkResource> networks =
                        Values.orEmpty(allocation.allocatedResources().tasks().get(task.get()).networks());
                for (NetworkResource network : networks) {
                    for (Port port : TaskEnvironment.ports(network)) {
                        if (port.label().equals(label)) {
                            return Optional.of(new Address(network.ip(), port.value()));
                        }
                    }
                }
            }
            return Optional.empty();
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
