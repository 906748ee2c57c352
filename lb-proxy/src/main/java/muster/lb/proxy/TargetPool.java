package muster.lb.proxy;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import muster.lb.exchange.Failure;
import muster.lb.exchange.Transport;

/**
 * The connections of one event loop to one target. Those of HTTP/1 serve one request at a time and are used again, the latest first;
 * those of HTTP/2 serve as many as the target allows. Beyond the bound requests wait, in order, until a connection is free.
 */
final class TargetPool {
    static final HeadParser PARSER = new HeadParser(2000);

    private final Loop loop;
    private final TargetPools.Key key;
    private final ProxySettings settings;
    private final int most;
    private final ClientTls tls;
    private final Deque<TargetHttp1> idle = new ArrayDeque<>();
    private final List<TargetHttp2> multiplexed = new ArrayList<>();
    private final Deque<TargetPools.Waiter> waiting = new ArrayDeque<>();
    private int open;
    private int connecting;
    private boolean isClosed;

    TargetPool(Loop loop, TargetPools.Key key, ProxySettings settings, int most, ClientTls tls) {
        this.loop = loop;
        this.key = key;
        this.settings = settings;
        this.most = most;
        this.tls = tls;
    }

    ProxySettings settings() {
        return settings;
    }

    void acquire(TargetPools.Waiter waiter) {
        for (TargetHttp1 candidate = idle.pollLast(); candidate != null; candidate = idle.pollLast()) {
            if (candidate.isUsable()) {
                waiter.connected(candidate);
                return;
            }
        }
        for (TargetHttp2 connection : multiplexed) {
            if (connection.hasRoom()) {
                connection.open(waiter);
                return;
            }
        }
        if (isHttp2Certain() && connecting > 0 && waiting.size() < most) {
            waiting.addLast(waiter);
        } else if (open < most) {
            connect(waiter);
        } else if (waiting.size() < most) {
            waiting.addLast(waiter);
        } else {
            waiter.failed(Failure.OVERLOADED, new IllegalStateException("more than " + most + " requests wait for " + key.host() + ":" + key.port()));
        }
    }

    private boolean isHttp2Certain() {
        return switch (key.scheme()) {
            case "h2c", "grpc", "grpcs" -> true;
            default -> key.transport().http2() == Transport.Http2.ALWAYS;
        };
    }

    private boolean isTls() {
        return switch (key.scheme()) {
            case "https", "wss", "grpcs" -> true;
            default -> false;
        };
    }

    private void connect(TargetPools.Waiter waiter) {
        open++;
        connecting++;
        Duration own = key.transport().dialTimeout();
        Duration dial = own.isZero() ? settings.dialTimeout() : own;
        Dialer.dial(loop, key.host(), key.port(), dial, channel -> {
            if (isTls()) {
                channel.pipeline().addLast("tls", tls.handler(channel, key.host(), key.port(), key.transport(), isHttp2Certain(), dial));
            }
        }, (channel, failure) -> {
            connecting--;
            if (failure != null) {
                open--;
                waiter.failed(Failures.ofConnect(failure), failure);
                serveWaiting();
            } else {
                ready(channel, waiter);
            }
        });
    }

    private void ready(Channel channel, TargetPools.Waiter waiter) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        String agreed = handler == null ? null : handler.applicationProtocol();
        if (isHttp2Certain() || ApplicationProtocolNames.HTTP_2.equals(agreed)) {
            TargetHttp2 connection = new TargetHttp2(loop, this, handler == null ? HttpScheme.HTTP : HttpScheme.HTTPS);
            multiplexed.add(connection);
            connection.install(channel);
            connection.open(waiter);
            serveWaiting();
        } else {
            TargetHttp1 connection = new TargetHttp1(loop, this);
            channel.pipeline().addLast("http1", connection);
            if (isClosed) {
                connection.close();
            }
            waiter.connected(connection);
        }
    }

    /** A connection is idle again. */
    void released(TargetHttp1 connection) {
        if (isClosed) {
            connection.close();
            return;
        }
        for (TargetPools.Waiter next = waiting.pollFirst(); next != null; next = waiting.pollFirst()) {
            if (next.isWaiting()) {
                next.connected(connection);
                return;
            }
        }
        idle.addLast(connection);
    }

    /** A connection became something else; it no longer counts. */
    void left(TargetHttp1 connection) {
        open--;
        serveWaiting();
    }

    void closed(TargetHttp1 connection) {
        idle.remove(connection);
        open--;
        serveWaiting();
    }

    void closed(TargetHttp2 connection) {
        if (multiplexed.remove(connection)) {
            open--;
            serveWaiting();
        }
    }

    /** Room came about, for a stream or for a connection. */
    void serveWaiting() {
        while (!waiting.isEmpty()) {
            TargetPools.Waiter next = waiting.peekFirst();
            if (!next.isWaiting()) {
                waiting.removeFirst();
                continue;
            }
            TargetHttp2 roomy = multiplexed.stream().filter(TargetHttp2::hasRoom).findFirst().orElse(null);
            if (roomy == null && (open >= most || isHttp2Certain() && connecting > 0)) {
                return;
            }
            waiting.removeFirst();
            if (roomy != null) {
                roomy.open(next);
            } else {
                connect(next);
            }
        }
    }

    /** Closes idle connections whose time is up; whether nothing is left. */
    boolean sweep() {
        long now = System.nanoTime();
        long most = settings.idleTimeout().isZero() ? Long.MAX_VALUE : settings.idleTimeout().toNanos();
        while (!idle.isEmpty() && now - idle.peekFirst().idleSince() > most) {
            idle.pollFirst().close();
        }
        for (TargetHttp2 connection : List.copyOf(multiplexed)) {
            if (connection.isIdleFor(now, most)) {
                connection.close();
            }
        }
        return open == 0 && waiting.isEmpty();
    }

    void close() {
        isClosed = true;
        List.copyOf(idle).forEach(TargetHttp1::close);
        idle.clear();
        List.copyOf(multiplexed).forEach(TargetHttp2::close);
    }
}
