package muster.raft;

/**
 * The folder of a log can't be used as it is: in use by another process, damaged, or of another form. Nothing was read into
 * the state machines that could be trusted, and nothing was changed. The message names the file and says what to do.
 */
public final class DataFolderException extends RuntimeException {
    public DataFolderException(String message) {
        super(message);
    }

    public DataFolderException(String message, Throwable cause) {
        super(message, cause);
    }
}
