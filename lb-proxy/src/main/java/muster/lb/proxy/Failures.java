package muster.lb.proxy;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import muster.lb.exchange.Failure;

/** What the client library's exceptions mean. */
final class Failures {
    private Failures() {}

    /** A failure to get a connection: nothing was sent. */
    static Failure ofConnect(Throwable cause) {
        return switch (of(cause)) {
            case TIMEOUT -> Failure.TIMEOUT;
            case TLS -> Failure.TLS;
            case OVERLOADED -> Failure.OVERLOADED;
            case UNREACHABLE, CLOSED, MALFORMED -> Failure.UNREACHABLE;
        };
    }

    /** A failure after the request began to be sent. */
    static Failure of(Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            switch (t) {
                case SSLException e -> {
                    return Failure.TLS;
                }
                case ConnectTimeoutException e -> {
                    return Failure.TIMEOUT;
                }
                case TimeoutException e -> {
                    return Failure.TIMEOUT;
                }
                case ConnectionPoolTooBusyException e -> {
                    return Failure.OVERLOADED;
                }
                case ConnectException e -> {
                    return Failure.UNREACHABLE;
                }
                case NoRouteToHostException e -> {
                    return Failure.UNREACHABLE;
                }
                case UnknownHostException e -> {
                    return Failure.UNREACHABLE;
                }
                case HttpClosedException e -> {
                    return Failure.CLOSED;
                }
                case DecoderException e -> {
                    return Failure.MALFORMED;
                }
                case IOException e -> {
                    return Failure.CLOSED;
                }
                case IllegalArgumentException e -> {
                    return Failure.MALFORMED;
                }
                default -> { }
            }
        }
        return Failure.CLOSED;
    }
}
