package muster.scheduler.state;

/** What is wished for an allocation beside its desired status; null is no wish. */
public record DesiredTransition(
        Boolean forceReschedule,
        Boolean migrate,
        Boolean reschedule) {

    public static final DesiredTransition NONE = new DesiredTransition(null, null, null);
}
