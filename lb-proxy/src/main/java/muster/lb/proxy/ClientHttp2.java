package muster.lb.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import muster.lb.exchange.Listener;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection that speaks HTTP/2 (RFC 9113): each stream is a {@link ClientHttp2Stream}. The codec bounds what a client can do with
 * frames alone: streams, resets, empty and continuation frames, settings and pings, header sizes.
 */
final class ClientHttp2 extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ClientHttp2.class);
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    static final int PREFACE_LENGTH = PREFACE.length;
    private static final int MAX_RESETS = 200;
    private static final int RESET_WINDOW_SECONDS = 30;
    private static final int MAX_CONTINUATIONS = 16;
    private static final int STREAM_WINDOW = 256 * 1024;

    private final Loop loop;
    private final EntryPoint entry;
    private final RequestHead.Peer peer;
    private final Listener.Limits limits;
    private Deadlines.Deadline deadline;
    private Runnable forgetDrain = () -> { };
    private ChannelHandlerContext context;
    private final Set<ClientHttp2Stream> streams = new HashSet<>();

    private ClientHttp2(Loop loop, EntryPoint entry, RequestHead.Peer peer) {
        this.loop = loop;
        this.entry = entry;
        this.peer = peer;
        this.limits = entry.listener.limits();
    }

    /** Whether the bytes are HTTP/2's preface, as far as they go. */
    static boolean isPreface(byte[] bytes, int length) {
        int most = Math.min(length, PREFACE.length);
        return most > 0 && Arrays.equals(bytes, 0, most, PREFACE, 0, most);
    }

    /** Puts the handlers for HTTP/2 into a connection. */
    static void install(Channel channel, Loop loop, EntryPoint entry, RequestHead.Peer peer) {
        Listener.Limits limits = entry.listener.limits();
        ClientHttp2 connection = new ClientHttp2(loop, entry, peer);
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(limits.maxStreams())
                        .initialWindowSize(STREAM_WINDOW)
                        .maxHeaderListSize(limits.maxHeadBytes()))
                .decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
                .decoderEnforceMaxConsecutiveEmptyDataFrames(4)
                .decoderEnforceMaxSmallContinuationFrames(MAX_CONTINUATIONS)
                .encoderEnforceMaxQueuedControlFrames(1000)
                .validateHeaders(true)
                .gracefulShutdownTimeoutMillis(Duration.ofHours(1).toMillis())
                .build();
        channel.pipeline().addLast("http2", codec);
        channel.pipeline().addLast("streams", new Http2MultiplexHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new ClientHttp2Stream(loop, entry, connection, peer));
            }
        }));
        channel.pipeline().addLast("connection", connection);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        deadline = loop.deadlines.add(this::expired);
        deadline.in(limits.headTimeout());
        forgetDrain = entry.onDrain(() -> loop.executor.execute(() -> context.channel().close()));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        deadline.remove();
        forgetDrain.run();
    }

    void opened(ClientHttp2Stream stream) {
        if (streams.isEmpty()) {
            deadline.never();
        }
        streams.add(stream);
    }

    void closed(ClientHttp2Stream stream) {
        streams.remove(stream);
        if (streams.isEmpty()) {
            deadline.in(limits.idleTimeout());
        }
    }

    /** Streams that nobody reads from would not learn it by themselves. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        List.copyOf(streams).forEach(ClientHttp2Stream::connectionGone);
        ctx.fireChannelInactive();
    }

    private void expired() {
        if (streams.isEmpty()) {
            context.channel().close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        io.netty.util.ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("connection failed client={} why=\"{}\"", peer.address(), cause.getMessage());
        ctx.close();
    }
}
