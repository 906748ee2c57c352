package muster.scheduler.job;

import static muster.scheduler.job.Values.orEmpty;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Checks of one group and its tasks. */
final class GroupValidation {
    private static final int MAX_PORT = 65535;

    private final Job job;
    private final TaskGroup group;
    private final Faults faults = new Faults();

    GroupValidation(Job job, TaskGroup group) {
        this.job = job;
        this.group = group;
    }

    Faults faults() {
        boolean system = job.type().startsWith("sys");
        boolean service = job.type().equals("service");
        faults.addIf(group.name() == null || group.name().isEmpty(), "Missing task group name");
        faults.addIf(Values.text(group.name()).indexOf('\0') >= 0, "Task group name contains null character");
        faults.addIf(group.count() < 0, "Task group count can't be negative");
        faults.addIf(orEmpty(group.tasks()).isEmpty(), "Missing tasks for task group");
        TargetValidation.constraints(group.constraints(), faults);
        TargetValidation.affinities(group.affinities(), job, faults);
        faults.nest(PolicyValidation.restart(group.restartPolicy()));
        TargetValidation.spreads(group.spreads(), job, faults);
        if (system) {
            faults.addIf(group.reschedulePolicy() != null, "System jobs should not have a reschedule policy");
        } else {
            faults.nest(PolicyValidation.reschedule(group.reschedulePolicy()));
        }
        Faults disk = new Faults();
        disk.addIf(
                group.ephemeralDisk().sizeMB() < 10,
                "minimum DiskMB value is 10; got " + group.ephemeralDisk().sizeMB());
        faults.nest(disk);
        if (group.update() != null) {
            faults.addIf(!service && !system, "Job type \"" + job.type() + "\" does not allow update block");
            faults.nest(PolicyValidation.update(group.update()));
        }
        if (group.migrate() != null) {
            faults.addIf(!service, "Job type \"" + job.type() + "\" does not allow migrate block");
            if (service) {
                faults.nest(PolicyValidation.migrate(group.migrate()));
            }
        }
        taskNames();
        volumes();
        faults.nest("Task group network", networks());
        faults.nest("Task group service", new ServiceValidation(group).ofGroup());
        faults.nest("Task group service check", scripts());
        faults.nest("Task group scaling policy", scaling());
        tasks();
        return faults;
    }

    private void taskNames() {
        Map<String, Integer> seen = new HashMap<>();
        List<Task> tasks = orEmpty(group.tasks());
        int leaders = 0;
        for (int i = 0; i < tasks.size(); i++) {
            String name = tasks.get(i).name();
            Integer before = seen.putIfAbsent(name, i);
            if (name.isEmpty()) {
                faults.add("Task " + (i + 1) + " missing name");
            } else if (before != null) {
                faults.add("Task " + (i + 1) + " redefines '" + name + "' from task " + (before + 1));
            }
            leaders += tasks.get(i).leader() ? 1 : 0;
        }
        faults.addIf(leaders > 1, "Only one task may be marked as leader");
    }

    private void volumes() {
        new TreeMap<>(orEmpty(group.volumes())).forEach((name, volume) -> {
            if (!"host".equals(volume.type()) && !"csi".equals(volume.type())) {
                faults.add("Volume " + name + " has unrecognised type " + Values.text(volume.type()));
                return;
            }
            faults.addIf(
                    volume.perAlloc() && group.update() != null && group.update().canary() > 0,
                    "Volume " + name + " cannot be per_alloc when canaries are in use");
            faults.addIf(
                    volume.source() == null || volume.source().isEmpty(), "Volume " + name + " has an empty source");
        });
    }

