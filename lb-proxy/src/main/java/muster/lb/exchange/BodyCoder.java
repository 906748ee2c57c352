package muster.lb.exchange;

import java.util.Optional;

/** Changes a body on its way, piece by piece: compression, for instance. For one body, called by one thread at a time, must not wait. */
public interface BodyCoder {
    /** What goes on for a piece that came, perhaps nothing. The piece may be kept. */
    byte[] piece(byte[] piece);

    /** What is left at the end. */
    byte[] end();

    /** What is left at the end of a body that has these trailers. */
    default byte[] end(HeaderList trailers) {
        return end();
    }

    /** Whether the trailers became part of the body, so that none follow it. */
    default boolean takesTrailers() {
        return false;
    }

    /** Gives up what it holds; called once, after {@link #end} or when the body was cut off. */
    default void close() {}

    /** Whether the answer's head has to wait for more of the body; until this is false its headers may be changed and nothing is sent. */
    default boolean isHolding() {
        return false;
    }

    /** What to do instead of this answer; asked after each piece while it is holding. */
    default Optional<Decision> instead() {
        return Optional.empty();
    }
}
