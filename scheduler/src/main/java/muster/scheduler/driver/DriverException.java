package muster.scheduler.driver;

/** A task could not be started or signalled. */
public final class DriverException extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean recoverable;

    public DriverException(String message, boolean recoverable) {
        super(message);
        this.recoverable = recoverable;
    }

    /** Whether trying again may help; if not, the restart policy is not asked. */
    public boolean recoverable() {
        return recoverable;
    }
}
