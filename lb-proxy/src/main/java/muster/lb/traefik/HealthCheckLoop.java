package muster.lb.traefik;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.lb.exchange.Fetcher;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Transport;
import muster.lb.middleware.Surroundings;
import muster.lb.route.TargetUrl;
import muster.lb.tree.Values;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks each server of a load balancer whether it is well (Traefik: "Health check"), on one virtual thread per server. */
final class HealthCheckLoop {
    private static final Logger log = LoggerFactory.getLogger(HealthCheckLoop.class);
    private static final int MAX_REDIRECTS = 10;
    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    private final String service;
    private final Values options;
    private final Transport transport;
    private final Surroundings surroundings;
    private final List<Thread> threads;

    /** Throws {@link IllegalArgumentException} for options that can't be used. */
    HealthCheckLoop(String service, Values options, List<Server> servers, Transport transport, Surroundings surroundings) {
        this.service = service;
        this.options = options;
        this.transport = transport;
        this.surroundings = surroundings;
        if (!options.text("mode").isEmpty() && !options.text("mode").equals("http")) {
            throw new IllegalArgumentException("healthCheck.mode \"" + options.text("mode") + "\" is not supported: http is");
        }
        if (interval(true).isZero() || interval(true).isNegative()) {
            throw new IllegalArgumentException("healthCheck.interval has to be above zero");
        }
        this.threads = servers.stream()
                .map(server -> Thread.ofVirtual().name("health-" + service + "-" + server.url().authority()).unstarted(() -> run(server)))
                .toList();
    }

    void start() {
        threads.forEach(Thread::start);
    }

    void close() {
        threads.forEach(Thread::interrupt);
    }

    private void run(Server server) {
        try {
            while (true) {
                String failure = check(server);
                if (server.isChecked() != failure.isEmpty()) {
                    log.info("server changes service={} server={} up={} why=\"{}\"", service, server.url().text(), failure.isEmpty(), failure);
                }
                server.checked(failure.isEmpty());
                Thread.sleep(interval(failure.isEmpty()));
            }
        } catch (InterruptedException e) {
            log.debug("health checks end service={} server={}", service, server.url().text());
        }
    }

    private Duration interval(boolean isWell) {
        Duration usual = options.duration("interval").orElse(Duration.ofSeconds(30));
        return isWell ? usual : options.duration("unhealthyInterval").filter(time -> !time.isZero() && !time.isNegative()).orElse(usual);
    }

    /** Asks once; "" when the server is well, else why it is not. */
    private String check(Server server) throws InterruptedException {
        Duration timeout = options.duration("timeout").filter(time -> !time.isZero()).orElse(Duration.ofSeconds(5));
        TargetUrl url = url(server);
        String uri = options.text("path").isEmpty() ? "/" : options.text("path").startsWith("/") ? options.text("path") : "/" + options.text("path");
        try {
            for (int i = 0; i <= MAX_REDIRECTS; i++) {
                Fetcher.Fetched answer = surroundings.fetcher().fetch(request(url, uri, timeout)).toCompletableFuture()
                        .get(timeout.toMillis() + 1000, TimeUnit.MILLISECONDS);
                String place = answer.headers().first("Location").orElse("");
                if (answer.status() / 100 != 3 || place.isEmpty() || !options.flagOrTrue("followRedirects")) {
                    return verdict(answer.status());
                }
                url = place.startsWith("/") ? url : TargetUrl.parse(place);
                uri = place.startsWith("/") ? place : url.path().isEmpty() ? "/" : url.path() + (url.query().isEmpty() ? "" : "?" + url.query());
            }
            return "redirected more than " + MAX_REDIRECTS + " times";
        } catch (ExecutionException e) {
            return e.getCause().getMessage();
        } catch (TimeoutException e) {
            return "no answer within " + timeout;
        } catch (IllegalArgumentException e) {
            return "redirected to an address that is none: " + e.getMessage();
        }
    }

    private String verdict(int status) {
        long wanted = options.whole("status");
        boolean isWell = wanted != 0 ? status == wanted : status >= 200 && status < 400;
        return isWell ? "" : "received error status code: " + status + (wanted != 0 ? " expected " + wanted : "");
    }

    private TargetUrl url(Server server) {
        String scheme = options.text("scheme").isEmpty() ? server.url().scheme() : options.text("scheme");
        long port = options.whole("port") == 0 ? server.url().port() : options.whole("port");
        String host = server.url().host();
        return TargetUrl.parse(scheme + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port + "/");
    }

    private Fetcher.Request request(TargetUrl url, String uri, Duration timeout) {
        HeaderList headers = new HeaderList().add("Host", options.text("hostname").isEmpty() ? url.authority() : options.text("hostname"))
                .add("User-Agent", "muster-health-check");
        options.textMap("headers").forEach((name, value) -> headers.set(HeaderList.canonical(name), value));
        String method = options.text("method").isEmpty() ? "GET" : options.text("method").toUpperCase(java.util.Locale.ROOT);
        return new Fetcher.Request(method, url, transport, uri, headers, new byte[0], timeout, MAX_ANSWER_BYTES);
    }
}
