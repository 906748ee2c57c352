package muster.lb.proxy;

import io.netty.buffer.ByteBuf;

/**
 * The head of a connection's next request as it comes, perhaps in pieces. What can never become a request is refused at once, not when its
 * time is up. Owned by the connection's event loop.
 */
final class ArrivingHead {
    private static final short CRLF = '\r' << 8 | '\n';

    private final Loop loop;
    private final HeadParser parser;
    private final int maxBytes;
    private int scanned;
    private boolean isFirst = true;
    private boolean isHttp2;

    ArrivingHead(Loop loop, HeadParser parser, int maxBytes) {
        this.loop = loop;
        this.parser = parser;
        this.maxBytes = maxBytes;
    }

    /** Whether no request has come yet. */
    boolean isFirst() {
        return isFirst;
    }

    /** Whether a part of a head is there. */
    boolean isBegun() {
        return scanned > 0;
    }

    /** Whether the connection began with the whole preface of HTTP/2 instead. */
    boolean isHttp2() {
        return isHttp2;
    }

    /** Takes the head out of the bytes; null, and nothing taken, when it is not complete. */
    MessageHead next(ByteBuf in) throws BadMessage {
        while (!isFirst && scanned == 0 && in.readableBytes() >= 2 && in.getShort(in.readerIndex()) == CRLF) {
            in.skipBytes(2);
        }
        int length = Math.min(in.readableBytes(), maxBytes);
        if (length == 0 || scanned > 0 && !hasEnd(in, length)) {
            return waitForMore(in, length);
        }
        byte[] bytes = loop.scratch(length);
        in.getBytes(in.readerIndex(), bytes, 0, length);
        if (isFirst && ClientHttp2.isPreface(bytes, length)) {
            isHttp2 = length >= ClientHttp2.PREFACE_LENGTH;
            return null;
        }
        int end = HeadBytes.end(bytes, 0, length);
        if (end < 0) {
            checkStart(bytes, length);
            return waitForMore(in, length);
        }
        scanned = 0;
        isFirst = false;
        MessageHead head = parser.request(bytes, 0, end);
        in.skipBytes(end);
        return head;
    }

    /** Whether a head that came in pieces ends in what has come since the last look. */
    private boolean hasEnd(ByteBuf in, int length) throws BadMessage {
        int from = Math.max(0, scanned - 3);
        byte[] bytes = loop.scratch(length - from);
        in.getBytes(in.readerIndex() + from, bytes, 0, length - from);
        checkStart(bytes, length - from);
        return HeadBytes.end(bytes, 0, length - from) >= 0;
    }

    private MessageHead waitForMore(ByteBuf in, int length) throws BadMessage {
        if (length == maxBytes) {
            throw in.indexOf(in.readerIndex(), in.readerIndex() + length, (byte) '\n') < 0 ? new BadMessage(414, "") : new BadMessage(431, "");
        }
        scanned = length;
        return null;
    }

    private static void checkStart(byte[] bytes, int length) throws BadMessage {
        for (int i = 0; i < length; i++) {
            byte b = bytes[i];
            if (b == '\n' && i > 0 && bytes[i - 1] != '\r' || b == 0 || b == 0x16 && i == 0) {
                throw new BadMessage(400, "malformed request line");
            }
        }
    }
}
