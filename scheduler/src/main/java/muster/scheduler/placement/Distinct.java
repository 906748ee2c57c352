package muster.scheduler.placement;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.job.Constraint;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;

/** The constraints on a node that depend on where the job's other allocations are. */
final class Distinct {
    private Distinct() {}

    /** Why the group may not have one more instance here, "" when it may. */
    static String obstacle(Job job, TaskGroup group, Node node, Proposed proposed) {
        boolean wholeJob = hosts(job.constraints());
        if (wholeJob || hosts(group.constraints())) {
            for (Allocation there : proposed.on(node.id())) {
                if (there.jobId().equals(job.id()) && there.namespace().equals(job.namespace())
                        && (wholeJob || there.taskGroup().equals(group.name()))) {
                    return Conditions.DISTINCT_HOSTS;
                }
            }
        }
        for (Constraint constraint : Values.orEmpty(job.constraints())) {
            String obstacle = property(constraint, job, null, node, proposed);
            if (!obstacle.isEmpty()) {
                return obstacle;
            }
        }
        for (Constraint constraint : Values.orEmpty(group.constraints())) {
            String obstacle = property(constraint, job, group, node, proposed);
            if (!obstacle.isEmpty()) {
                return obstacle;
            }
        }
        return "";
    }

    private static boolean hosts(Iterable<Constraint> constraints) {
        if (constraints != null) {
            for (Constraint constraint : constraints) {
                if (constraint.operand().equals(Conditions.DISTINCT_HOSTS) && !constraint.rTarget().equals("false")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String property(Constraint constraint, Job job, TaskGroup group, Node node, Proposed proposed) {
        if (!constraint.operand().equals(Conditions.DISTINCT_PROPERTY)) {
            return "";
        }
        int allowed = constraint.rTarget().isEmpty() ? 1 : Integer.parseInt(constraint.rTarget().strip());
        Optional<String> value = Attributes.resolve(constraint.lTarget(), node);
        if (value.isEmpty()) {
            return "missing property \"" + constraint.lTarget() + "\"";
        }
        Map<String, Integer> uses = new HashMap<>();
        for (Allocation allocation : proposed.of(job.namespace(), job.id())) {
            Node other = proposed.state().nodes().get(allocation.nodeId());
            if (other != null && (group == null || allocation.taskGroup().equals(group.name()))) {
                Attributes.resolve(constraint.lTarget(), other).ifPresent(v -> uses.merge(v, 1, Integer::sum));
            }
        }
        int used = uses.getOrDefault(value.get(), 0);
        return used < allowed ? ""
                : "distinct_property: " + constraint.lTarget() + "=" + value.get() + " used by " + used + " allocs";
    }
}
