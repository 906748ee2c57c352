package muster.lb.proxy;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.SocketAddress;
import muster.lb.exchange.Decision.Attempt;

/** How the proxy's own requests reach their targets. */
final class Upstream {
    private Upstream() {}

    /** The connection and request line of an attempt. Connections are pooled by address and server name; the Host header is among its own. */
    static RequestOptions options(Attempt attempt, String method) {
        String serverName = attempt.transport().tls().serverName();
        RequestOptions options = new RequestOptions()
                .setServer(SocketAddress.inetSocketAddress(attempt.target().port(), attempt.target().host()))
                .setHost(serverName.isEmpty() ? attempt.target().host() : serverName)
                .setPort(attempt.target().port())
                .setMethod(HttpMethod.valueOf(method))
                .setFollowRedirects(false)
                .setURI(attempt.uri());
        if (attempt.target().isTls()) {
            boolean skips = attempt.transport().tls().skipsVerify();
            options.setSsl(true).setSslOptions(new ClientSSLOptions()
                    .setTrustAll(skips)
                    .setHostnameVerificationAlgorithm(skips ? "" : "HTTPS"));
        }
        return options;
    }
}
