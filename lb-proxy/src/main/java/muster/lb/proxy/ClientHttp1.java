package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HttpVersion;
import muster.lb.exchange.Listener;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection that speaks HTTP/1 (RFC 9112). Requests are served one after another; what a client sends ahead waits, and no
 * more is read from it than a little. Owned by its event loop.
 */
final class ClientHttp1 extends ChannelInboundHandlerAdapter implements ClientStream {
    private static final Logger log = LoggerFactory.getLogger(ClientHttp1.class);
    private static final int MAX_AHEAD = 64 * 1024;
    private static final int COPIED = 4 * 1024;
    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final long MAX_LINGERED = 512 * 1024;
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n', '\r', '\n'};
    private static final byte[] CRLF = {'\r', '\n'};
    private static final short CRLF_SHORT = '\r' << 8 | '\n';

    private enum Phase {
        /** Between requests, or in the middle of a head. */
        HEAD,
        BODY,
        /** The request is complete, its answer is not. */
        ANSWER,
        /** The last answer is sent; what still comes is thrown away, so that the client gets to read it. */
        LINGER,
        CLOSED
    }

    private final Loop loop;
    private final EntryPoint entry;
    private final RequestHead.Peer peer;
    private final Listener.Limits limits;
    private ChannelHandlerContext context;
    private Deadlines.Deadline deadline;
    private Runnable forgetDrain = () -> { };
    private Phase phase = Phase.HEAD;
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private ByteBuf out;
    private Exchange exchange;
    private BodyReader body;
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private boolean isHeadRequest;
    private boolean isFirst = true;
    private boolean isStarted;
    private boolean hasHead;
    private int scanned;
    private boolean isClosing;
    private boolean isChunked;
    private boolean isAnswered;
    private boolean isPaused;
    private boolean isReading;
    private boolean wasBlocked;
    private long readUntil;
    private long lingered;

    ClientHttp1(Loop loop, EntryPoint entry, RequestHead.Peer peer) {
        this.loop = loop;
        this.entry = entry;
        this.peer = peer;
        this.limits = entry.listener.limits();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        deadline = loop.deadlines.add(this::expired);
        deadline.in(limits.headTimeout());
        forgetDrain = entry.onDrain(() -> loop.executor.execute(() -> {
            if (phase == Phase.HEAD && !in.isReadable() && !isFirst) {
                deadline.in(ProxyServer.LAST_REQUEST);
            }
        }));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        deadline.remove();
        forgetDrain.run();
        in.release();
        in = Unpooled.EMPTY_BUFFER;
        dropOut();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf piece = (ByteBuf) message;
        if (phase == Phase.LINGER) {
            lingered += piece.readableBytes();
            piece.release();
            if (lingered > MAX_LINGERED) {
                close();
            }
            return;
        }
        in = Buffers.join(ctx.alloc(), in, piece);
        read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (phase == Phase.BODY && exchange != null) {
            exchange.bodyFlush();
        }
    }

    /** Reads on as far as bytes and phase allow. Called again from within by an answer that is there at once. */
    private void read() {
        if (isReading) {
            return;
        }
        isReading = true;
        try {
            boolean isMoving = true;
            while (isMoving && in.isReadable()) {
                isMoving = switch (phase) {
                    case HEAD -> readHead();
                    case BODY -> !isPaused && readBody();
                    case ANSWER, LINGER, CLOSED -> false;
                };
            }
            if (phase == Phase.BODY && body.isDone()) {
                readBody();
            }
            if ((phase == Phase.ANSWER || phase == Phase.BODY && isPaused) && in.readableBytes() > MAX_AHEAD) {
                context.channel().config().setAutoRead(false);
            }
        } catch (BadMessage refused) {
            refuse(refused);
        } finally {
            isReading = false;
        }
    }

    private boolean readHead() throws BadMessage {
        while (!isFirst && scanned == 0 && in.readableBytes() >= 2 && in.getShort(in.readerIndex()) == CRLF_SHORT) {
            in.skipBytes(2);
        }
        int length = Math.min(in.readableBytes(), limits.maxHeadBytes());
        if (scanned > 0 && !hasEnd(length)) {
            return waitForMore(length);
        }
        byte[] bytes = loop.scratch(length);
        in.getBytes(in.readerIndex(), bytes, 0, length);
        if (isFirst && ClientHttp2.isPreface(bytes, length)) {
            if (length >= ClientHttp2.PREFACE_LENGTH) {
                becomeHttp2();
            }
            return false;
        }
        int end = HeadParser.end(bytes, 0, length);
        if (end < 0) {
            checkStart(bytes, length);
            return waitForMore(length);
        }
        scanned = 0;
        isStarted = false;
        isFirst = false;
        MessageHead head = entry.parser.request(bytes, 0, end);
        in.skipBytes(end);
        begin(head);
        return true;
    }

