package muster.lb.traefik;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.lb.exchange.Fetcher;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Transport;
import muster.lb.route.TargetUrl;
import muster.lb.tree.Values;

/** Asks a server of HTTP whether it is well (Traefik: "Health check"): by a request, or by gRPC's own health service. */
final class ServerCheck implements CheckLoop.Check {
    private static final int MAX_REDIRECTS = 10;
    private static final int MAX_ANSWER_BYTES = 64 * 1024;
    private static final int SERVING = 1;

    private final TargetUrl server;
    private final Values options;
    private final boolean isGrpc;
    private final Transport transport;
    private final Fetcher fetcher;

    /** Throws {@link IllegalArgumentException} for options that can't be used. */
    ServerCheck(TargetUrl server, Values options, Transport transport, Fetcher fetcher) {
        this.server = server;
        this.options = options;
        this.transport = transport;
        this.fetcher = fetcher;
        String mode = options.text("mode");
        if (!mode.isEmpty() && !mode.equals("http") && !mode.equals("grpc")) {
            throw new IllegalArgumentException("healthCheck.mode \"" + mode + "\" is not supported: http or grpc is");
        }
        this.isGrpc = mode.equals("grpc");
    }

    @Override
    public String failure() throws InterruptedException {
        try {
            return isGrpc ? grpcVerdict(fetched(grpcRequest())) : httpFailure();
        } catch (ExecutionException e) {
            return e.getCause().getMessage();
        } catch (TimeoutException e) {
            return "no answer within " + CheckLoop.timeout(options);
        } catch (IllegalArgumentException e) {
            return "redirected to an address that is none: " + e.getMessage();
        }
    }

    private String httpFailure() throws InterruptedException, ExecutionException, TimeoutException {
        TargetUrl url = url(options.text("scheme").isEmpty() ? server.scheme() : options.text("scheme"));
        String uri = options.text("path").isEmpty() ? "/" : options.text("path").startsWith("/") ? options.text("path") : "/" + options.text("path");
        for (int i = 0; i <= MAX_REDIRECTS; i++) {
            Fetcher.Fetched answer = fetched(httpRequest(url, uri));
            String place = answer.headers().first("Location").orElse("");
            if (answer.status() / 100 != 3 || place.isEmpty() || !options.flagOrTrue("followRedirects")) {
                return verdict(answer.status());
            }
            url = place.startsWith("/") ? url : TargetUrl.parse(place);
            uri = place.startsWith("/") ? place : url.path().isEmpty() ? "/" : url.path() + (url.query().isEmpty() ? "" : "?" + url.query());
        }
        return "redirected more than " + MAX_REDIRECTS + " times";
    }

    private Fetcher.Fetched fetched(Fetcher.Request request) throws InterruptedException, ExecutionException, TimeoutException {
        return fetcher.fetch(request).toCompletableFuture().get(request.timeout().toMillis() + 1000, TimeUnit.MILLISECONDS);
    }

    private String verdict(int status) {
        long wanted = options.whole("status");
        boolean isWell = wanted != 0 ? status == wanted : status >= 200 && status < 400;
        return isWell ? "" : "received error status code: " + status + (wanted != 0 ? " expected " + wanted : "");
    }

    private TargetUrl url(String scheme) {
        long port = options.whole("port") == 0 ? server.port() : options.whole("port");
        String host = server.host();
        return TargetUrl.parse(scheme + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port + "/");
    }

    private Fetcher.Request httpRequest(TargetUrl url, String uri) {
        HeaderList headers = new HeaderList().add("Host", options.text("hostname").isEmpty() ? url.authority() : options.text("hostname"))
                .add("User-Agent", "muster-health-check");
        options.textMap("headers").forEach((name, value) -> headers.set(HeaderList.canonical(name), value));
        String method = options.text("method").isEmpty() ? "GET" : options.text("method").toUpperCase(Locale.ROOT);
        return new Fetcher.Request(method, url, transport, uri, headers, new byte[0], timeout(), MAX_ANSWER_BYTES);
    }

    /** grpc.health.v1.Health/Check, for the server as a whole: a message without a field (gRPC: "GRPC Health Checking Protocol"). */
    private Fetcher.Request grpcRequest() {
        String scheme = options.text("scheme").isEmpty() ? server.scheme() : options.text("scheme");
        boolean isTls = scheme.equals("https") || scheme.equals("grpcs");
        HeaderList headers = new HeaderList().add("Content-Type", "application/grpc").add("Te", "trailers").add("User-Agent", "muster-health-check");
        options.textMap("headers").forEach((name, value) -> headers.set(HeaderList.canonical(name), value));
        return new Fetcher.Request("POST", url(isTls ? "grpcs" : "grpc"), transport, "/grpc.health.v1.Health/Check", headers, new byte[5],
                timeout(), MAX_ANSWER_BYTES);
    }

    /** The answer is a message whose first field is the status; without one the status of the call tells why. */
    static String grpcVerdict(Fetcher.Fetched answer) {
        byte[] body = answer.body();
        if (answer.status() != 200) {
            return "received error status code: " + answer.status();
        }
        if (body.length < 5) {
            String status = answer.headers().first("Grpc-Status").orElse("");
            return status.equals("12") ? "the server does not implement the gRPC health protocol" : "received no health status, gRPC status " + status;
        }
        int status = body.length >= 7 && body[0] == 0 && body[5] == 0x08 ? body[6] : 0;
        return status == SERVING ? "" : "received gRPC health status " + status + ", not serving";
    }

    private Duration timeout() {
        return CheckLoop.timeout(options);
    }
}
