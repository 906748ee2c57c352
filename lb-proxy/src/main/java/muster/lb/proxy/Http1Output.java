package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import muster.lb.exchange.HeaderList;

/**
 * What goes out of an HTTP/1 connection: heads and small pieces are gathered in one buffer until somebody flushes, large ones follow as they
 * are; a body whose length is not known is cut into chunks (RFC 9112, section 7.1). Owned by the connection's event loop.
 */
final class Http1Output {
    private static final int COPIED = 4 * 1024;
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n', '\r', '\n'};
    private static final short CRLF = '\r' << 8 | '\n';
    private static final int CHUNK_SIZE_ROOM = 10;

    private final ChannelHandlerContext context;
    private final HeadWriter writer;
    private ByteBuf out;
    private boolean isChunked;

    Http1Output(ChannelHandlerContext context, HeadWriter writer) {
        this.context = context;
        this.writer = writer;
    }

    /**
     * What the writer holds: a head.
     *
     * @param hasBody pieces follow
     */
    void head(boolean hasBody, boolean chunked) {
        isChunked = chunked;
        append(writer.buffer(context.alloc(), hasBody ? COPIED : 0));
    }

    /** A piece of a body, which this takes over. */
    void piece(ByteBuf piece) {
        int length = piece.readableBytes();
        if (length == 0) {
            piece.release();
            return;
        }
        if (isChunked) {
            writeHex(room(CHUNK_SIZE_ROOM), length).writeShort(CRLF);
        }
        if (length <= COPIED) {
            room(length).writeBytes(piece);
            piece.release();
        } else {
            append(piece);
        }
        if (isChunked) {
            room(2).writeShort(CRLF);
        }
    }

    private static ByteBuf writeHex(ByteBuf to, int number) {
        for (int shift = (31 - Integer.numberOfLeadingZeros(number)) & ~3; shift >= 0; shift -= 4) {
            to.writeByte(Character.forDigit(number >> shift & 15, 16));
        }
        return to;
    }

    /** The body's end. */
    void end(HeaderList trailers) {
        if (isChunked && trailers.size() == 0) {
            room(LAST_CHUNK.length).writeBytes(LAST_CHUNK);
        } else if (isChunked) {
            writer.start().text("0").line().headers(trailers).line();
            append(writer.buffer(context.alloc(), 0));
        }
    }

    private ByteBuf room(int bytes) {
        if (out == null || out.writableBytes() < bytes) {
            write();
            out = context.alloc().buffer(Math.max(bytes, 1024));
        }
        return out;
    }

    private void append(ByteBuf buffer) {
        write();
        out = buffer;
        if (buffer.readableBytes() > COPIED) {
            write();
        }
    }

    /** Hands what was gathered to the channel, unflushed. */
    void write() {
        if (out != null) {
            ByteBuf full = out;
            out = null;
            if (full.isReadable()) {
                context.write(full, context.voidPromise());
            } else {
                full.release();
            }
        }
    }

    /** Hands over what was gathered, and flushes. */
    void flush() {
        write();
        context.flush();
    }

    /** Gives up what was gathered. */
    void drop() {
        if (out != null) {
            out.release();
            out = null;
        }
    }
}