    /** Whether a head that came in pieces ends in what has come since the last look. */
    private boolean hasEnd(int length) throws BadMessage {
        int from = Math.max(0, scanned - 3);
        byte[] bytes = loop.scratch(length - from);
        in.getBytes(in.readerIndex() + from, bytes, 0, length - from);
        checkStart(bytes, length - from);
        return HeadParser.end(bytes, 0, length - from) >= 0;
    }

    private boolean waitForMore(int length) throws BadMessage {
        if (length == limits.maxHeadBytes()) {
            throw in.indexOf(in.readerIndex(), in.readerIndex() + length, (byte) '\n') < 0 ? new BadMessage(414, "") : new BadMessage(431, "");
        }
        if (!isStarted) {
            isStarted = true;
            deadline.in(limits.headTimeout());
        }
        scanned = length;
        return false;
    }

    /** What can never become a request is refused at once, not when its time is up. */
    private static void checkStart(byte[] bytes, int length) throws BadMessage {
        for (int i = 0; i < length; i++) {
            byte b = bytes[i];
            if (b == '\n' && i > 0 && bytes[i - 1] != '\r' || b == 0 || b == 0x16 && i == 0) {
                throw new BadMessage(400, "malformed request line");
            }
        }
    }

    private void begin(MessageHead head) throws BadMessage {
        version = head.version;
        isHeadRequest = head.method.equals("HEAD");
        isClosing = !head.isPersistent();
        isAnswered = false;
        hasHead = false;
        isChunked = false;
        isPaused = true;
        RequestHead request = RequestRules.head(head, peer);
        body = head.isChunked ? BodyReader.chunked(entry.parser, limits.maxHeadBytes())
                : BodyReader.ofLength(Math.max(0, head.contentLength));
        phase = body.isDone() ? Phase.ANSWER : Phase.BODY;
        if (limits.readTimeout().isZero() && limits.writeTimeout().isZero() && phase == Phase.ANSWER) {
            deadline.never();
        } else {
            readUntil = limits.readTimeout().isZero() ? Long.MAX_VALUE : System.nanoTime() + limits.readTimeout().toNanos();
            waits();
        }
        Exchange begun = new Exchange(loop, entry, this, request, head.contentLength, head.hasBody());
        exchange = begun;
        begun.start();
    }

    /** Sets the time-out of the present phase. */
    private void waits() {
        if (phase == Phase.BODY && !isPaused) {
            Duration left = readUntil == Long.MAX_VALUE ? Duration.ZERO : Duration.ofNanos(Math.max(1, readUntil - System.nanoTime()));
            Duration stall = limits.stallTimeout();
            deadline.in(left.isZero() || !stall.isZero() && stall.compareTo(left) < 0 ? stall : left);
        } else {
            deadline.in(limits.writeTimeout());
        }
    }

    private boolean readBody() throws BadMessage {
        ByteBuf piece = body.next(in);
        if (piece != null) {
            exchange.body(piece);
        }
        if (body != null && body.isDone() && phase == Phase.BODY) {
            phase = Phase.ANSWER;
            waits();
            exchange.bodyEnd(body.trailers());
            return true;
        }
        if (piece != null && phase == Phase.BODY && (readUntil != Long.MAX_VALUE || !limits.stallTimeout().isZero())) {
            waits();
        }
        return piece != null;
    }

    private void refuse(BadMessage refused) {
        isClosing = true;
        if (exchange != null && phase == Phase.BODY) {
            Exchange broken = exchange;
            exchange = null;
            broken.clientGone();
            if (hasHead) {
                cut();
            } else {
                answerHere(refused);
            }
        } else if (phase == Phase.HEAD || phase == Phase.ANSWER) {
            answerHere(refused);
        } else {
            close();
        }
    }

