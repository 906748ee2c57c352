package muster.lb.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import muster.lb.exchange.Failure;

/** A connection to a target that speaks HTTP/2; each request is a {@link TargetHttp2Stream}. Owned by its event loop. */
final class TargetHttp2 extends ChannelInboundHandlerAdapter {
    private static final int STREAM_WINDOW = 256 * 1024;
    /** What is taken for granted until the target has said otherwise (RFC 9113, section 6.5.2, recommends no less). */
    private static final int FIRST_STREAMS = 100;

    private final Loop loop;
    private final TargetPool pool;
    private final HttpScheme scheme;
    private ChannelHandlerContext context;
    private long most = FIRST_STREAMS;
    private int streams;
    private boolean isLeaving;
    private boolean isUsed;
    private long idleSince = System.nanoTime();

    TargetHttp2(Loop loop, TargetPool pool, HttpScheme scheme) {
        this.loop = loop;
        this.pool = pool;
        this.scheme = scheme;
    }

    void install(Channel channel) {
        channel.pipeline().addLast("http2", Http2FrameCodecBuilder.forClient()
                .initialSettings(Http2Settings.defaultSettings()
                        .pushEnabled(false)
                        .initialWindowSize(STREAM_WINDOW)
                        .maxHeaderListSize(pool.settings().maxHeaderBytes()))
                .validateHeaders(true)
                .build());
        channel.pipeline().addLast("streams", new Http2MultiplexHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel pushed) {
                pushed.close();
            }
        }));
        channel.pipeline().addLast("connection", this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    boolean hasRoom() {
        return !isLeaving && streams < most && context.channel().isActive();
    }

    boolean isIdleFor(long now, long nanos) {
        return streams == 0 && now - idleSince > nanos;
    }

    String scheme() {
        return scheme.name().toString();
    }

    /** Opens a stream for a request. */
    void open(TargetPools.Waiter waiter) {
        streams++;
        boolean isReused = isUsed;
        isUsed = true;
        TargetHttp2Stream stream = new TargetHttp2Stream(loop, this, isReused);
        Future<Http2StreamChannel> opened = new Http2StreamChannelBootstrap(context.channel()).handler(stream).open();
        opened.addListener(done -> {
            if (done.isSuccess()) {
                waiter.connected(stream);
            } else {
                streams--;
                isLeaving = true;
                waiter.failed(Failure.UNREACHABLE, done.cause());
            }
        });
    }

    void ended() {
        streams--;
        idleSince = System.nanoTime();
        if (isLeaving && streams == 0) {
            context.close();
        }
        pool.serveWaiting();
    }

    void close() {
        isLeaving = true;
        context.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case Http2SettingsFrame settings when settings.settings().maxConcurrentStreams() != null ->
                most = settings.settings().maxConcurrentStreams();
            case Http2GoAwayFrame leaving -> {
                isLeaving = true;
                if (streams == 0) {
                    ctx.close();
                }
            }
            default -> { }
        }
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        isLeaving = true;
        pool.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
