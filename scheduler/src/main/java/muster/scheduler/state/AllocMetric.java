package muster.scheduler.state;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import muster.scheduler.job.Resources;
import muster.scheduler.job.Values;

/** How a placement came about, or why there was none. The time is a duration. */
public record AllocMetric(
        Duration allocationTime,
        Map<String, Integer> classExhausted,
        Map<String, Integer> classFiltered,
        int coalescedFailures,
        Map<String, Integer> constraintFiltered,
        Map<String, Integer> dimensionExhausted,
        Map<String, Integer> nodesAvailable,
        int nodesEvaluated,
        int nodesExhausted,
        int nodesFiltered,
        List<String> quotaExhausted,
        Map<String, Resources> resourcesExhausted,
        List<NodeScoreMeta> scoreMetaData,
        Map<String, Double> scores) {
    public AllocMetric {
        allocationTime = Values.duration(allocationTime);
        classExhausted = Values.map(classExhausted);
        classFiltered = Values.map(classFiltered);
        constraintFiltered = Values.map(constraintFiltered);
        dimensionExhausted = Values.map(dimensionExhausted);
        nodesAvailable = Values.map(nodesAvailable);
        quotaExhausted = Values.list(quotaExhausted);
        resourcesExhausted = Values.map(resourcesExhausted);
        scoreMetaData = Values.list(scoreMetaData);
        scores = Values.map(scores);
    }

    /** A copy with another CoalescedFailures. */
    public AllocMetric withCoalescedFailures(int coalescedFailures) {
        return new AllocMetric(allocationTime, classExhausted, classFiltered, coalescedFailures, constraintFiltered,
                dimensionExhausted, nodesAvailable, nodesEvaluated, nodesExhausted, nodesFiltered, quotaExhausted,
                resourcesExhausted, scoreMetaData, scores);
    }

    /** A copy with another ResourcesExhausted. */
    public AllocMetric withResourcesExhausted(Map<String, Resources> resourcesExhausted) {
        return new AllocMetric(allocationTime, classExhausted, classFiltered, coalescedFailures, constraintFiltered,
                dimensionExhausted, nodesAvailable, nodesEvaluated, nodesExhausted, nodesFiltered, quotaExhausted,
                resourcesExhausted, scoreMetaData, scores);
    }
}
