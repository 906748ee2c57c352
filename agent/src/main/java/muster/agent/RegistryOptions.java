package muster.agent;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.dns.answer.DnsSettings;
import muster.registry.acl.AccessSettings;
import muster.registry.mesh.ConfigEntry;
import muster.registry.agent.MetricSettings;
import muster.registry.http.ApiSettings;
import muster.registry.state.Autopilot;

/**
 * What the registry, its agent and its names are told.
 *
 * @param nodeId where it is given instead of found
 * @param dns how names are answered
 * @param mesh the certificate authority and what a new cluster is configured with
 * @param autopilot the rules that a new cluster begins with
 * @param access who may do what
 * @param https the API over TLS, where it is served
 */
record RegistryOptions(
        Optional<String> nodeId,
        Map<String, String> nodeMeta,
        Definitions definitions,
        Checks checks,
        Http http,
        MetricSettings metrics,
        Leaving leaving,
        Addresses addresses,
        DnsSettings dns,
        Mesh mesh,
        Optional<Autopilot> autopilot,
        AccessSettings access,
        Optional<Https> https) {
    /** A table of a file, with the place where it stands. */
    record Definition(String place, Map<String, Object> tree) {}

    /** What files register. */
    record Definitions(List<Definition> services, List<Definition> checks, List<Definition> watches) {
        static final Definitions NONE = new Definitions(List.of(), List.of(), List.of());

        Definitions {
            services = List.copyOf(services);
            checks = List.copyOf(checks);
            watches = List.copyOf(watches);
        }
    }

    /** From whom script checks are taken. */
    enum Scripts {
        NOBODY, CONFIGURATION, ANYBODY
    }

    /**
     * How checks run.
     *
     * @param outputLimit bytes of output that are kept
     * @param updateInterval for how long an output that changed alone may be held back; zero pushes it at once
     * @param discardOutput whether outputs are not kept at all
     */
    record Checks(Scripts scripts, int outputLimit, Duration updateInterval, boolean discardOutput) {}

    /**
     * The HTTP API.
     *
     * @param ui whether the web pages are served
     * @param headers that every answer carries
     * @param blocked paths, and what is below them, that nobody may ask
     * @param writers networks whose clients may write, as {@code 10.0.0.0/8}; none means all
     * @param connectionsPerClient before further ones are closed; 0 is no limit
     * @param waits the usual and the longest time of a blocking query
     */
    record Http(boolean ui, Map<String, String> headers, List<String> blocked, List<String> writers, int connectionsPerClient,
            Limits limits, Waits waits) {}

    /** Largest value of a key and body of a transaction in bytes; the smallest TTL of a session. */
    record Limits(long valueBytes, long transactionBytes, Duration sessionTtlMin) {
        static final Limits USUAL = new Limits(ApiSettings.DEFAULT_MAX_VALUE_BYTES, ApiSettings.DEFAULT_MAX_VALUE_BYTES,
                ApiSettings.DEFAULT_MIN_SESSION_TTL);
    }

    record Waits(Duration usual, Duration longest) {}

    /**
     * The mesh.
     *
     * @param connect whether there is a certificate authority
     * @param entries that are set where a new cluster has none of their kind and name
     */
    record Mesh(boolean connect, List<ConfigEntry> entries) {
        Mesh {
            entries = List.copyOf(entries);
        }
    }

    /** Which signals take the node out of the catalog before the end, and how long it goes on answering then. */
    record Leaving(boolean onTerminate, boolean onInterrupt, Duration drain) {}

    /** Where the two interfaces listen; ports that others are told. */
    record Addresses(String http, String dns, int serverPort, int gossipPort) {}

    RegistryOptions {
        nodeMeta = Map.copyOf(nodeMeta);
    }
}
