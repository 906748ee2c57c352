package muster.scheduler.job;

/** A port by its label; the value is 0 until the scheduler chose one. */
public record Port(
        String hostNetwork,
        String label,
        int to,
        int value) {
    public Port {
        hostNetwork = Values.text(hostNetwork);
        label = Values.text(label);
    }

    /** A copy with another Value. */
    public Port withValue(int value) {
        return new Port(hostNetwork, label, to, value);
    }

    /** A copy with another To. */
    public Port withTo(int to) {
        return new Port(hostNetwork, label, to, value);
    }
}
