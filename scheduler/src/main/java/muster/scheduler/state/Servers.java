package muster.scheduler.state;

/**
 * What the servers keep about themselves in the state they share.
 *
 * @param term of the server that leads, as {@link Command.TakeLead} gave it; "" before the first
 * @param autopilot the rules of the log's members
 * @param restoring a restoration whose last piece has not come
 */
public record Servers(String term, Autopilot autopilot, Restoring restoring) {
    static final Servers NONE = new Servers("", Autopilot.DEFAULT, Restoring.NONE);

    public Servers {
        autopilot = autopilot == null ? Autopilot.DEFAULT : autopilot;
        restoring = restoring == null ? Restoring.NONE : restoring;
    }

    Servers withTerm(String changed) {
        return new Servers(changed, autopilot, restoring);
    }

    Servers withAutopilot(Autopilot changed) {
        return new Servers(term, changed, restoring);
    }

    Servers withRestoring(Restoring changed) {
        return new Servers(term, autopilot, changed);
    }
}
