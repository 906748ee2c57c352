package muster.scheduler.state;

import muster.scheduler.job.Values;

/** A host port given to a label. */
public record AllocatedPort(
        String hostIP,
        String label,
        int to,
        int value) {
    public AllocatedPort {
        hostIP = Values.text(hostIP);
        label = Values.text(label);
    }
}
