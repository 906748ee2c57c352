package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.job.Constraint;
import muster.scheduler.job.Job;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.job.VolumeRequest;
import muster.scheduler.state.DriverState;
import muster.scheduler.state.HostVolume;
import muster.scheduler.state.Node;

/**
 * Whether a group may run on a node at all, whatever runs there. Answers that depend on nothing but what nodes of a
 * computed class share are remembered for the class. Lives for one evaluation.
 */
final class Feasibility {
    private final Job job;
    private final Map<String, Map<String, String>> byGroupAndClass = new HashMap<>();
    private boolean escaped;

    Feasibility(Job job) {
        this.job = job;
    }

    /** Why it may not, "" when it may. */
    String obstacle(TaskGroup group, Node node) {
        List<Constraint> shared = new ArrayList<>();
        List<Constraint> unique = new ArrayList<>();
        for (Constraint constraint : constraints(group)) {
            (Attributes.isUnique(constraint.lTarget()) || Attributes.isUnique(constraint.rTarget()) ? unique : shared)
                    .add(constraint);
        }
        escaped |= !unique.isEmpty();
        Map<String, String> known = byGroupAndClass.computeIfAbsent(group.name(), name -> new LinkedHashMap<>());
        String obstacle = node.computedClass().isEmpty() ? null : known.get(node.computedClass());
        if (obstacle == null) {
            obstacle = ofClass(group, shared, node);
            known.put(node.computedClass(), obstacle);
        }
        return obstacle.isEmpty() ? unmet(unique, node) : obstacle;
    }

    /** For each class looked at whether any group may run there; empty when unique attributes decide. */
    Map<String, Boolean> classEligibility() {
        Map<String, Boolean> eligible = new LinkedHashMap<>();
        if (!escaped) {
            byGroupAndClass.values().forEach(known -> known.forEach((computedClass, obstacle) ->
                    eligible.merge(computedClass, obstacle.isEmpty(), Boolean::logicalOr)));
        }
        eligible.remove("");
        return eligible;
    }

    /** Whether a constraint is on something unique to a node, so that classes say nothing. */
    boolean hasEscaped() {
        return escaped;
    }

    /** The constraints of job, group and tasks, in the order in which they are checked. */
    List<Constraint> constraints(TaskGroup group) {
        List<Constraint> all = new ArrayList<>(Values.orEmpty(job.constraints()));
        all.addAll(Values.orEmpty(group.constraints()));
        for (Task task : group.tasks()) {
            all.addAll(Values.orEmpty(task.constraints()));
        }
        return all;
    }

    private static String ofClass(TaskGroup group, List<Constraint> constraints, Node node) {
        String unmet = unmet(constraints, node);
        if (!unmet.isEmpty()) {
            return unmet;
        }
        for (Task task : group.tasks()) {
            if (!hasDriver(node, task.driver())) {
                return "missing drivers";
            }
        }
        for (Task task : group.tasks()) {
            if (task.resources() != null && !Values.orEmpty(task.resources().devices()).isEmpty()) {
                return "missing devices";
            }
        }
        for (VolumeRequest volume : Values.orEmpty(group.volumes()).values()) {
            HostVolume offered = Values.orEmpty(node.hostVolumes()).get(volume.source());
            if (volume.type().equals("host") && (offered == null || offered.readOnly() && !volume.readOnly())) {
                return "missing compatible host volumes";
            }
            if (volume.type().equals("csi")) {
                return "missing CSI Volume " + volume.source();
            }
        }
        return missingNetwork(group, node);
    }

    private static String missingNetwork(TaskGroup group, Node node) {
        Ports ports = new Ports(node);
        for (NetworkResource network : Values.orEmpty(group.networks())) {
            if (network.mode().equals("bridge") && Values.orEmpty(node.nodeResources().networks()).stream()
                    .noneMatch(own -> own.mode().equals("bridge"))) {
                return "missing network";
            }
            List<Port> all = new ArrayList<>(Values.orEmpty(network.reservedPorts()));
            all.addAll(Values.orEmpty(network.dynamicPorts()));
            for (Port port : all) {
                String name = port.hostNetwork().isEmpty() ? "default" : port.hostNetwork();
                if (!name.equals("default") && !ports.hasNetwork(name)) {
                    return "missing host network \"" + name + "\" for port \"" + port.label() + "\"";
                }
            }
        }
        return "";
    }

    private static boolean hasDriver(Node node, String driver) {
        DriverState state = Values.orEmpty(node.drivers()).get(driver);
        if (state != null) {
            return state.detected() && state.healthy();
        }
        String attribute = Values.orEmpty(node.attributes()).get("driver." + driver);
        return "1".equals(attribute) || "true".equals(attribute);
    }

    private static String unmet(List<Constraint> constraints, Node node) {
        for (Constraint constraint : constraints) {
            Optional<String> left = Attributes.resolve(constraint.lTarget(), node);
            Optional<String> right = Attributes.resolve(constraint.rTarget(), node);
            if (!Conditions.meets(constraint.operand(), left, right)) {
                return constraint.text();
            }
        }
        return "";
    }
}
