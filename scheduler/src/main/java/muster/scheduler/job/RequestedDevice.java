package muster.scheduler.job;

import java.util.List;

/** A device that a task asks for, as vendor/type/name or a part of it. */
public record RequestedDevice(
        List<Affinity> affinities,
        List<Constraint> constraints,
        Long count,
        String name) {
    public RequestedDevice {
        affinities = Values.list(affinities);
        constraints = Values.list(constraints);
        name = Values.text(name);
    }
}
