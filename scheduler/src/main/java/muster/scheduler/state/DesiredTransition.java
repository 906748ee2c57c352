package muster.scheduler.state;

import muster.wire.Key;

/**
 * What is wished for an allocation beside its desired status; null is no wish.
 *
 * @param noShutdownDelay its tasks do not wait between leaving their services and their end
 */
public record DesiredTransition(
        Boolean forceReschedule,
        Boolean migrate,
        @Key(omitNull = true) Boolean noShutdownDelay,
        Boolean reschedule) {

    public static final DesiredTransition NONE = new DesiredTransition(null, null, null, null);

    /** For one that is to end without delay. */
    public static final DesiredTransition HURRIED = new DesiredTransition(null, null, true, null);
}
