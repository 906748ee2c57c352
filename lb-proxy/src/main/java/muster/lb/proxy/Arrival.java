package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import muster.lb.exchange.ConnectionDispatcher;
import muster.lb.exchange.ConnectionDispatcher.Way;
import muster.lb.exchange.Listener;
import muster.lb.exchange.Listener.Protocol;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection until it is clear what is spoken on it: its PROXY header, the beginning of its TLS handshake, the decision where it goes.
 * Owned by its event loop; removes itself.
 */
final class Arrival extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Arrival.class);

    private enum Phase {
        PROXY_HEADER, FIRST_BYTES, HANDSHAKE, DONE
    }

    private final Loop loop;
    private final EntryPoint entry;
    private RequestHead.Peer peer;
    private ChannelHandlerContext context;
    private Deadlines.Deadline deadline;
    private Phase phase;
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private Way way = new Way.Http();
    private ConnectionDispatcher.Head head;

    Arrival(Loop loop, EntryPoint entry, RequestHead.Peer peer) {
        this.loop = loop;
        this.entry = entry;
        this.peer = peer;
    }

    /** Begins a connection that was just accepted. Plain HTTP needs no look at its first bytes. */
    static void begin(Channel channel, Loop loop, EntryPoint entry, RequestHead.Peer peer) {
        Protocol protocol = entry.listener.protocol();
        boolean isPlainHttp = (protocol == Protocol.HTTP || protocol == Protocol.GRPC) && entry.listener.proxyHeader().isEmpty();
        if (isPlainHttp) {
            channel.pipeline().addLast("http1", new ClientHttp1(loop, entry, peer));
        } else {
            channel.pipeline().addLast("arrival", new Arrival(loop, entry, peer));
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        deadline = loop.deadlines.add(this::expired);
        Optional<Listener.ProxyHeader> expected = entry.listener.proxyHeader().filter(header -> Trust.isIn(header.trusted(), peer.address()));
        if (expected.isPresent()) {
            phase = Phase.PROXY_HEADER;
            deadline.in(expected.get().timeout());
        } else {
            withAddress();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        deadline.remove();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (phase == Phase.DONE) {
            ctx.fireChannelRead(message);
            return;
        }
        in = Buffers.join(ctx.alloc(), in, (ByteBuf) message);
        look();
    }

    private void look() {
        switch (phase) {
            case PROXY_HEADER -> readProxyHeader();
            case FIRST_BYTES -> readFirstBytes();
            case HANDSHAKE, DONE -> { }
        }
    }

    private void readProxyHeader() {
        int length = Math.min(in.readableBytes(), 8192);
        byte[] bytes = loop.scratch(length);
        in.getBytes(in.readerIndex(), bytes, 0, length);
        switch (ProxyHeaders.read(bytes, length)) {
            case ProxyHeaders.Seen.Incomplete incomplete -> { }
            case ProxyHeaders.Seen.Absent absent -> withAddress();
            case ProxyHeaders.Seen.Malformed bad -> refuse(bad.why());
            case ProxyHeaders.Seen.Present header -> {
                in.skipBytes(header.length());
                if (!header.address().isEmpty()) {
                    peer = new RequestHead.Peer(header.address(), header.port(), header.localAddress(), header.localPort(), peer.tls(),
                            peer.entryPoint());
                }
                withAddress();
            }
        }
    }

    /** The client's address is known. */
    private void withAddress() {
        phase = Phase.FIRST_BYTES;
        Protocol protocol = entry.listener.protocol();
        deadline.in(entry.listener.limits().headTimeout());
        switch (protocol) {
            case HTTP, GRPC -> speakHttp();
            case TCP -> decide(false, "", List.of());
            case MIXED -> entry.connections.early(peer).ifPresentOrElse(this::follow, this::readFirstBytes);
            case HTTPS, GRPCS, TCP_SNI, HTTPS_TCP_SNI -> readFirstBytes();
            case UDP -> refuse("datagrams only");
        }
    }

    private void readFirstBytes() {
        if (phase != Phase.FIRST_BYTES || !in.isReadable()) {
            return;
        }
        int length = Math.min(in.readableBytes(), ClientHello.MAX_BYTES);
        byte[] bytes = loop.scratch(length);
        in.getBytes(in.readerIndex(), bytes, 0, length);
        switch (ClientHello.read(bytes, length)) {
            case ClientHello.Seen.Incomplete incomplete -> { }
            case ClientHello.Seen.Malformed bad -> refuse(bad.why());
            case ClientHello.Seen.NotTls plain -> {
                switch (entry.listener.protocol()) {
                    case MIXED -> decide(false, "", List.of());
                    case HTTPS, GRPCS -> plainToTls();
                    default -> refuse("no TLS");
                }
            }
            case ClientHello.Seen.Hello hello -> {
                switch (entry.listener.protocol()) {
                    case HTTPS, GRPCS -> {
                        head = new ConnectionDispatcher.Head(peer, true, hello.hello().serverName(), hello.hello().protocols());
                        endTls(hello.hello().serverName());
                    }
                    default -> decide(true, hello.hello().serverName(), hello.hello().protocols());
                }
            }
        }
    }

    /** A client that speaks HTTP where TLS is spoken is told so, as Go's server does. */
    private void plainToTls() {
        phase = Phase.DONE;
        context.writeAndFlush(Unpooled.copiedBuffer("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
                StandardCharsets.US_ASCII)).addListener(sent -> refuse("plain HTTP on a TLS listener"));
    }

    private void decide(boolean isTls, String serverName, List<String> protocols) {
        head = new ConnectionDispatcher.Head(peer, isTls, serverName, protocols);
        Way decided;
        try {
            decided = entry.connections.decide(head);
        } catch (RuntimeException e) {
            log.error("connection not decided client={} serverName={}", peer.address(), serverName, e);
            decided = new Way.Refuse("internal error");
        }
        follow(decided);
    }

    private void follow(Way decided) {
        if (head == null) {
            head = new ConnectionDispatcher.Head(peer, false, "", List.of());
        }
        way = decided;
        switch (decided) {
            case Way.Refuse refused -> refuse(refused.why());
            case Way.Http http -> {
                if (head.isTls()) {
                    endTls(head.serverName());
                } else {
                    speakHttp();
                }
            }
            case Way.Relay relay -> {
                if (relay.endsTls() && head.isTls()) {
                    endTls(head.serverName());
                } else {
                    relay(relay);
                }
            }
        }
    }

    private void endTls(String serverName) {
        String settings = switch (way) {
            case Way.Http http -> http.tls();
            case Way.Relay relay -> relay.tls();
            case Way.Refuse refused -> "";
        };
        Optional<ServerTls> tls = entry.tls(settings);
        if (tls.isEmpty()) {
            refuse("no certificates for TLS on this listener" + (settings.isEmpty() ? "" : " with the options " + settings));
            return;
        }
        Optional<SslHandler> handler =
                tls.get().handler(context.channel(), serverName, way instanceof Way.Http, entry.listener.limits().headTimeout());
        if (handler.isEmpty()) {
            refuse("no certificate for \"" + serverName + "\"");
            return;
        }
        phase = Phase.HANDSHAKE;
        deadline.in(entry.listener.limits().headTimeout());
        context.pipeline().addBefore(context.name(), "tls", handler.get());
        ByteBuf first = in;
        in = Unpooled.EMPTY_BUFFER;
        ChannelHandlerContext made = context.pipeline().context("tls");
        try {
            ((io.netty.channel.ChannelInboundHandler) made.handler()).channelRead(made, first);
            ((io.netty.channel.ChannelInboundHandler) made.handler()).channelReadComplete(made);
        } catch (Exception e) {
            refuse(e.getMessage());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent shaken && phase == Phase.HANDSHAKE) {
            if (!shaken.isSuccess()) {
                log.debug("handshake failed client={} why=\"{}\"", peer.address(), shaken.cause().getMessage());
                phase = Phase.DONE;
                ctx.close();
                return;
            }
            ServerTls.acknowledge(ctx.channel());
            SslHandler tls = ctx.pipeline().get(SslHandler.class);
            peer = new RequestHead.Peer(peer.address(), peer.port(), peer.localAddress(), peer.localPort(),
                    Optional.of(ServerTls.session(tls.engine().getSession(), head.serverName())), peer.entryPoint());
            switch (way) {
                case Way.Http http -> {
                    phase = Phase.DONE;
                    if ("h2".equals(tls.applicationProtocol())) {
                        ClientHttp2.install(ctx.channel(), loop, entry, peer);
                    } else {
                        ctx.pipeline().addLast("http1", new ClientHttp1(loop, entry, peer));
                    }
                    ctx.pipeline().remove(this);
                }
                case Way.Relay relay -> relay(relay);
                case Way.Refuse refused -> refuse(refused.why());
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void speakHttp() {
        phase = Phase.DONE;
        context.pipeline().addLast("http1", new ClientHttp1(loop, entry, peer));
        passOn();
    }

    private void passOn() {
        ByteBuf first = in;
        in = Unpooled.EMPTY_BUFFER;
        ChannelHandlerContext here = context;
        if (first.isReadable()) {
            here.fireChannelRead(first);
            here.fireChannelReadComplete();
        } else {
            first.release();
        }
        here.pipeline().remove(this);
    }

    private void relay(Way.Relay relay) {
        phase = Phase.DONE;
        ByteBuf first = in;
        in = Unpooled.EMPTY_BUFFER;
        deadline.never();
        ConnectionDispatcher.Head decided = new ConnectionDispatcher.Head(peer, head.isTls(), head.serverName(), head.protocols());
        context.pipeline().addLast("waiting", new RelayStart(loop, entry, decided, relay, first));
        context.pipeline().remove(this);
    }

    private void refuse(String why) {
        phase = Phase.DONE;
        log.debug("connection refused client={} entryPoint={} why=\"{}\"", peer.address(), peer.entryPoint(), why);
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        in.release();
        in = Unpooled.EMPTY_BUFFER;
        phase = Phase.DONE;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("connection failed client={} why=\"{}\"", peer.address(), cause.getMessage());
        ctx.close();
    }

    /** A PROXY header that does not come is taken for none; whatever else does not come ends the connection. */
    private void expired() {
        if (phase == Phase.PROXY_HEADER && !in.isReadable()) {
            withAddress();
        } else if (phase != Phase.DONE) {
            refuse("nothing was said in time");
        }
    }
}
