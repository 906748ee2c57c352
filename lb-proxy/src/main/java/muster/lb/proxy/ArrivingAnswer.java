package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import muster.lb.exchange.HttpVersion;

/**
 * The answers that come from a target, one at a time: where a head ends, how its body is framed, whether another request may follow on
 * the connection (RFC 9112, sections 6.3 and 9.3). Owned by the connection's event loop.
 */
final class ArrivingAnswer {
    private final Loop loop;
    private final HeadParser parser;
    private final int maxBytes;
    private BodyReader body = BodyReader.ofLength(0);
    private boolean isToHead;
    private boolean hasBody;
    private boolean isPersistent;

    /** @param maxBytes of a head */
    ArrivingAnswer(Loop loop, HeadParser parser, int maxBytes) {
        this.loop = loop;
        this.parser = parser;
        this.maxBytes = maxBytes;
    }

    /** The next one is to such a request: behind a head in answer to HEAD nothing follows, whatever it says. */
    void begin(String method) {
        isToHead = method.equals("HEAD");
    }

    /** Takes a head out of the bytes, an interim one or the last; null, and nothing taken, when it is not complete. */
    MessageHead head(ByteBuf in) throws BadMessage {
        int length = Math.min(in.readableBytes(), maxBytes);
        byte[] bytes = loop.scratch(length);
        in.getBytes(in.readerIndex(), bytes, 0, length);
        int end = HeadBytes.end(bytes, 0, length);
        if (end < 0) {
            if (length == maxBytes) {
                throw new BadMessage(500, "the answer's head is longer than " + maxBytes + " bytes");
            }
            return null;
        }
        MessageHead head = parser.response(bytes, 0, end);
        in.skipBytes(end);
        if (head.status >= 200) {
            frame(head);
        }
        return head;
    }

    private void frame(MessageHead head) {
        boolean mayHaveBody = !isToHead && !Download.isBodyless(head.status);
        body = !mayHaveBody ? BodyReader.ofLength(0)
                : head.isChunked ? BodyReader.chunked(parser, maxBytes)
                : head.contentLength >= 0 ? BodyReader.ofLength(head.contentLength) : BodyReader.untilClose();
        hasBody = mayHaveBody && !(body.isDone() && head.contentLength == 0);
        isPersistent = head.isPersistent() && !body.isUntilClose() && !(head.isChunked && head.contentLength >= 0)
                && (!isToHead || head.version == HttpVersion.HTTP_1_1);
    }

    /** What follows the last head. */
    BodyReader body() {
        return body;
    }

    /** Whether there is a body, be it an empty one whose length is told at its end. */
    boolean hasBody() {
        return hasBody;
    }

    /** Whether the connection takes another request behind this answer. */
    boolean isPersistent() {
        return isPersistent;
    }
}
