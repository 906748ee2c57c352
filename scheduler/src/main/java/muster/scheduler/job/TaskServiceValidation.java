package muster.scheduler.job;

import static muster.scheduler.job.Values.orEmpty;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Map;
import java.util.stream.Stream;

/** Checks of the services that a task itself has: their ports are those of the task and its group. */
final class TaskServiceValidation {
    private final Task task;
    private final TaskGroup group;
    private final Faults faults = new Faults();
    /** The services that speak of a port, by its label. */
    private final Map<String, Set<String>> asked = new TreeMap<>();

    private TaskServiceValidation(Task task, TaskGroup group) {
        this.task = task;
        this.group = group;
    }

    static Faults of(Task task, TaskGroup group) {
        return new TaskServiceValidation(task, group).faults();
    }

    private Faults faults() {
        Set<String> names = new HashSet<>();
        int number = 0;
        for (Service service : orEmpty(task.services())) {
            faults.nest("service[" + number++ + "] \"" + service.name() + "\"", ServiceValidation.service(service));
            faults.addIf(service.addressMode().equals("alloc"), "service \"" + service.name()
                    + "\" cannot use address_mode=\"alloc\", only services defined in a \"group\" block can use this mode");
            faults.addIf(!names.add(service.name() + service.portLabel()), "service \"" + service.name() + "\" is duplicate");
            if (!service.portLabel().isEmpty() && !(service.addressMode().equals("driver") && isNumber(service.portLabel()))) {
                asks(service.portLabel(), service);
            }
            faults.addIf(service.connect() != null, "service \"" + service.name()
                    + "\" cannot have \"connect\" block, only services defined in a \"group\" block");
            checks(service);
        }
        Set<String> there = ports();
        asked.forEach((label, services) -> faults.addIf(!there.contains(label),
                "port label \"" + label + "\" referenced by services " + String.join(", ", services) + " does not exist"));
        return faults;
    }

    private void checks(Service service) {
        Set<String> names = new HashSet<>();
        for (ServiceCheck check : orEmpty(service.checks())) {
            faults.addIf(!names.add(check.name()), "check \"" + check.name() + "\" is duplicate");
            faults.addIf(check.addressMode().equals("alloc"), "check \"" + service.name()
                    + "\" cannot use address_mode=\"alloc\", only checks defined in a \"group\" service block can use this mode");
            String port = check.portLabel().isEmpty() ? service.portLabel() : check.portLabel();
            if (!ServiceValidation.needsPort(check)) {
                continue;
            }
            if (port.isEmpty()) {
                faults.add("check \"" + check.name() + "\" is missing a port");
            } else if (!isNumber(port)) {
                asks(port, service);
            } else if (check.addressMode().equals("driver")) {
                faults.addIf(Integer.parseInt(port) <= 0, "check \"" + check.name() + "\" has invalid numeric port " + Integer.parseInt(port));
            } else {
                faults.add("check \"" + check.name() + "\" cannot use a numeric port " + Integer.parseInt(port) + " without setting address_mode=\"driver\"");
            }
        }
    }

    private void asks(String label, Service service) {
        asked.computeIfAbsent(label, port -> new TreeSet<>()).add(service.name());
    }

    private static boolean isNumber(String label) {
        return label.matches("[+-]?[0-9]{1,9}");
    }

    /** Those of the group's first network, and of the task's own, which is the old way. */
    private Set<String> ports() {
        Set<String> labels = new HashSet<>();
        Stream.concat(orEmpty(group.networks()).stream().limit(1), orEmpty(task.resources().networks()).stream()).forEach(network -> {
            orEmpty(network.reservedPorts()).forEach(port -> labels.add(port.label()));
            orEmpty(network.dynamicPorts()).forEach(port -> labels.add(port.label()));
        });
        return labels;
    }
}
