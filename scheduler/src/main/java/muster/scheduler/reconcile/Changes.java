package muster.scheduler.reconcile;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.PlanResult;

/** What the {@link Reconciler} found to do. Filled by it, then read only. */
public final class Changes {
    /**
     * An instance to place.
     *
     * @param previous the allocation it takes the place of, or null
     * @param reschedule whether the previous one failed, so that its node is to be avoided
     */
    public record Placement(String name, TaskGroup group, Allocation previous, boolean canary, boolean reschedule,
            boolean lost) {}

    /** An instance to stop: its new client status where the server decides it ("lost"), else "". */
    public record Stop(Allocation allocation, String clientStatus, String description, String followupEvalId) {}

    /** An instance to stop and to place again on whatever node is best, both or neither. */
    public record Replacement(Allocation old, Placement placement) {}

    public final List<Placement> place = new ArrayList<>();
    public final List<Stop> stop = new ArrayList<>();
    /** Instances of which nothing is heard since their nodes are disconnected, noted as unknown and not stopped. */
    public final List<Stop> disconnect = new ArrayList<>();
    public final List<Replacement> replace = new ArrayList<>();
    /** Allocations to update without stopping them, as they are now. */
    public final List<Allocation> inPlace = new ArrayList<>();
    /** Follow-up evaluation by allocation id. */
    public final Map<String, String> followups = new LinkedHashMap<>();
    public final List<Evaluation> evaluations = new ArrayList<>();
    public final List<PlanResult.DeploymentUpdate> deploymentUpdates = new ArrayList<>();
    public final Map<String, DesiredUpdates> desired = new TreeMap<>();
    /** A deployment that this makes, or null. */
    public Deployment created;
    /** The deployment that placements belong to, or null. */
    public Deployment deployment;

    Changes() {}

    void stop(Collection<Allocation> allocations, String clientStatus, String description) {
        for (Allocation allocation : allocations) {
            stop.add(new Stop(allocation, clientStatus, description, ""));
        }
    }
}