    /** An answer outside any exchange, after which the connection ends. */
    private void answerHere(BadMessage refused) {
        log.debug("request refused client={} why=\"{}\"", peer.address(), refused.getMessage());
        phase = Phase.ANSWER;
        isClosing = true;
        exchange = null;
        var answer = RequestRules.answer(refused);
        HeaderList headers = answer.headers().copy().add("Content-Length", Integer.toString(answer.body().length)).add("Date", loop.date());
        boolean hasBody = answer.body().length > 0 && !isHeadRequest;
        head(answer.status(), Reasons.of(answer.status()), headers, hasBody);
        if (hasBody) {
            piece(Unpooled.wrappedBuffer(answer.body()));
            end(Exchange.NO_TRAILERS);
        }
        flush();
    }

    private void becomeHttp2() {
        ByteBuf first = in;
        in = Unpooled.EMPTY_BUFFER;
        phase = Phase.CLOSED;
        ClientHttp2.install(context.channel(), loop, entry, peer);
        ChannelHandlerContext here = context;
        here.fireChannelRead(first);
        here.fireChannelReadComplete();
        here.pipeline().remove(this);
    }

    @Override
    public void informational(int status, String reason, HeaderList headers) {
        if (version != HttpVersion.HTTP_1_0 && !isAnswered) {
            loop.writer.start().status(status, reason).headers(headers).line();
            append(loop.writer.buffer(context.alloc(), 0));
        }
    }

    @Override
    public void head(int status, String reason, HeaderList headers, boolean hasBody) {
        HeadWriter writer = loop.writer.start();
        try {
            write(writer, status, reason, headers, hasBody);
        } catch (IllegalArgumentException e) {
            log.warn("answer not sent client={} why=\"{}\"", peer.address(), e.getMessage());
            write(writer.start(), 502, "Bad Gateway", new HeaderList().add("Content-Length", "0"), false);
            isClosing = true;
            append(writer.buffer(context.alloc(), 0));
            answered();
            return;
        }
        append(writer.buffer(context.alloc(), hasBody ? COPIED : 0));
        if (!hasBody) {
            answered();
        }
    }

    private void write(HeadWriter writer, int status, String reason, HeaderList headers, boolean hasBody) {
        hasHead = true;
        if (phase == Phase.BODY && isPaused && body.skip(in)) {
            phase = Phase.ANSWER;
        }
        isClosing |= phase == Phase.BODY;
        writer.status(status, reason).headers(headers);
        boolean hasLength = headers.has("Content-Length");
        isChunked = hasBody && !hasLength && version != HttpVersion.HTTP_1_0;
        if (isChunked) {
            writer.header("Transfer-Encoding", "chunked");
        }
        if (entry.isDraining() || hasBody && !hasLength && version == HttpVersion.HTTP_1_0) {
            isClosing = true;
        }
        if (isClosing) {
            writer.header("Connection", "close");
        } else if (version == HttpVersion.HTTP_1_0) {
            writer.header("Connection", "keep-alive");
        }
        writer.line();
    }

    @Override
    public void piece(ByteBuf piece) {
        if (isAnswered || !context.channel().isActive()) {
            piece.release();
            return;
        }
        int length = piece.readableBytes();
        if (length == 0) {
            piece.release();
            return;
        }
        if (isChunked) {
            ByteBuf size = room(12);
            size.writeCharSequence(Integer.toHexString(length), java.nio.charset.StandardCharsets.US_ASCII);
            size.writeBytes(CRLF);
        }
        if (length <= COPIED) {
            room(length).writeBytes(piece);
            piece.release();
        } else {
            append(piece);
        }
        if (isChunked) {
            room(2).writeBytes(CRLF);
        }
    }

    @Override
    public void end(HeaderList trailers) {
        if (isAnswered) {
            return;
        }
        if (isChunked && trailers.size() == 0) {
            room(LAST_CHUNK.length).writeBytes(LAST_CHUNK);
        } else if (isChunked) {
            loop.writer.start().text("0").line().headers(trailers).line();
            append(loop.writer.buffer(context.alloc(), 0));
        }
        answered();
    }

    /** What is not flushed yet is gathered in one buffer as far as it is small. */
    private ByteBuf room(int bytes) {
        if (out == null || out.writableBytes() < bytes) {
            writeOut();
            out = context.alloc().buffer(Math.max(bytes, 1024));
        }
        return out;
    }

    private void append(ByteBuf buffer) {
        writeOut();
        out = buffer;
        if (buffer.readableBytes() > COPIED) {
            writeOut();
        }
    }

