package muster.hcl;

/** A call that failed: on the whole, or because of one argument. The message has no final stop. */
public final class FunctionException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Stands for no particular argument. */
    public static final int WHOLE_CALL = -1;

    private final int argument;

    /** The call as a whole failed. */
    public FunctionException(String message) {
        this(WHOLE_CALL, message);
    }

    /** The argument at this place, from 0, is to blame. */
    public FunctionException(int argument, String message) {
        super(message);
        this.argument = argument;
    }

    /** The argument to blame, from 0, or {@link #WHOLE_CALL}. */
    public int argument() {
        return argument;
    }
}
