package muster.scheduler.plan;

import java.util.Map;
import muster.scheduler.reconcile.DesiredUpdates;
import muster.scheduler.state.AllocMetric;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.PlanResult;

/**
 * What a scheduler proposes for an evaluation.
 *
 * @param allAtOnce whether the plan is worth nothing in part
 * @param queued instances of each group that found no node
 * @param failed why, by group
 * @param classEligibility for a blocked evaluation: which computed classes may and may not take the rest
 * @param escaped whether classes say nothing
 * @param deployment the one that the job's placements belong to, or null
 */
public record Outcome(PlanResult plan, boolean allAtOnce, Map<String, Integer> queued, Map<String, AllocMetric> failed,
        Map<String, Boolean> classEligibility, boolean escaped, Map<String, DesiredUpdates> desired,
        Deployment deployment) {}
