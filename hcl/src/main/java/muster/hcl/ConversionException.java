package muster.hcl;

/** A value that can't become what is asked for; the message is the one cty gives, without a final stop. */
public final class ConversionException extends Exception {
    private static final long serialVersionUID = 1L;

    public ConversionException(String message) {
        super(message);
    }
}
