package muster.scheduler.job;

import static muster.scheduler.job.Values.orEmpty;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import muster.wire.GoDuration;

/** Checks of services and their health checks. */
final class ServiceValidation {
    private static final Duration MINIMUM = Duration.ofSeconds(1);

    private static final List<String> UPDATES = List.of("", "ignore", "require_healthy", "ignore_warnings");
    private static final Pattern NAME = Pattern.compile("(?i:[a-z0-9]|[a-z0-9][a-z0-9-]{0,61}[a-z0-9])");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{[a-zA-Z0-9_.-]+}");
    private static final Pattern ABSOLUTE = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:");

    private final TaskGroup group;

    ServiceValidation(TaskGroup group) {
        this.group = group;
    }

    Faults ofGroup() {
        Faults faults = new Faults();
        Set<String> tasks = new HashSet<>();
        orEmpty(group.tasks()).forEach(task -> tasks.add(task.name()));
        Set<String> known = new HashSet<>();
        for (Task task : orEmpty(group.tasks())) {
            for (Service service : orEmpty(task.services())) {
                faults.addIf(!known.add(service.name() + service.portLabel()), "Service " + service.name() + " is duplicate");
                for (ServiceCheck check : orEmpty(service.checks())) {
                    faults.addIf(!check.taskName().isEmpty(), "Check " + check.name() + " is invalid: only task group service checks can be assigned tasks");
                }
            }
        }
        int number = -1;
        for (Service service : orEmpty(group.services())) {
            Faults own = service(service);
            number++;
            if (!own.isEmpty()) {
                faults.nest("Service[" + number + "] " + service.name(), own);
                continue;
            }
            faults.addIf(!known.add(service.name() + service.portLabel()), "Service " + service.name() + " is duplicate");
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

    static Faults service(Service service) {
        Faults faults = new Faults();
        faults.addIf(!NAME.matcher(VARIABLE.matcher(service.name()).replaceAll("ENV-VAR")).matches(), "Service name must be valid per RFC 1123"
                + " and can contain only alphanumeric characters or dashes and must be no longer than 63 characters: \"" + service.name() + "\"");
        faults.addIf(
                !List.of("", "auto", "host", "driver", "alloc").contains(service.addressMode()),
                "Service address_mode must be \"auto\", \"host\", or \"driver\"; not \"" + service.addressMode() + "\"");
        faults.addIf(
                !UPDATES.contains(service.onUpdate()),
                "Service on_update must be \"require_healthy\", \"ignore_warnings\", or \"ignore\"; not \"" + service.onUpdate() + "\"");
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
            if (check.type().equals("tcp") && service.connect() != null && service.connect().sidecarService() != null) {
                faults.add("Check " + check.name() + " invalid: tcp checks are not valid for Connect enabled services");
                continue;
            }
            String fault = service.isNative() && check.expose() ? "expose may only be set for Consul service checks" : check(check, service.isNative());
            faults.addIf(!fault.isEmpty(), "Check " + check.name() + " invalid: " + fault);
        }
        connect(service, faults);
        return faults;
    }

    private static void connect(Service service, Faults faults) {
        ConsulConnect connect = service.connect();
        if (connect != null) {
            int kinds = (connect.sidecarService() != null ? 1 : 0) + (connect.isNative() ? 1 : 0) + (connect.gateway() != null ? 1 : 0);
            faults.addIf(kinds != 1, "Consul Connect must be exclusively native, make use of a sidecar, or represent a Gateway");
            faults.addIf(connect.isNative() && service.taskName().isEmpty(),
                    "Service " + service.name() + " is Connect Native and requires setting the task");
        }
    }

    static boolean needsPort(ServiceCheck check) {
        return List.of("http", "grpc", "tcp").contains(check.type());
    }

    private static String check(ServiceCheck check, boolean isNative) {
        switch (check.type().toLowerCase(Locale.ROOT)) {
            case "grpc", "tcp" -> {}
            case "http" -> {
                if (check.path().isEmpty()) {
                    return "http type must have a valid http path";
                }
                if (ABSOLUTE.matcher(check.path()).lookingAt()) {
                    return "http type must have a relative http path";
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
        if (!List.of("", "host", "driver", "alloc").contains(check.addressMode())) {
            return "invalid address_mode \"" + check.addressMode() + "\"" + (check.addressMode().equals("auto") ? " - auto only valid for services" : "");
        }
        if (!UPDATES.contains(check.onUpdate())) {
            return "on_update must be \"require_healthy\", \"ignore_warnings\", or \"ignore\"; got \"" + check.onUpdate() + "\"";
        }
        if (check.expose() && !List.of("http", "grpc").contains(check.type())) {
            return "expose may only be set on HTTP or gRPC checks";
        }
        return thresholds(check, isNative || needsPort(check));
    }

    /** @param counts whether several results in a row are counted for such a check */
    private static String thresholds(ServiceCheck check, boolean counts) {
        if (check.successBeforePassing() < 0) {
            return "success_before_passing must be non-negative";
        }
        if (check.successBeforePassing() > 0 && !counts) {
            return "success_before_passing not supported for check of type \"" + check.type() + "\"";
        }
        if (check.failuresBeforeCritical() < 0) {
            return "failures_before_critical must be non-negative";
        }
        if (check.failuresBeforeCritical() > 0 && !counts) {
            return "failures_before_critical not supported for check of type \"" + check.type() + "\"";
        }
        return check.checkRestart() == null ? "" : restart(check, check.checkRestart());
    }

    private static String restart(ServiceCheck check, CheckRestart restart) {
        if (check.onUpdate().equals("ignore")) {
            return "on_update value \"ignore\" is not compatible with check_restart";
        }
        if (check.onUpdate().equals("ignore_warnings") && !restart.ignoreWarnings()) {
            return "on_update value \"ignore_warnings\" not supported with check_restart ignore_warnings value \"false\"";
        }
        Faults faults = new Faults();
        faults.addIf(restart.limit() < 0, "limit must be greater than or equal to 0 but found " + restart.limit());
        faults.addIf(Values.duration(restart.grace()).isNegative(),
                "grace period must be greater than or equal to 0 but found " + Values.duration(restart.grace()).toNanos());
        return faults.text();
    }
}
