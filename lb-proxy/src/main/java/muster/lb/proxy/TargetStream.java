package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.HeaderList;

/** One request's way to its target. Event loop only. A request is one head, pieces, an end; then it belongs to its pool again. */
interface TargetStream {
    /** Whether the connection served before: it may have ended without our knowing. */
    boolean isReused();

    /**
     * The request's head.
     *
     * @param length of the body, {@link MessageHead#NO_LENGTH} when it is not known; 0 is only sent with {@code isLengthSent}
     * @param hasBody pieces and an end follow; otherwise this is the whole request
     * @param isUpgrade asks for a WebSocket
     */
    void send(Exchange exchange, Attempt attempt, String method, long length, boolean isLengthSent, boolean hasBody, boolean isUpgrade);

    /** A piece of the body, which this takes over. */
    void piece(ByteBuf piece);

    void end(HeaderList trailers);

    void flush();

    boolean isWritable();

    /** No more of the answer. */
    void pause();

    void resume();

    /** Nobody wants the answer any more. */
    void abandon();

    /** After 101: the connection is the relay's. */
    Relay.Side takeChannel();
}
