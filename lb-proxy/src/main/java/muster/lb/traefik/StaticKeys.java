package muster.lb.traefik;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The keys of the static configuration, lower case, {@code *} for a name, or at the end for anything below. */
final class StaticKeys {
    /** What a key does here. */
    enum Use {
        USED, INERT,
        /** It asks for something that would change who can reach what; it is refused rather than passed over. */
        REFUSED
    }

    private static final List<String> USED = List.of(
            "entrypoints.*.address", "entrypoints.*.asdefault", "entrypoints.*.transport.lifecycle.gracetimeout",
            "entrypoints.*.transport.lifecycle.requestacceptgracetimeout", "entrypoints.*.transport.respondingtimeouts.*",
            "entrypoints.*.forwardedheaders.insecure", "entrypoints.*.forwardedheaders.trustedips", "entrypoints.*.proxyprotocol",
            "entrypoints.*.proxyprotocol.insecure", "entrypoints.*.proxyprotocol.trustedips", "entrypoints.*.http.middlewares",
            "entrypoints.*.http.tls", "entrypoints.*.http.tls.options", "entrypoints.*.http.tls.domains.*",
            "entrypoints.*.http.redirections.entrypoint.*", "entrypoints.*.http.redirections", "entrypoints.*.http.maxheaderbytes", "entrypoints.*.http2.maxconcurrentstreams",
            "entrypoints.*.udp.timeout", "entrypoints.*.http.sanitizepath", "entrypoints.*.http.encodequerysemicolons",
            "entrypoints.*.http.encodedcharacters", "entrypoints.*.http.encodedcharacters.*", "entrypoints.*.observability.accesslogs",
            "entrypoints.*.observability.metrics", "entrypoints.*.observability.tracing",
            "api", "api.dashboard", "api.insecure", "api.basepath", "ping", "ping.entrypoint", "ping.manualrouting", "ping.terminatingstatuscode",
            "metrics", "metrics.prometheus", "metrics.prometheus.entrypoint", "metrics.prometheus.manualrouting",
            "metrics.prometheus.addentrypointslabels", "metrics.prometheus.addrouterslabels", "metrics.prometheus.addserviceslabels",
            "metrics.prometheus.buckets",
            "accesslog", "accesslog.filepath", "accesslog.format", "accesslog.bufferingsize", "accesslog.filters", "accesslog.filters.statuscodes",
            "accesslog.filters.retryattempts", "accesslog.filters.minduration", "accesslog.fields", "accesslog.fields.defaultmode",
            "accesslog.fields.names.*", "accesslog.fields.headers", "accesslog.fields.headers.defaultmode", "accesslog.fields.headers.names.*",
            "serverstransport.*",
            "tracing", "tracing.otlp", "tracing.otlp.http", "tracing.otlp.http.endpoint", "tracing.otlp.http.headers.*", "tracing.servicename",
            "tracing.samplerate",
            "providers.consulcatalog", "providers.consulcatalog.prefix", "providers.consulcatalog.exposedbydefault",
            "providers.consulcatalog.defaultrule", "providers.consulcatalog.constraints", "providers.consulcatalog.strictchecks",
            "providers.consulcatalog.endpoint.address", "providers.consulcatalog.endpoint.scheme", "providers.consulcatalog.endpoint.token",
            "providers.file", "providers.file.filename", "providers.file.directory", "providers.file.watch", "core.defaultrulesyntax", "core");
    /** Changes reach this program by push, so the provider's intervals are read and need nothing done. */
    private static final List<String> NEEDLESS = List.of(
            "providers.consulcatalog.refreshinterval", "providers.consulcatalog.watch", "providers.consulcatalog.servicename",
            "providers.consulcatalog.cache", "providers.consulcatalog.requireconsistent", "providers.consulcatalog.stale",
            "providers.consulcatalog.endpoint.endpointwaittime", "providers.consulcatalog.endpoint",
            "providers.providersthrottleduration", "providers", "global", "global.*", "configfile", "log.*", "log", "entrypoints",
            "api.debug", "api.disabledashboardad", "entrypoints.*.transport", "entrypoints.*.http", "entrypoints.*");
    private static final List<String> INERT = List.of(
            "entrypoints.*.forwardedheaders.connection", "entrypoints.*.http.*", "entrypoints.*.http2.*",
            "entrypoints.*.http3.*", "entrypoints.*.http3", "entrypoints.*.transport.*", "entrypoints.*.reuseport",
            "entrypoints.*.allowacmebypass", "entrypoints.*.observability.*", "tracing.*",
            "metrics.*", "accesslog.otlp.*", "accesslog.addinternals", "accesslog.filters.*", "tcpserverstransport.*", "hostresolver.*", "experimental.*", "pilot.*", "spiffe.*",
            "providers.consulcatalog.connectbydefault", "providers.consulcatalog.namespaces", "providers.consulcatalog.namespace",
            "providers.consulcatalog.endpoint.*", "providers.docker", "providers.docker.*", "providers.swarm.*", "providers.precedence",
            "providers.kubernetesingress.*", "providers.kubernetescrd.*", "providers.nomad.*", "providers.nomad", "providers.rest.*",
            "providers.consul.*", "providers.etcd.*", "providers.zookeeper.*", "providers.redis.*", "providers.http.*", "providers.ecs.*",
            "providers.file.debugloggeneratedtemplate", "ocsp.*", "ocsp");

    private StaticKeys() {}

    /** What the key does; empty for one that Traefik does not know. */
    static Optional<Use> use(String path, String value) {
        String key = path.toLowerCase(Locale.ROOT).replaceAll("\\[\\d+\\]", "");
        if (refusal(key, value).isPresent()) {
            return Optional.of(Use.REFUSED);
        }
        if (matches(USED, key) || matches(NEEDLESS, key)) {
            return Optional.of(Use.USED);
        }
        return matches(INERT, key) ? Optional.of(Use.INERT) : Optional.empty();
    }

    /** Why the key is refused; empty when it is not. */
    static Optional<String> refusal(String path, String value) {
        String key = path.toLowerCase(Locale.ROOT);
        if (key.startsWith("certificatesresolvers.") || key.endsWith(".http.tls.certresolver")) {
            return Optional.of("certificates are not fetched by ACME: put them into files and name them in the dynamic configuration's tls.certificates");
        }
        if (key.equals("providers.consulcatalog.connectaware") && !value.equalsIgnoreCase("false")) {
            return Optional.of("the service mesh is not supported: leave connectAware out");
        }
        return Optional.empty();
    }

    private static boolean matches(List<String> patterns, String key) {
        return patterns.stream().anyMatch(pattern -> matches(pattern.split("\\."), key.split("\\.")));
    }

    private static boolean matches(String[] pattern, String[] key) {
        boolean isOpen = pattern.length > 2 && pattern[pattern.length - 1].equals("*") || pattern.length == 2 && pattern[1].equals("*") && !pattern[0].equals("entrypoints");
        if (isOpen ? key.length < pattern.length : key.length != pattern.length) {
            return false;
        }
        for (int i = 0; i < pattern.length; i++) {
            if (!pattern[i].equals("*") && !pattern[i].equals(key[i])) {
                return false;
            }
        }
        return true;
    }
}
