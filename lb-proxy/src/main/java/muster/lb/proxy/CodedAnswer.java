package muster.lb.proxy;

import io.netty.buffer.Unpooled;
import java.util.Optional;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.HeaderList;

/** An answer whose body is changed on its way; its head goes out when the coder stops holding it. Owned by one event loop. */
final class CodedAnswer {
    private final BodyCoder coder;
    private final ClientStream client;
    private final HeaderList headers;
    private final Runnable head;
    private boolean isBegun;
    private boolean isClosed;
    private long sent;

    /** @param head sends the answer's head, with the headers as they are then */
    CodedAnswer(BodyCoder coder, ClientStream client, HeaderList headers, Runnable head) {
        this.coder = coder;
        this.client = client;
        this.headers = headers;
        this.head = head;
    }

    /** Whether the head has been sent. */
    boolean isBegun() {
        return isBegun;
    }

    /** Bytes sent so far. */
    long sent() {
        return sent;
    }

    /** What to do instead of this answer, as long as its head is held. */
    Optional<Decision> instead() {
        return isBegun ? Optional.empty() : coder.instead();
    }

    /** Sends what comes of a piece. */
    void piece(byte[] piece) {
        byte[] out = coder.piece(piece);
        if (!coder.isHolding()) {
            begin();
        }
        send(out);
    }

    /** Sends the rest. An answer that was held to its end tells its length. */
    void end(HeaderList trailers) {
        byte[] rest = coder.end(trailers);
        close();
        if (!isBegun) {
            headers.set("Content-Length", Integer.toString(rest.length));
            begin();
        }
        send(rest);
    }

    /** Whether the trailers are part of what was sent. */
    boolean takesTrailers() {
        return coder.takesTrailers();
    }

    /** Gives up what the coder holds. */
    void close() {
        if (!isClosed) {
            isClosed = true;
            coder.close();
        }
    }

    private void begin() {
        if (!isBegun) {
            isBegun = true;
            head.run();
        }
    }

    private void send(byte[] bytes) {
        if (bytes.length > 0) {
            sent += bytes.length;
            client.piece(Unpooled.wrappedBuffer(bytes));
        }
    }
}
