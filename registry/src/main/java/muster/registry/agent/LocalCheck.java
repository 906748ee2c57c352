package muster.registry.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import muster.checks.CheckDefinition;
import muster.checks.CheckState;
import muster.checks.Thresholds;
import muster.registry.state.Check;

/**
 * A check registered with the agent, and its state.
 *
 * @param serviceId "" for a check of the node
 * @param serviceTags those of the service when the check was registered
 * @param outputLimit how many bytes of output are kept
 * @param outputDue when an output that changed without the status is pushed; empty when nothing is held back
 */
public record LocalCheck(
        String id,
        String name,
        String notes,
        String serviceId,
        String serviceName,
        List<String> serviceTags,
        CheckDefinition definition,
        Thresholds thresholds,
        Optional<Duration> deregisterCriticalAfter,
        int outputLimit,
        CheckState state,
        Optional<Instant> outputDue) {
    public LocalCheck {
        serviceTags = List.copyOf(serviceTags);
    }

    LocalCheck with(CheckState next, Optional<Instant> nextOutputDue) {
        return new LocalCheck(id, name, notes, serviceId, serviceName, serviceTags, definition, thresholds,
                deregisterCriticalAfter, outputLimit, next, nextOutputDue);
    }

    LocalCheck of(String newServiceName, List<String> newTags) {
        return new LocalCheck(id, name, notes, serviceId, newServiceName, newTags, definition, thresholds,
                deregisterCriticalAfter, outputLimit, state, outputDue);
    }

    /** Whether both look at the same thing in the same way, so that one's runner serves the other. */
    boolean runsAs(LocalCheck other) {
        return definition.equals(other.definition) && thresholds.equals(other.thresholds) && outputLimit == other.outputLimit;
    }

    /** The row that the catalog should have. What it does stays with the agent, as in the original. */
    Check row(String node) {
        return new Check(node, id, name, state.status().toString(), notes, state.output(), serviceId, serviceName,
                serviceTags, definition.type(), Check.Definition.NONE, 0, 0);
    }
}
