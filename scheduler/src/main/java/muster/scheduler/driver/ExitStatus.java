package muster.scheduler.driver;

/**
 * How a task ended.
 *
 * @param code its exit code, 128 + signal when a signal ended it
 * @param signal that ended it, or 0
 * @param message what else there is to say, usually ""
 * @param outOfMemory whether the kernel killed it for the memory it took
 */
public record ExitStatus(int code, int signal, String message, boolean outOfMemory) {
    static ExitStatus exited(int code) {
        return new ExitStatus(code, 0, "", false);
    }

    static ExitStatus killed(int signal) {
        return new ExitStatus(128 + signal, signal, "", false);
    }

    /** From the status word of waitpid(2). */
    static ExitStatus ofWaitStatus(int status) {
        int signal = status & 0x7f;
        return signal == 0 ? exited(status >> 8 & 0xff) : killed(signal);
    }

    /** Exit code 0 and no signal. */
    public boolean isSuccess() {
        return code == 0 && signal == 0;
    }
}
