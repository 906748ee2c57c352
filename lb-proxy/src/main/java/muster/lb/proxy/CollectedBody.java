package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import java.util.function.Consumer;

/** A request's body that is read before anything else happens with it. Owned by one event loop. */
final class CollectedBody {
    private final long limit;
    private final Consumer<Optional<byte[]>> then;
    private final ByteBuf all = Unpooled.buffer();
    private boolean isTold;

    CollectedBody(long limit, Consumer<Optional<byte[]>> then) {
        this.limit = limit;
        this.then = then;
    }

    /** Takes a piece; tells at once when that is too much. */
    void piece(ByteBuf piece) {
        if (isTold || all.readableBytes() + (long) piece.readableBytes() > limit) {
            piece.release();
            tell(Optional.empty());
        } else {
            all.writeBytes(piece);
            piece.release();
        }
    }

    void end() {
        if (!isTold) {
            tell(Optional.of(ByteBufUtil.getBytes(all)));
        }
    }

    /** Gives up what is there. */
    void release() {
        if (!isTold) {
            isTold = true;
            all.release();
        }
    }

    private void tell(Optional<byte[]> body) {
        if (!isTold) {
            release();
            then.accept(body);
        }
    }
}
