package muster.wire;

/** Text that is not JSON, or JSON that is not of the wanted shape. The message is fit for the sender of the text. */
public final class JsonException extends RuntimeException {
    public JsonException(String message) {
        super(message, null, false, false);
    }
}
