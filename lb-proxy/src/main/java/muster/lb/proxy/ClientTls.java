package muster.lb.proxy;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import muster.lb.exchange.Transport;

/** TLS towards targets: one context for each set of options, made when it is first needed. Any thread. */
final class ClientTls {
    private static final int MOST = 1000;

    private final Map<Options, SslContext> contexts = new ConcurrentHashMap<>();

    private record Options(Transport.Tls tls, boolean offersHttp2, boolean isHttp2Only) {}

    /**
     * A handler for a connection to this target. Throws {@link IllegalArgumentException} naming what is wrong with the options.
     *
     * @param timeout for the handshake
     */
    SslHandler handler(Channel channel, String host, int port, Transport transport, boolean isHttp2Only, Duration timeout) {
        Transport.Tls tls = transport.tls();
        boolean offers = isHttp2Only || transport.http2() != Transport.Http2.NEVER;
        if (contexts.size() > MOST) {
            release();
        }
        Options options = new Options(tls, offers, isHttp2Only);
        String name = tls.serverName().isEmpty() ? host : tls.serverName();
        SslHandler handler;
        try {
            handler = contexts.computeIfAbsent(options, ClientTls::context).newHandler(channel.alloc(), name, port);
        } catch (IllegalReferenceCountException released) {
            // Another event loop emptied the map meanwhile.
            handler = contexts.computeIfAbsent(options, ClientTls::context).newHandler(channel.alloc(), name, port);
        }
        SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(tls.skipsVerify() ? null : "HTTPS");
        handler.engine().setSSLParameters(parameters);
        handler.setHandshakeTimeout(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS);
        return handler;
    }

    /** Frees the contexts once the last connections that use them have ended. */
    void release() {
        for (Options options : List.copyOf(contexts.keySet())) {
            SslContext context = contexts.remove(options);
            if (context != null) {
                ReferenceCountUtil.release(context);
            }
        }
    }

    private static SslContext context(Options options) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(TlsEngine.provider()).endpointIdentificationAlgorithm(null);
            if (options.tls().skipsVerify()) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
            } else if (!options.tls().rootCertificates().isEmpty()) {
                builder.trustManager(Pem.certificates(options.tls().rootCertificates()));
            }
            if (!options.tls().certificate().isEmpty()) {
                builder.keyManager(Pem.privateKey(options.tls().key()), Pem.certificates(options.tls().certificate()));
            }
            if (options.offersHttp2()) {
                builder.applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        options.isHttp2Only() ? List.of(ApplicationProtocolNames.HTTP_2)
                                : List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1)));
            }
            return builder.build();
        } catch (SSLException | GeneralSecurityException e) {
            throw new IllegalArgumentException("TLS options of a target can't be used: " + e.getMessage(), e);
        }
    }
}
