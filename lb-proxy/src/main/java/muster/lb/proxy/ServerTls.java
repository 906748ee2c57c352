package muster.lb.proxy;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.IllegalReferenceCountException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import muster.lb.exchange.TlsSession;

/** Ends clients' TLS with the certificates of the moment. Any thread. */
final class ServerTls {
    private final Supplier<Certificates> certificates;
    private final boolean isStrict;

    ServerTls(Supplier<Certificates> certificates, boolean isStrict) {
        this.certificates = certificates;
        this.isStrict = isStrict;
    }

    /** A handler for a client that asked for this name; empty when there is no certificate for it. */
    Optional<SslHandler> handler(Channel channel, String serverName, boolean offersHttp2, Duration timeout) {
        try {
            return chosen(channel, serverName, offersHttp2, timeout);
        } catch (IllegalReferenceCountException replaced) {
            // It was replaced and freed after it had been chosen; by then its successor was there.
            return chosen(channel, serverName, offersHttp2, timeout);
        }
    }

    private Optional<SslHandler> chosen(Channel channel, String serverName, boolean offersHttp2, Duration timeout) {
        return certificates.get().choose(serverName, isStrict).map(served -> {
            SslHandler handler = (offersHttp2 ? served.http() : served.plain()).newHandler(channel.alloc());
            if (!timeout.isZero()) {
                handler.setHandshakeTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
            }
            return handler;
        });
    }

    /**
     * Acknowledges a handshake's last message at once. A client that gathers small writes (RFC 896) holds back its first request until then; tickets go out
     * with the answer, so nothing else would carry the acknowledgement, and the kernel waits forty milliseconds for such a thing. Does nothing where
     * the transport has no such option.
     */
    static void acknowledge(Channel channel) {
        channel.config().setOption(channel instanceof EpollSocketChannel ? EpollChannelOption.TCP_QUICKACK : IoUringChannelOption.TCP_QUICKACK, true);
    }

    static TlsSession session(SSLSession session, String serverName) {
        Optional<X509Certificate> client = Optional.empty();
        try {
            if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
                client = Optional.of(certificate);
            }
        } catch (SSLPeerUnverifiedException e) {
            client = Optional.empty();
        }
        return new TlsSession(session.getProtocol(), session.getCipherSuite(), serverName, client);
    }
}
