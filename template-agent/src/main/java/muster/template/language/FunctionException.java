package muster.template.language;

/** A function refuses its arguments; the message is what follows {@code error calling NAME: }. */
public final class FunctionException extends RuntimeException {
    public FunctionException(String message) {
        super(message);
    }
}
