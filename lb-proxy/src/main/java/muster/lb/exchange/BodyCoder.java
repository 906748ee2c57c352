package muster.lb.exchange;

/** Changes a body on its way, piece by piece: compression, for instance. For one body, called by one thread at a time, must not wait. */
public interface BodyCoder {
    /** What goes on for a piece that came, perhaps nothing. The piece may be kept. */
    byte[] piece(byte[] piece);

    /** What is left at the end. */
    byte[] end();

    /** Gives up what it holds; called once, after {@link #end} or when the body was cut off. */
    default void close() {}
}
