package muster.lb.proxy;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.HeaderList;

/** An answer whose body is changed on its way; its head goes out when the coder stops holding it. Owned by one event loop. */
final class CodedAnswer {
    private final BodyCoder coder;
    private final HttpServerResponse response;
    private final HeaderList headers;
    private final Runnable head;
    private boolean isBegun;

    /** @param head sends the answer's head, with the headers as they are then */
    CodedAnswer(BodyCoder coder, HttpServerResponse response, HeaderList headers, Runnable head) {
        this.coder = coder;
        this.response = response;
        this.headers = headers;
        this.head = head;
    }

    /** Whether the head has been sent. */
    boolean isBegun() {
        return isBegun;
    }

    /** What is to be sent for a piece, the head already on its way then; an empty buffer for nothing. */
    Buffer piece(Buffer piece) {
        Buffer out = Buffer.buffer(coder.piece(piece.getBytes()));
        if (!coder.isHolding()) {
            begin();
        }
        return out;
    }

    /** Sends the rest. An answer that was held to its end tells its length. */
    Future<Void> end() {
        byte[] rest = coder.end();
        coder.close();
        if (!isBegun) {
            headers.set("Content-Length", "" + rest.length);
            begin();
        }
        return rest.length == 0 ? response.end() : response.end(Buffer.buffer(rest));
    }

    private void begin() {
        if (!isBegun) {
            isBegun = true;
            head.run();
        }
    }
}
