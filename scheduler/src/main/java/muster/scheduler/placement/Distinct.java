package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import muster.scheduler.job.Constraint;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;

/**
 * The constraints of one group that depend on where the job's other instances are: {@code distinct_hosts} and
 * {@code distinct_property}. Counts instances as they come and go. One evaluation's thread owns it.
 */
final class Distinct {
    /** At most so many instances, of the job or of the group alone, on nodes with the same value. */
    private static final class Property {
        final String text;
        final Target target;
        final int allowed;
        final boolean ofGroup;
        final Map<String, Integer> uses = new HashMap<>();

        Property(Constraint constraint, boolean ofGroup) {
            text = constraint.lTarget();
            target = Target.of(text);
            allowed = constraint.rTarget().isBlank() ? 1 : Integer.parseInt(constraint.rTarget().strip());
            this.ofGroup = ofGroup;
        }
    }

    private final TaskGroup group;
    private final boolean jobHosts;
    private final boolean groupHosts;
    private final List<Property> properties = new ArrayList<>();
    private final Map<String, Integer> onHost = new HashMap<>();

    Distinct(Job job, TaskGroup group) {
        this.group = group;
        jobHosts = hosts(job.constraints());
        groupHosts = hosts(group.constraints());
        properties(job.constraints(), false);
        properties(group.constraints(), true);
        group.tasks().forEach(task -> properties(task.constraints(), true));
    }

    private void properties(List<Constraint> constraints, boolean ofGroup) {
        for (Constraint constraint : Values.orEmpty(constraints)) {
            if (constraint.operand().equals(Conditions.DISTINCT_PROPERTY)) {
                properties.add(new Property(constraint, ofGroup));
            }
        }
    }

    private static boolean hosts(List<Constraint> constraints) {
        return Values.orEmpty(constraints).stream().anyMatch(constraint ->
                constraint.operand().equals(Conditions.DISTINCT_HOSTS) && !constraint.rTarget().equals("false"));
    }

    boolean isEmpty() {
        return !jobHosts && !groupHosts && properties.isEmpty();
    }

    /** An instance of the job more, or one less; tells the values of properties for which that may change the answer. */
    void count(Allocation allocation, Node node, int change, Consumer<Affected> affected) {
        boolean own = allocation.taskGroup().equals(group.name());
        if (jobHosts || groupHosts && own) {
            onHost.merge(allocation.nodeId(), change, Integer::sum);
        }
        if (node == null) {
            return;
        }
        for (Property property : properties) {
            if (own || !property.ofGroup) {
                property.target.on(node).ifPresent(value -> {
                    int used = property.uses.merge(value, change, Integer::sum);
                    if (Math.max(used, used - change) >= property.allowed) {
                        affected.accept(new Affected(property.target, value));
                    }
                });
            }
        }
    }

    /** All nodes with this value. */
    record Affected(Target target, String value) {
        boolean concerns(Node node) {
            return target.on(node).filter(value::equals).isPresent();
        }
    }

    /** Why the group may not have one more instance here, "" when it may. */
    String obstacle(Node node) {
        if ((jobHosts || groupHosts) && onHost.getOrDefault(node.id(), 0) > 0) {
            return Conditions.DISTINCT_HOSTS;
        }
        for (Property property : properties) {
            Optional<String> value = property.target.on(node);
            if (value.isEmpty()) {
                return "missing property \"" + property.text + "\"";
            }
            int used = property.uses.getOrDefault(value.get(), 0);
            if (used >= property.allowed) {
                return "distinct_property: " + property.text + "=" + value.get() + " used by " + used + " allocs";
            }
        }
        return "";
    }
}
