package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.scheduler.job.Job;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.RequestedDevice;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.job.VolumeRequest;
import muster.scheduler.state.DriverState;
import muster.scheduler.state.HostVolume;
import muster.scheduler.state.Node;

/**
 * Whether a group may run on a node at all, whatever runs there. What constraints on attributes say is remembered for all
 * nodes of a computed class, which share these; drivers, devices, volumes and networks are the node's own. Lives for one
 * evaluation.
 */
final class Feasibility {
    private final Job job;
    private final Map<String, ByClass> groups = new HashMap<>();
    private boolean escaped;

    /** What is known for one group. */
    private static final class ByClass {
        final Rules rules;
        final Map<String, Verdict> verdicts = new LinkedHashMap<>();

        ByClass(Rules rules) {
            this.rules = rules;
        }

        Verdict verdict(Node node) {
            String kind = node.computedClass();
            if (kind.isEmpty()) {
                return new Verdict(rules, node);
            }
            Verdict known = verdicts.get(kind);
            if (known == null) {
                known = new Verdict(rules, node);
                verdicts.put(kind, known);
            }
            return known;
        }
    }

    /** What is the same on all nodes of a class. */
    private static final class Verdict {
        /** The unmet constraint, "" for none. */
        final String unmet;
        final double affinity;
        /** Whether a node of the class was found on which the group may run. */
        boolean eligible;

        Verdict(Rules rules, Node node) {
            unmet = Rules.unmet(rules.shared(), node).map(Rules.Rule::text).orElse("");
            affinity = rules.preferences().isEmpty() ? Double.NaN : rules.affinity(node);
        }
    }

    Feasibility(Job job) {
        this.job = job;
    }

    private ByClass of(TaskGroup group) {
        ByClass known = groups.get(group.name());
        if (known == null) {
            known = new ByClass(Rules.of(job, group));
            escaped |= !known.rules.unique().isEmpty();
            groups.put(group.name(), known);
        }
        return known;
    }

    /** Why it may not, "" when it may. */
    String obstacle(TaskGroup group, Node node) {
        ByClass known = of(group);
        Verdict verdict = known.verdict(node);
        String obstacle = verdict.unmet.isEmpty() ? missing(group, node) : verdict.unmet;
        verdict.eligible |= obstacle.isEmpty();
        return obstacle.isEmpty() && !known.rules.unique().isEmpty()
                ? Rules.unmet(known.rules.unique(), node).map(Rules.Rule::text).orElse("") : obstacle;
    }

    /** Whether nodes of one kind may differ for the group. */
    boolean dependsOnUnique(TaskGroup group) {
        ByClass known = of(group);
        return !known.rules.unique().isEmpty() || !known.rules.preferencesAreShared();
    }

    /** How much the group likes the node; not a number when it does not care. */
    double affinity(TaskGroup group, Node node) {
        ByClass known = of(group);
        return known.rules.preferencesAreShared() ? known.verdict(node).affinity : known.rules.affinity(node);
    }

    /** For each class looked at whether any group may run there; empty when unique attributes decide. */
    Map<String, Boolean> classEligibility() {
        Map<String, Boolean> eligible = new LinkedHashMap<>();
        if (!escaped) {
            groups.values().forEach(known -> known.verdicts.forEach((kind, verdict) ->
                    eligible.merge(kind, verdict.eligible, Boolean::logicalOr)));
        }
        return eligible;
    }

    /** Whether a constraint is on something unique to a node, so that classes say nothing. */
    boolean hasEscaped() {
        return escaped;
    }

    /** The first thing that the node lacks besides attributes. */
    private static String missing(TaskGroup group, Node node) {
        for (Task task : group.tasks()) {
            if (!hasDriver(node, task.driver())) {
                return "missing drivers";
            }
        }
        for (Task task : group.tasks()) {
            if (task.resources() != null) {
                for (RequestedDevice device : Values.orEmpty(task.resources().devices())) {
                    if (!Devices.has(node, device)) {
                        return "missing devices";
                    }
                }
            }
        }
        for (VolumeRequest volume : Values.orEmpty(group.volumes()).values()) {
            String missing = missing(volume, node);
            if (!missing.isEmpty()) {
                return missing;
            }
        }
        return missingNetwork(group, node);
    }

    /** What of a volume the node lacks, "" when it has it. */
    static String missing(VolumeRequest volume, Node node) {
        HostVolume offered = Values.orEmpty(node.hostVolumes()).get(volume.source());
        if (volume.type().equals("host") && (offered == null || offered.readOnly() && !volume.readOnly())) {
            return "missing compatible host volumes";
        }
        return volume.type().equals("csi") ? "missing CSI Volume " + volume.source() : "";
    }

    /** What of the group's networks the node lacks, "" when it has them. */
    static String missingNetwork(TaskGroup group, Node node) {
        Ports ports = null;
        for (NetworkResource network : Values.orEmpty(group.networks())) {
            if (network.mode().equals("bridge") && Values.orEmpty(node.nodeResources().networks()).stream()
                    .noneMatch(own -> own.mode().equals("bridge"))) {
                return "missing network";
            }
            List<Port> all = new ArrayList<>(Values.orEmpty(network.reservedPorts()));
            all.addAll(Values.orEmpty(network.dynamicPorts()));
            for (Port port : all) {
                if (!port.hostNetwork().isEmpty() && !port.hostNetwork().equals("default")) {
                    ports = ports == null ? new Ports(node) : ports;
                    if (!ports.hasNetwork(port.hostNetwork())) {
                        return "missing host network \"" + port.hostNetwork() + "\" for port \"" + port.label() + "\"";
                    }
                }
            }
        }
        return "";
    }

    static boolean hasDriver(Node node, String driver) {
        DriverState state = Values.orEmpty(node.drivers()).get(driver);
        if (state != null) {
            return state.detected() && state.healthy();
        }
        String attribute = Values.orEmpty(node.attributes()).get("driver." + driver);
        return "1".equals(attribute) || "true".equals(attribute);
    }
}
