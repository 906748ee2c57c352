package muster.scheduler.job;

import java.util.List;

/** How allocations are to be distributed over the values of an attribute. */
public record Spread(
        String attribute,
        List<SpreadTarget> spreadTarget,
        Integer weight) {
    public Spread {
        attribute = Values.text(attribute);
        spreadTarget = Values.list(spreadTarget);
    }
}
