package muster.scheduler.state;

import java.util.Map;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** The scores of a node that was ranked. */
public record NodeScoreMeta(
        @Key("NodeID") String nodeId,
        double normScore,
        Map<String, Double> scores) {
    public NodeScoreMeta {
        nodeId = Values.text(nodeId);
        scores = scores == null ? null : Scores.of(scores);
    }
}
