package muster.scheduler.job;

import java.util.List;

/** The regions of a job that runs in several. */
public record Multiregion(
        List<MultiregionRegion> regions,
        MultiregionStrategy strategy) {
    public Multiregion {
        regions = Values.list(regions);
    }
}
