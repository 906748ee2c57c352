package muster.lb.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Optional;

/**
 * Keeps the news that a target has closed its connection back while its answer still waits for a slow client. Without it the
 * client library drops what it holds of the answer as soon as it hears of the close, and an answer that ends with its connection
 * reaches slow clients cut off. One per connection, in its pipeline; event loop only.
 */
final class LateClose extends ChannelInboundHandlerAdapter {
    private static final String NAME = "late-close";

    private ChannelHandlerContext context;
    private boolean isHolding;
    private boolean isClosed;

    private LateClose() {}

    /** The connection's own one; empty for a connection that has no pipeline to put it in. */
    static Optional<LateClose> of(HttpConnection connection) {
        if (!(connection instanceof ConnectionBase base)) {
            return Optional.empty();
        }
        ChannelPipeline pipeline = base.channel().pipeline();
        if (pipeline.get(NAME) instanceof LateClose present) {
            return Optional.of(present);
        }
        LateClose added = new LateClose();
        pipeline.addBefore(base.channelHandlerContext().name(), NAME, added);
        return Optional.of(added);
    }

    /** The answer waits: a close is not told from now on. */
    void hold() {
        isHolding = true;
    }

    /** The answer flows, and all that was held of it has been handed on: a close is told, now or when it comes. */
    void release() {
        isHolding = false;
        if (isClosed) {
            isClosed = false;
            context.fireChannelInactive();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelInactive(ChannelHandlerContext closed) {
        if (isHolding) {
            isClosed = true;
        } else {
            closed.fireChannelInactive();
        }
    }
}
