package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import muster.scheduler.job.Constraint;
import muster.scheduler.job.Job;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.RequestedDevice;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Reach;
import muster.scheduler.job.Values;
import muster.scheduler.job.VolumeRequest;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.DriverState;
import muster.scheduler.state.HostVolume;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeUse;
import muster.scheduler.state.State;
import muster.wire.Key;

/**
 * Everything that stands between a job and a node, all at once, in words: a search for a place tells only the first thing that
 * it meets. Pure.
 */
public final class WhyNot {
    /** @param reasons that hold for every group: what the node is, and whether it takes anything at all */
    public record Answer(@Key("JobID") String jobId, @Key("NodeID") String nodeId, String nodeName, List<String> reasons,
            List<Group> groups) {}

    /**
     * One group of the job.
     *
     * @param fits whether one more instance could be placed on the node now
     * @param instances how many are there
     * @param preempts how many instances of less important jobs would be put out of the way for it; 0 where it fits or may not
     */
    public record Group(String name, boolean fits, int instances, int preempts, List<String> reasons) {}

    private final State state;
    private final Job job;
    private final Node node;
    private final Proposed proposed;
    private final RandomGenerator random;

    private WhyNot(State state, Job job, Node node, RandomGenerator random) {
        this.state = state;
        this.job = job;
        this.node = node;
        this.random = random;
        proposed = new Proposed(state);
    }

    /** @param random picks ports when it is tried whether the group fits; the answer does not depend on it */
    public static Answer of(State state, Job job, Node node, RandomGenerator random) {
        WhyNot why = new WhyNot(state, job, node, random);
        List<String> general = why.general();
        List<Group> groups = new ArrayList<>();
        for (TaskGroup group : Values.orEmpty(job.taskGroups())) {
            groups.add(why.group(group, general.isEmpty()));
        }
        return new Answer(job.id(), node.id(), node.name(), general, groups);
    }

    private List<String> general() {
        List<String> reasons = new ArrayList<>();
        if (job.isStopped()) {
            reasons.add("the job is stopped");
        }
        if (!node.status().equals(Node.READY)) {
            reasons.add("the node is " + node.status() + ", not ready");
        }
        if (node.drain()) {
            reasons.add("the node is draining");
        } else if (!node.schedulingEligibility().equals(Node.ELIGIBLE)) {
            reasons.add("the node is marked as ineligible for scheduling");
        }
        if (!Reach.of(job).reaches(node.pool())) {
            reasons.add("the node is in node pool \"" + node.pool() + "\", the job asks for " + job.pool());
        }
        if (!Reach.of(job).covers(node.datacenter(), job.pool())) {
            reasons.add("the node is in datacenter \"" + node.datacenter() + "\", the job asks for "
                    + String.join(", ", Values.orEmpty(job.datacenters())));
        }
        return reasons;
    }

    private Group group(TaskGroup group, boolean takesAnything) {
        List<String> reasons = new ArrayList<>();
        constraints(group, reasons);
        drivers(group, reasons);
        volumes(group, reasons);
        String network = Feasibility.missingNetwork(group, node);
        if (!network.isEmpty()) {
            reasons.add(network);
        }
        distinct(group, reasons);
        boolean fit = reasons.isEmpty();
        Ask ask = Ask.of(group, state.configurationOf(job.pool()).memoryOversubscriptionEnabled());
        NodeUse use = proposed.use(node.id());
        ports(group, use, reasons);
        devices(group, use, reasons);
        resources(ask, use, reasons);
        if (reasons.isEmpty()) {
            String refusal = Grant.of(ask, node, use, random).refusal();
            if (!refusal.isEmpty()) {
                reasons.add(refusal);
            }
        }
        int there = (int) proposed.on(node.id()).stream().filter(a -> a.jobId().equals(job.id())
                && a.namespace().equals(job.namespace()) && a.taskGroup().equals(group.name())).count();
        return new Group(group.name(), takesAnything && reasons.isEmpty(), there,
                takesAnything && fit && !reasons.isEmpty() ? preempts(ask) : 0, reasons);
    }

    private int preempts(Ask ask) {
        if (!Preemption.isAllowed(state, job)) {
            return 0;
        }
        Preemption.Eviction eviction = new Preemption(job, proposed, random).on(node, ask);
        return eviction == null ? 0 : eviction.victims().size();
    }

    private void constraints(TaskGroup group, List<String> reasons) {
        for (Constraint constraint : Rules.constraints(job, group)) {
            Target left = Target.of(constraint.lTarget());
            Optional<String> value = left.on(node);
            Optional<String> wanted = Target.of(constraint.rTarget()).on(node);
            if (!Conditions.meets(constraint.operand(), value, wanted)) {
                reasons.add("constraint \"" + constraint.text().strip() + "\": " + (value.isEmpty()
                        ? "the node has no " + constraint.lTarget() : "the node has \"" + value.get() + "\""));
            }
        }
    }

