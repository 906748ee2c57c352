package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Joining what came to what is left. */
final class Buffers {
    private Buffers() {}

    /** Both as one buffer, which takes both over. What is left grows by doubling, so that many small pieces cost no more than few large ones. */
    static ByteBuf join(ByteBufAllocator allocator, ByteBuf left, ByteBuf piece) {
        if (!left.isReadable()) {
            left.release();
            return piece;
        }
        int bytes = left.readableBytes() + piece.readableBytes();
        ByteBuf joined = left;
        if (left.refCnt() > 1 || left.isReadOnly() || left.maxWritableBytes() < piece.readableBytes()
                || left.writableBytes() < piece.readableBytes()) {
            joined = allocator.buffer(bytes * 2);
            joined.writeBytes(left);
            left.release();
        }
        joined.writeBytes(piece);
        piece.release();
        return joined;
    }
}
