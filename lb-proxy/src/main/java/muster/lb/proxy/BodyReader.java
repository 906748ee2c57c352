package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import java.util.Locale;
import java.util.Set;
import muster.lb.exchange.HeaderList;

/**
 * Cuts one message's body out of a connection's bytes (RFC 9112, sections 6 and 7). A chunked body's sizes, extensions, line ends and
 * trailers are read strictly; extensions and trailers that mean something for framing or routing are dropped. Used by one connection.
 */
final class BodyReader {
    private static final int MAX_SIZE_LINE = 256;
    private static final Set<String> NOT_IN_TRAILERS = Set.of("content-length", "transfer-encoding", "host", "connection", "te", "trailer",
            "upgrade", "expect", "authorization", "content-encoding", "content-type", "content-range", "cookie", "set-cookie", "keep-alive",
            "proxy-authorization", "proxy-authenticate", "proxy-connection", "x-forwarded-for", "forwarded");

    private static final BodyReader NONE = new BodyReader(Phase.DONE, 0, null, 0);

    private enum Phase {
        LENGTH, UNTIL_CLOSE, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILERS, DONE
    }

    private final HeadParser parser;
    private final int maxTrailerBytes;
    private Phase phase;
    private long left;
    private final HeaderList trailers = new HeaderList();

    private BodyReader(Phase phase, long left, HeadParser parser, int maxTrailerBytes) {
        this.phase = phase;
        this.left = left;
        this.parser = parser;
        this.maxTrailerBytes = maxTrailerBytes;
    }

    static BodyReader ofLength(long length) {
        return length == 0 ? NONE : new BodyReader(Phase.LENGTH, length, null, 0);
    }

    static BodyReader untilClose() {
        return new BodyReader(Phase.UNTIL_CLOSE, 0, null, 0);
    }

    static BodyReader chunked(HeadParser parser, int maxTrailerBytes) {
        return new BodyReader(Phase.CHUNK_SIZE, 0, parser, maxTrailerBytes);
    }

    boolean isDone() {
        return phase == Phase.DONE;
    }

    /** Whether the body ends with its connection. */
    boolean isUntilClose() {
        return phase == Phase.UNTIL_CLOSE;
    }

    /** Empty until the body is done. */
    HeaderList trailers() {
        return trailers;
    }

    /** Passes over a whole body that is there already; false when it is not. */
    boolean skip(ByteBuf in) {
        if (phase != Phase.LENGTH || left > in.readableBytes()) {
            return false;
        }
        in.skipBytes((int) left);
        phase = Phase.DONE;
        return true;
    }

    /** The next piece, the caller's to release; null when more bytes are needed or the body is done. */
    ByteBuf next(ByteBuf in) throws BadMessage {
        while (true) {
            switch (phase) {
                case LENGTH, CHUNK -> {
                    int length = (int) Math.min(left, in.readableBytes());
                    if (length == 0) {
                        return null;
                    }
                    left -= length;
                    if (left == 0) {
                        phase = phase == Phase.LENGTH ? Phase.DONE : Phase.CHUNK_END;
                    }
                    return in.readRetainedSlice(length);
                }
                case UNTIL_CLOSE -> {
                    return in.isReadable() ? in.readRetainedSlice(in.readableBytes()) : null;
                }
                case CHUNK_SIZE -> {
                    if (!readSize(in)) {
                        return null;
                    }
                }
                case CHUNK_END -> {
                    if (in.readableBytes() < 2) {
                        return null;
                    }
                    if (in.readByte() != '\r' || in.readByte() != '\n') {
                        throw new BadMessage(400, "malformed chunk end");
                    }
                    phase = Phase.CHUNK_SIZE;
                }
                case TRAILERS -> {
                    if (!readTrailers(in)) {
                        return null;
                    }
                }
                case DONE -> {
                    return null;
                }
            }
        }
    }

    private boolean readSize(ByteBuf in) throws BadMessage {
        int feed = in.indexOf(in.readerIndex(), Math.min(in.writerIndex(), in.readerIndex() + MAX_SIZE_LINE), (byte) '\n');
        if (feed < 0) {
            if (in.readableBytes() >= MAX_SIZE_LINE) {
                throw new BadMessage(400, "malformed chunk size");
            }
            return false;
        }
        int from = in.readerIndex();
        long size = 0;
        int at = from;
        while (at < feed && at - from < 15 && Character.digit(in.getByte(at), 16) >= 0) {
            size = size << 4 | Character.digit(in.getByte(at++), 16);
        }
        if (at == from || feed == from || in.getByte(feed - 1) != '\r' || at != feed - 1 && in.getByte(at) != ';') {
            throw new BadMessage(400, "malformed chunk size");
        }
        for (int i = at; i < feed - 1; i++) {
            byte b = in.getByte(i);
            if (b >= 0 && b < ' ' && b != '\t' || b == 0x7f) {
                throw new BadMessage(400, "malformed chunk extension");
            }
        }
        in.readerIndex(feed + 1);
        left = size;
        phase = size == 0 ? Phase.TRAILERS : Phase.CHUNK;
        return true;
    }

    private boolean readTrailers(ByteBuf in) throws BadMessage {
        if (in.readableBytes() < 2) {
            return false;
        }
        if (in.getByte(in.readerIndex()) == '\r' && in.getByte(in.readerIndex() + 1) == '\n') {
            in.skipBytes(2);
            phase = Phase.DONE;
            return true;
        }
        byte[] bytes = new byte[Math.min(in.readableBytes(), maxTrailerBytes)];
        in.getBytes(in.readerIndex(), bytes);
        int end = HeadBytes.end(bytes, 0, bytes.length);
        if (end < 0) {
            if (bytes.length == maxTrailerBytes) {
                throw new BadMessage(431, "trailers too long");
            }
            return false;
        }
        MessageHead head = new MessageHead();
        parser.trailers(head, bytes, 0, end);
        for (int i = 0; i < head.headers.size(); i++) {
            if (!NOT_IN_TRAILERS.contains(head.headers.name(i).toLowerCase(Locale.ROOT))) {
                trailers.add(head.headers.name(i), head.headers.value(i));
            }
        }
        in.skipBytes(end);
        phase = Phase.DONE;
        return true;
    }
}
