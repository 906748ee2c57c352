package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import muster.lb.exchange.HeaderList;

/**
 * One request's way back to its client, over whatever version of HTTP. Event loop only. An answer is one head, pieces, an end, or it is cut;
 * nothing of it is sent before {@link #flush}, but for large pieces.
 */
interface ClientStream {
    /** A 1xx answer; dropped for clients that know none. */
    void informational(int status, String reason, HeaderList headers);

    /**
     * The answer's head. Headers are complete but for those of framing and connection.
     *
     * @param hasBody pieces and an end follow; otherwise this is the whole answer
     */
    void head(int status, String reason, HeaderList headers, boolean hasBody);

    /** A piece of the body, which this takes over. */
    void piece(ByteBuf piece);

    void end(HeaderList trailers);

    void flush();

    /** Whether the client takes what it is sent; {@link Exchange#clientWritable} tells when it does again. */
    boolean isWritable();

    /** The answer can't be completed: the client learns it by the end of its connection or stream. */
    void cut();

    /** No more of the request's body. */
    void pause();

    /** The request's body may come. */
    void resume();

    /** Ends the connection after this answer, where connections and requests are the same thing. */
    void closeAfter();

    /** The answer 101 is sent with these headers, and the connection is the relay's from then on; empty where that can't be. */
    Optional<Relay.Side> switchProtocols(String reason, HeaderList headers);
}
