package muster.scheduler.job;

import static muster.scheduler.job.Values.orEmpty;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import muster.wire.GoDuration;

/** Checks of services and their health checks. */
final class ServiceValidation {
    private static final Duration MINIMUM = Duration.ofSeconds(1);

    private final TaskGroup group;

    ServiceValidation(TaskGroup group) {
        this.group = group;
    }

    Faults ofGroup() {
        Faults faults = new Faults();
        Set<String> tasks = new HashSet<>();
        orEmpty(group.tasks()).forEach(task -> tasks.add(task.name()));
        int number = 0;
        for (Service service : orEmpty(group.services())) {
            faults.nest("Service[" + number++ + "] " + service.name(), service(service));
            faults.addIf(
                    service.addressMode().equals("driver"),
                    "service \"" + service.name() + "\" cannot use address_mode=\"driver\", only services defined in a"
                            + " \"task\" block can use this mode");
            for (ServiceCheck check : orEmpty(service.checks())) {
                String task = check.taskName();
                if (!task.isEmpty()) {
                    faults.addIf(
                            !check.type().equals("script") && !check.type().equals("grpc"),
                            "Check " + check.name() + " invalid: only script and gRPC checks should have tasks");
                    faults.addIf(
                            !tasks.contains(task),
                            "Check " + check.name() + " invalid: refers to non-existent task " + task);
                }
            }
        }
        return faults;
    }

    static Faults ofTask(Task task) {
        Faults faults = new Faults();
        Set<String> names = new HashSet<>();
        int number = 0;
        for (Service service : orEmpty(task.services())) {
            String name = service.name() + service.portLabel();
            faults.nest("service[" + number++ + "] \"" + service.name() + "\"", service(service));
            faults.addIf(
                    !names.add(name) && !service.portLabel().isEmpty(),
                    "service \"" + service.name() + "\" is duplicate");
        }
        return faults;
    }

    private static Faults service(Service service) {
        Faults faults = new Faults();
        faults.addIf(service.name().isEmpty(), "Service name must be valid per RFC 1123 and can contain only alphanumeric"
                + " characters or dashes and must be no longer than 63 characters");
        faults.addIf(
                !List.of("", "auto", "host", "driver", "alloc").contains(service.addressMode()),
                "Service address_mode must be \"auto\", \"host\", or \"driver\"; not \"" + service.addressMode() + "\"");
        faults.addIf(
                !List.of("", "consul", "nomad").contains(service.provider()),
                "Service provider must be \"consul\", or \"nomad\"; not \"" + service.provider() + "\"");
        faults.addIf(service.isNative() && service.connect() != null, "Service with provider nomad cannot include Connect blocks");
        faults.addIf(service.isNative() && !orEmpty(service.taggedAddresses()).isEmpty(),
                "Service with provider nomad cannot include tagged_addresses");
        faults.addIf(!service.address().isEmpty() && !List.of("", "auto").contains(service.addressMode()),
                "Service address_mode must be \"auto\" if address is set");
        for (ServiceCheck check : orEmpty(service.checks())) {
            if (service.portLabel().isEmpty() && check.portLabel().isEmpty() && needsPort(check) && service.connect() == null) {
                faults.add("Check " + check.name() + " invalid: check requires a port but neither check nor service \""
                        + service.name() + "\" have a port");
                continue;
            }
            String fault = service.isNative() && check.expose() ? "expose may only be set for Consul service checks" : check(check);
            faults.addIf(!fault.isEmpty(), "Check " + check.name() + " invalid: " + fault);
        }
        return faults;
    }

    private static boolean needsPort(ServiceCheck check) {
        return !check.type().equals("script");
    }

    private static String check(ServiceCheck check) {
        switch (check.type()) {
            case "grpc", "tcp" -> {}
            case "http" -> {
                if (check.path().isEmpty()) {
                    return "http type must have a valid http path";
                }
            }
            case "script" -> {
                if (check.command().isEmpty()) {
                    return "script type must have a valid script path";
                }
            }
            default -> {
                return "invalid type (\"" + check.type() + "\"), must be one of \"http\", \"tcp\", or \"script\" type";
            }
        }
        if (check.interval().isZero()) {
            return "missing required value interval. Interval cannot be less than 1s";
        }
        if (check.interval().compareTo(MINIMUM) < 0) {
            return "interval (" + GoDuration.format(check.interval()) + ") cannot be lower than 1s";
        }
        if (check.timeout().isZero()) {
            return "missing required value timeout. Timeout cannot be less than 1s";
        }
        if (check.timeout().compareTo(MINIMUM) < 0) {
            return "timeout (" + GoDuration.format(check.timeout()) + ") is lower than required minimum timeout 1s";
        }
        String initial = check.initialStatus();
        if (!List.of("", "passing", "warning", "critical").contains(initial)) {
            return "invalid initial check state (" + initial + "), must be one of \"passing\", \"warning\", \"critical\""
                    + " or empty";
        }
        if (!List.of("", "auto", "host", "driver", "alloc").contains(check.addressMode())) {
            return "invalid address_mode \"" + check.addressMode() + "\"";
        }
        return onUpdate(check.onUpdate(), check.checkRestart());
    }

    /** What a deployment is to make of a check, beside what its failure does to the task. */
    private static String onUpdate(String onUpdate, CheckRestart restart) {
        if (!List.of("", "require_healthy", "ignore_warnings", "ignore").contains(onUpdate)) {
            return "on_update must be \"require_healthy\", \"ignore_warnings\", or \"ignore\"; got \"" + onUpdate + "\"";
        }
        if (restart == null) {
            return "";
        }
        if (onUpdate.equals("ignore")) {
            return "on_update value \"ignore\" is not compatible with check_restart";
        }
        if (onUpdate.equals("ignore_warnings") && !restart.ignoreWarnings()) {
            return "on_update value \"ignore_warnings\" not supported with check_restart ignore_warnings value \"false\"";
        }
        if (restart.limit() < 0) {
            return "limit must be greater than or equal to 0 but found " + restart.limit();
        }
        if (restart.grace() != null && restart.grace().isNegative()) {
            return "grace period cannot be negative: " + GoDuration.format(restart.grace());
        }
        return "";
    }
}
