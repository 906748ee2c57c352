package muster.lb.proxy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import muster.lb.exchange.Fetcher;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Transport;
import muster.lb.route.TargetUrl;

/** Sends requests of the proxy's own, over connections of its own: HTTP/1.1, or HTTP/2 where the target's scheme asks for it. */
public final class Fetches implements Fetcher, AutoCloseable {
    private static final int MAX_CONNECTIONS = 64;
    private static final int MAX_WAITING = 1024;
    private static final int MAX_KINDS = 100;

    private final Vertx vertx;
    private final ProxySettings settings;
    /**
     * A pool knows connections by address only, so what is trusted and shown in TLS makes pools of its own: a request that asks for verification
     * must never get a connection without. Guarded by itself; the one that was not used for the longest time goes first.
     */
    private final Map<Kind, HttpClient> clients = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, HttpClient> eldest) {
            if (size() <= MAX_KINDS) {
                return false;
            }
            eldest.getValue().close();
            return true;
        }
    };

    private record Kind(boolean isTls, boolean isHttp2, Transport.Tls tls) {
        static Kind of(TargetUrl target, Transport transport) {
            boolean isHttp2 = switch (target.scheme()) {
                case "h2c", "grpc", "grpcs" -> true;
                default -> transport.http2() == Transport.Http2.ALWAYS;
            };
            return new Kind(target.isTls(), isHttp2, target.isTls() ? transport.tls() : Transport.Tls.VERIFYING);
        }
    }

    public Fetches(Vertx vertx, ProxySettings settings) {
        this.vertx = vertx;
        this.settings = settings;
    }

    @Override
    public CompletionStage<Fetched> fetch(Request request) {
        Kind kind = Kind.of(request.target(), request.transport());
        return client(kind).request(options(request, kind))
                .compose(sent -> {
                    request.headers().forEach((name, value) -> {
                        if (!kind.isHttp2() || !name.equalsIgnoreCase("Host")) {
                            sent.headers().add(name, value);
                        }
                    });
                    boolean isBare = request.body().length == 0 && (request.method().equals("GET") || request.method().equals("HEAD"));
                    sent.headers().remove("Content-Length");
                    Future<HttpClientResponse> answered = isBare ? sent.send() : sent.send(Buffer.buffer(request.body()));
                    return answered.compose(answer -> read(sent, answer, request.maxBytes()));
                })
                .timeout(Math.max(1, request.timeout().toMillis()), TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(failure instanceof IOException ? failure
                        : new IOException(request.target().authority() + ": " + failure.getMessage(), failure)))
                .toCompletionStage();
    }

    /** The connection and request line. */
    private static RequestOptions options(Request request, Kind kind) {
        TargetUrl target = request.target();
        String serverName = kind.tls().serverName();
        RequestOptions options = new RequestOptions()
                .setServer(SocketAddress.inetSocketAddress(target.port(), target.host()))
                .setHost(serverName.isEmpty() ? target.host() : serverName)
                .setPort(target.port())
                .setMethod(HttpMethod.valueOf(request.method()))
                .setFollowRedirects(false)
                .setTimeout(Math.max(1, request.timeout().toMillis()))
                .setURI(request.uri());
        return kind.isTls() ? options.setSsl(true).setSslOptions(tls(kind)) : options;
    }

    private static ClientSSLOptions tls(Kind kind) {
        Transport.Tls tls = kind.tls();
        ClientSSLOptions options = new ClientSSLOptions()
                .setTrustAll(tls.skipsVerify())
                .setHostnameVerificationAlgorithm(tls.skipsVerify() ? "" : "HTTPS")
                .setUseAlpn(kind.isHttp2())
                .setApplicationLayerProtocols(kind.isHttp2() ? List.of("h2") : List.of("http/1.1"));
        if (!tls.rootCertificates().isEmpty() && !tls.skipsVerify()) {
            options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(tls.rootCertificates())));
        }
        if (!tls.certificate().isEmpty()) {
            options.setKeyCertOptions(new PemKeyCertOptions().addCertValue(Buffer.buffer(tls.certificate())).addKeyValue(Buffer.buffer(tls.key())));
        }
        return options;
    }

    private static Future<Fetched> read(HttpClientRequest sent, HttpClientResponse answer, int maxBytes) {
        Buffer body = Buffer.buffer();
        boolean[] isTooLong = {false};
        answer.handler(piece -> {
            if (body.length() + piece.length() <= maxBytes) {
                body.appendBuffer(piece);
            } else {
                isTooLong[0] = true;
                sent.reset();
            }
        });
        return answer.end().transform(done -> {
            if (isTooLong[0]) {
                return Future.failedFuture(new IOException("the answer is longer than " + maxBytes + " bytes"));
            }
            if (done.failed()) {
                return Future.failedFuture(done.cause());
            }
            HeaderList headers = new HeaderList();
            answer.headers().forEach((name, value) -> headers.add(name, value));
            return Future.succeededFuture(new Fetched(answer.statusCode(), headers, body.getBytes()));
        });
    }

    /** Ends its connections; questions in progress fail. */
    @Override
    public void close() {
        synchronized (clients) {
            clients.values().forEach(HttpClient::close);
            clients.clear();
        }
    }

    private HttpClient client(Kind kind) {
        synchronized (clients) {
            return clients.computeIfAbsent(kind, wanted -> made(wanted.isHttp2()));
        }
    }

    private HttpClient made(boolean isHttp2) {
        return vertx.createHttpClient(
                new HttpClientOptions()
                        .setProtocolVersion(isHttp2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
                        .setHttp2ClearTextUpgrade(false)
                        .setConnectTimeout((int) settings.dialTimeout().toMillis())
                        .setKeepAliveTimeout((int) Math.max(1, settings.idleTimeout().toSeconds()))
                        .setMaxHeaderSize(settings.maxHeaderBytes())
                        .setDecompressionSupported(false)
                        .setTcpNoDelay(true),
                new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS).setHttp2MaxSize(2).setMaxWaitQueueSize(MAX_WAITING));
    }
}