    private Faults networks() {
        Faults inner = new Faults();
        Map<String, String> labels = new HashMap<>();
        Map<String, String> fixed = new HashMap<>();
        orEmpty(group.networks()).forEach(network ->
                ports(network).forEach(port -> port(port, "taskgroup network", labels, fixed, inner)));
        for (Task task : orEmpty(group.tasks())) {
            for (NetworkResource network : orEmpty(task.resources().networks())) {
                // Tasks may have ports of one name with each other, but not with the group.
                ports(network).forEach(port -> {
                    String user = labels.get(port.label());
                    inner.addIf(user != null, "Port label " + port.label() + " already in use by " + user);
                    fixed(port, task.name(), fixed, inner);
                });
            }
        }
        return inner;
    }

    private Faults scripts() {
        Faults inner = new Faults();
        for (Service service : orEmpty(group.services())) {
            for (ServiceCheck check : orEmpty(service.checks())) {
                inner.addIf(service.taskName().isEmpty() && check.type().equals("script") && check.taskName().isEmpty(),
                        "Service [" + group.name() + "]->" + service.name() + " or Check " + check.name() + " must specify task parameter");
            }
        }
        return inner;
    }

    private static Stream<Port> ports(NetworkResource network) {
        return Stream.concat(orEmpty(network.reservedPorts()).stream(), orEmpty(network.dynamicPorts()).stream());
    }

    private static void port(
            Port port, String owner, Map<String, String> labels, Map<String, String> fixed, Faults faults) {
        String user = labels.putIfAbsent(port.label(), owner);
        faults.addIf(user != null, "Port label " + port.label() + " already in use by " + user);
        fixed(port, owner, fixed, faults);
        if (port.to() < -1) {
            faults.add("Port \"" + port.label() + "\" cannot be mapped to negative value " + port.to());
        } else if (port.to() > MAX_PORT) {
            faults.add("Port \"" + port.label() + "\" cannot be mapped to a port (" + port.to() + ") greater than " + MAX_PORT);
        }
    }

    /** A number may be taken once on each of the host's networks. */
    private static void fixed(Port port, String owner, Map<String, String> fixed, Faults faults) {
        if (port.value() != 0) {
            String place = (Values.text(port.hostNetwork()).isEmpty() ? "default" : port.hostNetwork()) + '\0' + port.value();
            if (fixed.containsKey(place)) {
                faults.add("Static port " + port.value() + " already reserved by " + fixed.get(place));
            } else if (port.value() > MAX_PORT) {
                faults.add("Port " + port.label() + " (" + port.value() + ") cannot be greater than " + MAX_PORT);
            } else {
                fixed.put(place, owner + ":" + port.label());
            }
        }
    }

    private Faults scaling() {
        Faults inner = new Faults();
        ScalingPolicy policy = group.scaling();
        if (policy == null) {
            return inner;
        }
        long maximum = policy.max() == null ? -1 : policy.max();
        long minimum = policy.min() == null ? 0 : policy.min();
        inner.addIf(maximum < 0, "Scaling policy invalid: maximum count must be specified and non-negative");
        inner.addIf(
                maximum >= 0 && maximum < minimum, "Scaling policy invalid: maximum count must not be less than minimum count");
        inner.addIf(minimum < 0, "Scaling policy invalid: minimum count must be specified and non-negative");
        inner.addIf(
                group.count() > maximum,
                "Scaling policy invalid: task group count must not be greater than maximum count in scaling policy");
        inner.addIf(
                group.count() < minimum,
                "Scaling policy invalid: task group count must not be less than minimum count in scaling policy");
        return inner;
    }

    private void tasks() {
        Set<String> volumes = new HashSet<>(orEmpty(group.volumes()).keySet());
        for (Task task : orEmpty(group.tasks())) {
            int number = 0;
            for (VolumeMount mount : orEmpty(task.volumeMounts())) {
                String start = "Task " + task.name() + " has a volume mount (" + number++ + ") referencing ";
                if (mount.volume() == null || mount.volume().isEmpty()) {
                    faults.add(start + "an empty volume");
                } else {
                    faults.addIf(!volumes.contains(mount.volume()), start + "undefined volume " + mount.volume());
                }
            }
            faults.nest("Task " + task.name(), new TaskValidation(job, group, task).faults());
        }
    }
}
