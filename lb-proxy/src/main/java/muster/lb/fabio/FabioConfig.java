package muster.lb.fabio;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import muster.lb.proxy.ProxySettings;
import muster.lb.route.PathMatcher;
import muster.lb.route.RouteCommand;
import muster.registry.client.HealthCheck;

/**
 * Fabio's configuration in force; made by {@link FabioSettings}. Keys and defaults are Fabio's ("Reference").
 *
 * @param values every key's effective text, as the API shows it
 * @param notes settings that were read but do nothing here, each in one sentence
 */
public record FabioConfig(
        Proxy proxy, Consul consul, Register register, Ui ui, SortedMap<String, String> values, List<String> notes) {
    /**
     * A listener.
     *
     * @param protocol http, tcp, prometheus and so on
     * @param options of the listener, {@code proto} left out
     */
    public record Listen(String host, int port, String protocol, Map<String, String> options) {}

    /**
     * The proxy.
     *
     * @param strategy rnd or rr
     * @param localIp for {@code Forwarded: by=}
     * @param connections how connections are treated
     */
    public record Proxy(
            List<Listen> listeners,
            String strategy,
            PathMatcher matcher,
            boolean hostGlobs,
            int noRouteStatus,
            String localIp,
            Duration shutdownWait,
            Duration deregisterGracePeriod,
            ProxySettings connections,
            Headers headers) {}

    /** Headers an operator may ask for; "" for none. */
    public record Headers(String clientIp, String requestId) {}

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
            String kvPath,
            String noRoutePath,
            String tagPrefix,
            Set<HealthCheck.Status> statuses,
            boolean isAllRequired,
            Duration timeout,
            List<RouteCommand> staticCommands) {}

    /** How the balancer appears in the registry. */
    public record Register(boolean isEnabled, String address, String name, List<String> tags, Duration interval, Duration timeout) {}

    /** The UI and API. */
    public record Ui(String host, int port, boolean isWritable, String title, String color) {}

    /** Everything at its default. */
    public static FabioConfig defaults() {
        return FabioSettings.read(List.of(), Map.of(), "", "").config().orElseThrow();
    }

    /** The same with other listeners, for those who embed it. */
    public FabioConfig with(List<Listen> listeners, String uiHost, int uiPort, String strategy, boolean registers) {
        Proxy p = proxy;
        return new FabioConfig(
                new Proxy(List.copyOf(listeners), strategy, p.matcher, p.hostGlobs, p.noRouteStatus, p.localIp, p.shutdownWait,
                        p.deregisterGracePeriod, p.connections, p.headers),
                consul,
                new Register(registers, register.address, register.name, register.tags, register.interval, register.timeout),
                new Ui(uiHost, uiPort, ui.isWritable, ui.title, ui.color),
                values,
                notes);
    }
}
