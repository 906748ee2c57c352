package muster.scheduler.job;

import java.util.List;
import java.util.Map;

/** A region of a job that runs in several. */
public record MultiregionRegion(
        Integer count,
        List<String> datacenters,
        Map<String, String> meta,
        String name) {
    public MultiregionRegion {
        datacenters = Values.list(datacenters);
        meta = Values.map(meta);
        name = Values.text(name);
    }
}
