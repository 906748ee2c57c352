package muster.scheduler.reconcile;

/** How many instances of a group are to change in which way; what a plan's annotations tell. */
public record DesiredUpdates(
        int canary, int destructiveUpdate, int ignore, int inPlaceUpdate, int migrate, int place, int preemptions, int stop) {}
