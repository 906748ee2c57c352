package muster.scheduler.job;

/** The file into which the payload of a dispatched job is written. */
public record DispatchPayload(
        String file) {
    public DispatchPayload {
        file = Values.text(file);
    }
}
