package muster.lb.fabio;

import com.google.re2j.Pattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import muster.lb.choose.Policy;
import muster.lb.choose.Strategy;
import muster.lb.exchange.Histogram;
import muster.lb.exchange.Listener;
import muster.lb.proxy.ProxySettings;
import muster.lb.route.PathMatcher;
import muster.lb.route.RouteCommand;
import muster.lb.source.CustomSource;
import muster.lb.trace.Tracing;
import muster.registry.client.HealthCheck;

/**
 * Fabio's configuration in force; made by {@link FabioSettings}. Keys and defaults are Fabio's ("Reference").
 *
 * @param values every key's effective text, as the API shows it
 * @param notes settings that were read but do nothing here, each in one sentence
 */
public record FabioConfig(
        Proxy proxy, Backend backend, Consul consul, Register register, Metrics metrics, Ui ui, SortedMap<String, String> values,
        List<String> notes) {
    /**
     * A listener as the configuration names it.
     *
     * @param protocol Fabio's word: http, tcp, prometheus and so on
     * @param listener what to open; empty for those that are not the data path's: prometheus and tcp-dynamic
     * @param clientCa a file of authorities that clients' certificates have to come from, "" when clients need none
     */
    public record Listen(String host, int port, String protocol, Optional<Listener> listener, String clientCa) {
        /** Plain HTTP at its defaults. */
        public static Listen http(String host, int port) {
            return new Listen(host, port, "http", Optional.of(Listener.http("http", host, port)), "");
        }
    }

    /**
     * The proxy.
     *
     * @param localIp for {@code Forwarded: by=}
     * @param connections how connections are treated
     * @param gzipTypes media types to compress, empty for none
     */
    public record Proxy(
            List<Listen> listeners,
            Choosing choosing,
            PathMatcher matcher,
            boolean hostGlobs,
            int noRouteStatus,
            String localIp,
            Duration shutdownWait,
            Duration deregisterGracePeriod,
            ProxySettings connections,
            Headers headers,
            Map<String, Auth> auth,
            Optional<Pattern> gzipTypes) {}

    /**
     * How targets are chosen, and what happens when there is none. All but the strategy are keys of our own.
     *
     * @param hold how long requests wait for a route whose instances have all left, or whose targets can't be reached; zero never waits. Too
     *     short fails requests while instances restart, too long keeps clients of a service that is gone waiting
     * @param waiting requests that may wait at once
     * @param keep how long the last targets are used on when all services left at once; zero never does
     * @param retries sent again on top of the requests, as a share of them
     * @param times the histogram that others are made like
     */
    public record Choosing(
            Strategy strategy, Policy policy, Duration hold, int waiting, Duration keep, double retries, Histogram times) {}

    /**
     * Headers an operator may ask for; "" for none.
     *
     * @param isTraced whether requests that belong to no trace begin one
     * @param spans who gets spans
     */
    public record Headers(String clientIp, String requestId, String tls, String tlsValue, String strictTransport, boolean isTraced,
            Optional<Tracing.Settings> spans) {}

    /** A scheme of {@code proxy.auth}. */
    public sealed interface Auth {
        /** @param refresh how often the file is looked at, zero for once */
        record Basic(Path file, String realm, Duration refresh) implements Auth {}

        /**
         * A service that is asked about every request.
         *
         * @param setHeaders of its answer, given to the client in place of the target's
         * @param appendHeaders of its answer, added
         */
        record External(String endpoint, List<String> setHeaders, List<String> appendHeaders) implements Auth {}
    }

    /** Where routes come from. */
    public sealed interface Backend {
        /** The registry: tags, and commands below a key. */
        record Registry() implements Backend {}

        /** The configuration itself. */
        record Fixed(List<RouteCommand> commands, String noRoutePage) implements Backend {}

        /** A file of commands, read once, and one of the page, "" for none. */
        record InFile(Path routes, String noRoutePage) implements Backend {}

        /** A server that lists them as JSON. */
        record Custom(CustomSource.Settings settings) implements Backend {}
    }

    /**
     * The registry.
     *
     * @param address HOST:PORT of the agent, for those who connect over HTTP
     * @param kvPath without leading slash
     * @param timeout how long the listeners wait for the first table before they open without one
     */
    public record Consul(
            String address,
            String scheme,
            String token,
            Tls tls,
            String kvPath,
            String noRoutePath,
            String tagPrefix,
            Set<HealthCheck.Status> statuses,
            boolean isAllRequired,
            Duration timeout) {}

    /** How the registry's agent is spoken to over TLS; "" for none. */
    public record Tls(String keyFile, String certFile, String caFile, String caPath, boolean skipsVerify) {}

    /** How the balancer appears in the registry. */
    public record Register(boolean isEnabled, String address, String name, List<String> tags, Duration interval, Duration timeout) {}

    /**
     * Where figures go.
     *
     * @param targets words of {@code metrics.target}
     * @param prefix of all names, made of the template
     * @param subsystem between prefix and name, "" for none
     */
    public record Metrics(List<String> targets, String prefix, String subsystem, String path, double[] buckets, Duration interval,
            String graphiteAddress, String statsdAddress, String dogstatsdAddress) {}

    /** The UI and API. */
    public record Ui(String host, int port, boolean isWritable, String title, String color) {}

    /** Everything at its default. */
    public static FabioConfig defaults() {
        return FabioSettings.read(List.of(), Map.of(), "", "").config().orElseThrow();
    }

    /** The same with other listeners, for those who embed it. */
    public FabioConfig with(List<Listen> listeners, String uiHost, int uiPort, String strategy, boolean registers) {
        Choosing c = proxy.choosing;
        Choosing choosing = new Choosing(Strategy.of(strategy).orElseThrow(), c.policy, c.hold, c.waiting, c.keep, c.retries, c.times);
        return new FabioConfig(
                withProxy(List.copyOf(listeners), choosing), backend, consul,
                new Register(registers, register.address, register.name, register.tags, register.interval, register.timeout),
                metrics,
                new Ui(uiHost, uiPort, ui.isWritable, ui.title, ui.color),
                values,
                notes);
    }

    /** The same, with requests that wait so long for instances that are expected. */
    public FabioConfig holding(Duration hold) {
        Choosing c = proxy.choosing;
        return new FabioConfig(withProxy(proxy.listeners, new Choosing(c.strategy, c.policy, hold, c.waiting, c.keep, c.retries, c.times)), backend,
                consul, register, metrics, ui, values, notes);
    }

    private Proxy withProxy(List<Listen> listeners, Choosing choosing) {
        Proxy p = proxy;
        return new Proxy(listeners, choosing, p.matcher, p.hostGlobs, p.noRouteStatus, p.localIp, p.shutdownWait, p.deregisterGracePeriod,
                p.connections, p.headers, p.auth, p.gzipTypes);
    }
}