    private void writeOut() {
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

    private void dropOut() {
        if (out != null) {
            out.release();
            out = null;
        }
    }

    @Override
    public void flush() {
        if (phase == Phase.CLOSED) {
            dropOut();
            return;
        }
        writeOut();
        if (isAnswered && isClosing && phase != Phase.LINGER) {
            closeGently();
        } else {
            context.flush();
            if (!context.channel().isWritable() && !wasBlocked) {
                wasBlocked = true;
                deadline.in(limits.stallTimeout());
            }
        }
    }

    /** The answer is complete; the next request's turn comes when this one has been read to its end. */
    private void answered() {
        isAnswered = true;
        exchange = null;
        if (phase == Phase.BODY) {
            isClosing = true;
        }
        if (isClosing) {
            return;
        }
        phase = Phase.HEAD;
        isStarted = false;
        deadline.in(entry.isDraining() ? ProxyServer.LAST_REQUEST : limits.idleTimeout());
        if (!context.channel().config().isAutoRead()) {
            context.channel().config().setAutoRead(true);
        }
        if (in.isReadable() && !isReading) {
            loop.executor.execute(this::read);
        }
    }

    /** Ends the connection so that the client gets to read the answer, even if it is still sending. */
    private void closeGently() {
        boolean mayHaveMore = phase == Phase.BODY || in.isReadable();
        phase = Phase.LINGER;
        in.release();
        in = Unpooled.EMPTY_BUFFER;
        if (mayHaveMore && context.channel() instanceof SocketChannel socket && context.pipeline().get(io.netty.handler.ssl.SslHandler.class) == null) {
            deadline.in(LINGER);
            context.channel().config().setAutoRead(true);
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> socket.shutdownOutput());
        } else {
            deadline.in(LINGER);
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    @Override
    public void cut() {
        writeOut();
        phase = Phase.CLOSED;
        exchange = null;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void pause() {
        if (!isPaused) {
            isPaused = true;
            deadline.in(limits.stallTimeout());
            context.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void resume() {
        if (isPaused && phase == Phase.BODY) {
            isPaused = false;
            waits();
            context.channel().config().setAutoRead(true);
            if (isReading) {
                return;
            }
            read();
            if (exchange != null) {
                exchange.bodyFlush();
            }
        }
    }

    @Override
    public void closeAfter() {
        isClosing = true;
    }

    @Override
    public Optional<Channel> switchProtocols(String reason, HeaderList headers) {
        loop.writer.start().status(101, reason).headers(headers).line();
        context.write(loop.writer.buffer(context.alloc(), 0), context.voidPromise());
        Channel channel = context.channel();
        ByteBuf ahead = in;
        in = Unpooled.EMPTY_BUFFER;
        phase = Phase.CLOSED;
        exchange = null;
        context.flush();
        channel.config().setAutoRead(false);
        loop.executor.execute(() -> {
            if (ahead.isReadable()) {
                channel.pipeline().fireChannelRead(ahead);
                channel.pipeline().fireChannelReadComplete();
            } else {
                ahead.release();
            }
        });
        context.pipeline().remove(this);
        return Optional.of(channel);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            if (wasBlocked) {
                wasBlocked = false;
                if (phase == Phase.ANSWER || phase == Phase.BODY) {
                    waits();
                } else {
                    deadline.in(limits.idleTimeout());
                }
            }
            if (exchange != null) {
                exchange.clientWritable();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        phase = Phase.CLOSED;
        Exchange gone = exchange;
        exchange = null;
        if (gone != null) {
            gone.clientGone();
        }
        dropOut();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            log.debug("connection failed client={} why=\"{}\"", peer.address(), cause.getMessage(), cause);
        }
        close();
    }

    private void expired() {
        switch (phase) {
            case HEAD -> {
                if (isStarted) {
                    answerHere(new BadMessage(408, ""));
                } else {
                    close();
                }
            }
            case BODY -> {
                if (isAnswered || wasBlocked) {
                    close();
                } else {
                    Exchange late = exchange;
                    exchange = null;
                    if (late != null) {
                        late.clientGone();
                    }
                    answerHere(new BadMessage(408, ""));
                }
            }
            case ANSWER, LINGER, CLOSED -> close();
        }
    }

    private void close() {
        phase = Phase.CLOSED;
        context.close();
    }
}
