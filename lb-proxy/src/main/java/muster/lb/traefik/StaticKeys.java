package muster.lb.traefik;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The keys of the static configuration, lower case, {@code *} for a name or anything below. */
final class StaticKeys {
    /** What a key does here. */
    enum Use {
        USED, INERT
    }

    private static final List<String> USED = List.of(
            "entrypoints.*.address", "entrypoints.*.asdefault", "entrypoints.*.transport.lifecycle.gracetimeout",
            "api", "api.dashboard", "api.insecure", "ping", "ping.entrypoint",
            "providers.consulcatalog", "providers.consulcatalog.prefix", "providers.consulcatalog.exposedbydefault",
            "providers.consulcatalog.defaultrule", "providers.consulcatalog.constraints", "providers.consulcatalog.strictchecks",
            "providers.consulcatalog.endpoint.address", "providers.consulcatalog.endpoint.scheme", "providers.consulcatalog.endpoint.token",
            "core.defaultrulesyntax");
    /** Changes reach this program by push, so the provider's intervals are read and need nothing done. */
    private static final List<String> NEEDLESS = List.of(
            "providers.consulcatalog.refreshinterval", "providers.consulcatalog.watch", "providers.consulcatalog.servicename",
            "providers.consulcatalog.cache", "providers.consulcatalog.requireconsistent", "providers.consulcatalog.stale",
            "providers.providersthrottleduration", "global.*", "configfile", "log.*", "log", "accesslog.*", "accesslog",
            "api.debug", "api.disabledashboardad");
    private static final List<String> INERT = List.of(
            "entrypoints.*.forwardedheaders.*", "entrypoints.*.proxyprotocol.*", "entrypoints.*.http.*", "entrypoints.*.http2.*",
            "entrypoints.*.http3.*", "entrypoints.*.http3", "entrypoints.*.transport.*", "entrypoints.*.udp.*", "entrypoints.*.reuseport",
            "entrypoints.*.allowacmebypass", "entrypoints.*.observability.*", "metrics", "metrics.*", "tracing", "tracing.*", "serverstransport.*",
            "tcpserverstransport.*", "hostresolver.*", "certificatesresolvers.*", "experimental.*", "pilot.*", "spiffe.*", "api.basepath",
            "ping.manualrouting", "ping.terminatingstatuscode", "providers.consulcatalog.connectaware",
            "providers.consulcatalog.connectbydefault", "providers.consulcatalog.namespaces", "providers.consulcatalog.namespace",
            "providers.consulcatalog.endpoint.*", "providers.docker", "providers.docker.*", "providers.file.*", "providers.swarm.*",
            "providers.kubernetesingress.*", "providers.kubernetescrd.*", "providers.nomad.*", "providers.nomad", "providers.rest.*",
            "providers.consul.*", "providers.etcd.*", "providers.zookeeper.*", "providers.redis.*", "providers.http.*", "providers.ecs.*");

    private StaticKeys() {}

    /** What the key does; empty for one that Traefik does not know. */
    static Optional<Use> use(String path) {
        String key = path.toLowerCase(Locale.ROOT).replaceAll("\\[\\d+\\]", "");
        if (matches(USED, key) || matches(NEEDLESS, key)) {
            return Optional.of(Use.USED);
        }
        return matches(INERT, key) ? Optional.of(Use.INERT) : Optional.empty();
    }

    private static boolean matches(List<String> patterns, String key) {
        return patterns.stream().anyMatch(pattern -> matches(pattern.split("\\."), key.split("\\.")));
    }

    private static boolean matches(String[] pattern, String[] key) {
        boolean isOpen = pattern[pattern.length - 1].equals("*");
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