    private void drivers(TaskGroup group, List<String> reasons) {
        for (Task task : group.tasks()) {
            if (!Feasibility.hasDriver(node, task.driver())) {
                DriverState driver = Values.orEmpty(node.drivers()).get(task.driver());
                String what = driver == null ? "which the node does not know" : !driver.detected() ? "which was not found on the node"
                        : "which is not healthy on the node";
                String why = driver == null || driver.healthDescription().isEmpty() ? "" : ": " + driver.healthDescription();
                reasons.add("task \"" + task.name() + "\" needs driver \"" + task.driver() + "\", " + what + why);
            }
        }
    }

    private void volumes(TaskGroup group, List<String> reasons) {
        for (VolumeRequest volume : Values.orEmpty(group.volumes()).values()) {
            HostVolume offered = Values.orEmpty(node.hostVolumes()).get(volume.source());
            if (!Feasibility.missing(volume, node).isEmpty()) {
                reasons.add(volume.type().equals("csi") ? "needs the CSI volume \"" + volume.source() + "\", which the node has not"
                        : offered == null ? "needs the host volume \"" + volume.source() + "\", which the node has not"
                        : "needs the host volume \"" + volume.source() + "\" to write, which the node offers read-only");
            }
        }
    }

    private void distinct(TaskGroup group, List<String> reasons) {
        Distinct distinct = new Distinct(job, group);
        for (Allocation allocation : proposed.of(job.namespace(), job.id())) {
            distinct.count(allocation, state.nodes().get(allocation.nodeId()), 1, affected -> { });
        }
        String obstacle = distinct.obstacle(node);
        if (obstacle.equals(Conditions.DISTINCT_HOSTS)) {
            reasons.add("distinct_hosts: another instance is on the node");
        } else if (!obstacle.isEmpty()) {
            reasons.add(obstacle);
        }
    }

    private void ports(TaskGroup group, NodeUse use, List<String> reasons) {
        List<NetworkResource> networks = new ArrayList<>(Values.orEmpty(group.networks()));
        group.tasks().forEach(task -> networks.addAll(Values.orEmpty(task.resources().networks())));
        Ports ports = new Ports(node);
        ports.add(use);
        for (NetworkResource network : networks) {
            for (Port port : Values.orEmpty(network.reservedPorts())) {
                if (ports.isTaken(port)) {
                    reasons.add("port " + port.label() + "=" + port.value() + " is in use" + holder(port.value()));
                }
            }
        }
    }

    private String holder(int port) {
        for (Allocation allocation : proposed.on(node.id())) {
            if (NodeUse.NONE.with(allocation).ports().values().stream()
                    .anyMatch(held -> java.util.Arrays.stream(held).anyMatch(one -> one == port))) {
                return " by allocation " + allocation.id() + " of job \"" + allocation.jobId() + "\"";
            }
        }
        return ": it is reserved on the node";
    }

    private void devices(TaskGroup group, NodeUse use, List<String> reasons) {
        Devices devices = new Devices(node, use);
        for (Task task : group.tasks()) {
            for (RequestedDevice asked : Values.orEmpty(task.resources().devices())) {
                long count = asked.count() == null ? 1 : asked.count();
                long left = devices.left(asked);
                if (left < count) {
                    reasons.add("task \"" + task.name() + "\" needs " + count + " of device \"" + asked.name() + "\", " + left
                            + " free" + (Devices.has(node, asked) ? "" : "; the node has not as many that are healthy and fit"));
                } else {
                    devices.take(asked);
                }
            }
        }
    }

    private void resources(Ask ask, NodeUse use, List<String> reasons) {
        Capacity capacity = Capacity.of(node);
        int free = Grant.freeCores(node, use).size();
        if (ask.cores() > free) {
            reasons.add("needs " + ask.cores() + " cores, " + free + " free");
        }
        shortOf("MHz of cpu", ask.cpuOn(node), capacity.cpu() - use.cpu(), capacity.cpu(), reasons);
        shortOf("MB of memory", ask.memory(), capacity.memory() - use.memory(), capacity.memory(), reasons);
        shortOf("MB of disk", ask.disk(), capacity.disk() - use.disk(), capacity.disk(), reasons);
    }

    private static void shortOf(String what, long needed, long free, long total, List<String> reasons) {
        if (needed > free) {
            reasons.add("needs " + needed + " " + what + ", " + Math.max(0, free) + " free of " + total + " (" + (needed - free) + " short)");
        }
    }
}
