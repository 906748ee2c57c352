package muster.lb.proxy;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import muster.lb.exchange.Decision.Attempt;

/** How targets are reached. */
final class Upstream {
    private Upstream() {}

    /**
     * The connection and request line of an attempt. Connections are pooled by address and server name; the Host header is among
     * the attempt's own headers, so that clients with many hosts share connections.
     */
    static RequestOptions options(Attempt attempt, String method) {
        RequestOptions options = new RequestOptions()
                .setServer(SocketAddress.inetSocketAddress(attempt.target().port(), attempt.target().host()))
                .setHost(attempt.transport().tls().serverName().isEmpty() ? attempt.target().host() : attempt.transport().tls().serverName())
                .setPort(attempt.target().port())
                .setMethod(HttpMethod.valueOf(method))
                .setFollowRedirects(false)
                .setURI(attempt.uri());
        if (attempt.target().isTls()) {
            options.setSsl(true).setSslOptions(new ClientSSLOptions()
                    .setTrustAll(attempt.transport().tls().skipsVerify())
                    .setHostnameVerificationAlgorithm(attempt.transport().tls().skipsVerify() ? "" : "HTTPS"));
        }
        return options;
    }

    /** Joins the client's connection and the target's byte by byte until either ends. */
    static void tunnel(HttpServerRequest request, NetSocket target, Runnable ended) {
        target.pause();
        request.toNetSocket().onComplete(
                source -> {
                    source.closeHandler(closed -> target.close());
                    target.closeHandler(closed -> {
                        source.close();
                        ended.run();
                    });
                    source.pipeTo(target).onFailure(failure -> target.close());
                    target.pipeTo(source).onFailure(failure -> source.close());
                },
                failure -> {
                    target.close();
                    ended.run();
                });
    }
}
