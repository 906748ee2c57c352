package muster.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one listener: how many each client has, and whether their senders are too slow. A request costs a
 * connection two readings of the clock; the deadlines of all are looked at once a second.
 *
 * <p>The counts are shared by the listener's event loops; a connection's own state belongs to its loop.
 */
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final long LOOK_MILLIS = 1_000;
    /** Below the bound on clients' patience that tests use. */
    private static final long LEAST_LOOK_MILLIS = 20;
    private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String TOO_MANY =
            "Your IP is issuing too many concurrent connections, please rate limit your calls\n";
    private static final byte[] REFUSAL = ("HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nContent-Length: "
            + TOO_MANY.length() + "\r\nConnection: close\r\n\r\n" + TOO_MANY).getBytes(StandardCharsets.US_ASCII);

    private final int mostPerClient;
    private final Patience patience;
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();

    Connections(int mostPerClient, Patience patience) {
        this.mostPerClient = mostPerClient;
        this.patience = patience;
    }

    /** Those of one event loop. To be made and used on it. */
    Loop loop(Vertx vertx) {
        Loop loop = new Loop();
        long shortest = Math.min(patience.head().toMillis(), Math.min(patience.idle().toMillis(), patience.bodyStep().toMillis()));
        vertx.setPeriodic(Math.clamp(shortest / 4, LEAST_LOOK_MILLIS, LOOK_MILLIS), timer -> loop.look());
        return loop;
    }

    /** One event loop's connections. */
    final class Loop {
        private final Set<Watched> open = ConcurrentHashMap.newKeySet();

        /** Takes in a new connection, or refuses it as Consul does: with 429 whatever it is about to ask. */
        void opened(HttpConnection connection) {
            String client = String.valueOf(connection.remoteAddress().hostAddress());
            int now = counts.merge(client, 1, Integer::sum);
            boolean taken = mostPerClient == 0 || now <= mostPerClient;
            if (!taken) {
                left(client);
            }
            Watched watched = new Watched();
            connection.closeHandler(closed -> {
                open.remove(watched);
                if (taken) {
                    left(client);
                }
            });
            ((ConnectionBase) connection).channel().pipeline().addFirst(watched);
            open.add(watched);
            if (!taken) {
                LOG.debug("connection refused, its client has enough client={} connections={}", client, now - 1);
                watched.refuse();
            }
        }

        private void left(String client) {
            counts.computeIfPresent(client, (c, count) -> count == 1 ? null : count - 1);
        }

        private void look() {
            long now = System.nanoTime();
            for (Watched watched : new ArrayList<>(open)) {
                watched.look(now);
            }
        }
    }

    /** The state of the connection that a request came on. */
    static Watched of(HttpConnection connection) {
        return ((ConnectionBase) connection).channel().pipeline().get(Watched.class);
    }

    /** Stands before the decoder and sees when bytes come; is told where a request begins and ends. */
    final class Watched extends ChannelInboundHandlerAdapter {
        private enum Awaiting {
            REQUEST, HEAD, BODY, REPLY,
            /** Nothing: it is a conversation now, in which both may be silent. */
            MESSAGES,
            /** The client's end, after a refusal: closing before it has sent its request would take the refusal back. */
            LEAVING
        }

        private Awaiting awaiting = Awaiting.REQUEST;
        private long since = System.nanoTime();
        private long bytes;
        private boolean repliedEarly;
        private ChannelHandlerContext context;

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            context = added;
        }

        @Override
        public void channelRead(ChannelHandlerContext from, Object message) {
            switch (awaiting) {
                case REQUEST -> await(Awaiting.HEAD);
                case BODY -> bytes += message instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
                case HEAD, REPLY, MESSAGES -> {
                    // The head's time runs from its first byte; what is sent ahead of a reply is not waited for.
                }
                case LEAVING -> {
                    ReferenceCountUtil.release(message);
                    return;
                }
            }
            from.fireChannelRead(message);
        }

        /** The client's address. */
        SocketAddress remote() {
            return context.channel().remoteAddress();
        }

        /** A request's head is there. */
        void headRead(boolean withBody) {
            repliedEarly = false;
            await(withBody ? Awaiting.BODY : Awaiting.REPLY);
        }

        /** Its body too. */
        void bodyRead() {
            if (awaiting == Awaiting.BODY) {
                await(repliedEarly ? Awaiting.REQUEST : Awaiting.REPLY);
            }
        }

        /** The reply is written, perhaps before the body was read. */
        void replied() {
            if (awaiting == Awaiting.REPLY) {
                await(Awaiting.REQUEST);
            } else if (awaiting != Awaiting.MESSAGES) {
                repliedEarly = true;
            }
        }

        /** The connection leaves HTTP. */
        void talks() {
            await(Awaiting.MESSAGES);
        }

        private void await(Awaiting what) {
            awaiting = what;
            since = System.nanoTime();
            bytes = 0;
        }

        private void look(long now) {
            boolean tooSlow = switch (awaiting) {
                case REQUEST -> now - since > patience.idle().toNanos();
                case HEAD -> now - since > patience.head().toNanos();
                case BODY -> now - since > patience.bodyStep().toNanos() && bytes < patience.bodyBytes();
                case REPLY, MESSAGES -> false;
                case LEAVING -> now - since > LEAVE_NANOS;
            };
            if (tooSlow) {
                LOG.debug("connection ended, its client is too slow awaiting={} client={}", awaiting, context.channel().remoteAddress());
                context.close();
            } else if (awaiting == Awaiting.BODY && now - since > patience.bodyStep().toNanos()) {
                await(Awaiting.BODY);
            }
        }

        private void refuse() {
            await(Awaiting.LEAVING);
            context.writeAndFlush(Unpooled.wrappedBuffer(REFUSAL)).addListener(written -> {
                if (written.isSuccess() && context.channel() instanceof DuplexChannel channel) {
                    channel.shutdownOutput();
                } else {
                    context.close();
                }
            });
        }
    }
}
