package muster.lb.fabio;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Every key of Fabio's configuration with its default; one list for file, flags and environment. */
final class FabioKeys {
    /** What a value has to look like. */
    enum Kind {
        TEXT, FLAG, NUMBER, DECIMAL, DURATION
    }

    record Key(String initial, Kind kind, boolean isInert) {}

    private FabioKeys() {}

    static SortedMap<String, Key> all() {
        SortedMap<String, Key> keys = new TreeMap<>();
        add(keys, Kind.TEXT, false, Map.of(
                "proxy.addr", ":9999", "proxy.strategy", "rnd", "proxy.matcher", "prefix", "proxy.localip", "",
                "proxy.header.clientip", "", "proxy.header.requestid", ""));
        add(keys, Kind.TEXT, false, Map.of(
                "proxy.cs", "", "proxy.auth", "", "proxy.header.tls", "", "proxy.header.tls.value", "", "proxy.gzip.contenttype", ""));
        add(keys, Kind.DURATION, false, Map.of(
                "proxy.hold", "0s", "proxy.keep", "60s", "proxy.slowstart", "0s", "proxy.eject.time", "5s"));
        add(keys, Kind.NUMBER, false, Map.of(
                "proxy.hold.requests", "1000", "proxy.target.maxconn", "0", "proxy.eject.failures", "3", "proxy.eject.errors", "10"));
        add(keys, Kind.DECIMAL, false, Map.of("proxy.retry.share", "0.2", "proxy.eject.share", "0.5"));
        add(keys, Kind.NUMBER, false, Map.of("proxy.noroutestatus", "404", "proxy.maxconn", "10000"));
        add(keys, Kind.NUMBER, false, Map.of("proxy.header.sts.maxage", "0"));
        add(keys, Kind.NUMBER, true, Map.of(
                "proxy.grpcmaxrxmsgsize", "4194304", "proxy.grpcmaxtxmsgsize", "4194304"));
        add(keys, Kind.FLAG, false, Map.of("proxy.header.sts.subdomains", "false", "proxy.header.sts.preload", "false"));
        add(keys, Kind.DURATION, false, Map.of(
                "proxy.shutdownwait", "0s", "proxy.deregistergraceperiod", "0s", "proxy.responseheadertimeout", "0s",
                "proxy.idleconntimeout", "15s", "proxy.dialtimeout", "30s"));
        add(keys, Kind.DURATION, true, Map.of(
                "proxy.keepalivetimeout", "0s", "proxy.flushinterval", "1s", "proxy.globalflushinterval", "0s"));
        add(keys, Kind.TEXT, false, Map.of("log.access.format", "common", "log.access.target", ""));
        add(keys, Kind.TEXT, true, Map.of("log.level", "INFO", "log.routes.format", "delta"));
        add(keys, Kind.TEXT, false, Map.of(
                "registry.backend", "consul", "registry.consul.addr", "localhost:8500", "registry.consul.token", "",
                "registry.consul.kvpath", "/fabio/config", "registry.consul.noroutehtmlpath", "/fabio/noroute.html",
                "registry.consul.service.status", "passing", "registry.consul.tagprefix", "urlprefix-",
                "registry.consul.checksRequired", "one", "registry.static.routes", ""));
        add(keys, Kind.TEXT, false, Map.of(
                "registry.consul.tls.keyfile", "", "registry.consul.tls.certfile", "", "registry.consul.tls.cafile", "",
                "registry.consul.tls.capath", "", "registry.file.path", "", "registry.file.noroutehtmlpath", "",
                "registry.static.noroutehtml", ""));
        add(keys, Kind.TEXT, false, Map.of("registry.custom.host", "", "registry.custom.scheme", "https",
                "registry.custom.path", "", "registry.custom.queryparams", ""));
        add(keys, Kind.FLAG, false, Map.of("registry.consul.tls.insecureskipverify", "false"));
        add(keys, Kind.FLAG, false, Map.of("registry.custom.checkTLSSkipVerify", "false"));
        add(keys, Kind.FLAG, true, Map.of("registry.consul.requireConsistent", "true", "registry.consul.allowStale", "false"));
        add(keys, Kind.NUMBER, true, Map.of("registry.consul.serviceMonitors", "1"));
        add(keys, Kind.DURATION, true, Map.of("registry.retry", "500ms", "registry.consul.pollInterval", "0s"));
        add(keys, Kind.DURATION, false, Map.of("registry.custom.timeout", "10s", "registry.custom.pollinterval", "10s"));
        add(keys, Kind.DURATION, false, Map.of("registry.timeout", "10s",
                "registry.consul.register.checkInterval", "1s", "registry.consul.register.checkTimeout", "3s"));
        add(keys, Kind.FLAG, false, Map.of("registry.consul.register.enabled", "true"));
        add(keys, Kind.FLAG, true, Map.of("registry.consul.register.checkTLSSkipVerify", "false"));
        add(keys, Kind.TEXT, false, Map.of("registry.consul.register.addr", "", "registry.consul.register.name", "fabio",
                "registry.consul.register.tags", ""));
        add(keys, Kind.NUMBER, true, Map.of("glob.cache.size", "1000", "runtime.gogc", "100", "runtime.gomaxprocs", "-1"));
        add(keys, Kind.FLAG, false, Map.of("glob.matching.disabled", "false", "insecure", "false"));
        add(keys, Kind.TEXT, false, Map.of("metrics.target", "", "metrics.prefix", "{{clean .Hostname}}.{{clean .Exec}}", "metrics.graphite.addr", "",
                "metrics.statsd.addr", "", "metrics.dogstatsd.addr", "", "metrics.prometheus.subsystem", "",
                "metrics.prometheus.path", "/metrics", "metrics.prometheus.buckets", ".005,.01,.025,.05,.1,.25,.5,1,2.5,5,10"));
        add(keys, Kind.TEXT, true, Map.of("metrics.names",
                "{{clean .Service}}.{{clean .Host}}.{{clean .Path}}.{{clean .TargetURL.Host}}", "metrics.circonus.apikey", "",
                "metrics.circonus.apiapp", "fabio", "metrics.circonus.apiurl", "", "metrics.circonus.brokerid", "",
                "metrics.circonus.checkid", "", "metrics.circonus.submissionurl", ""));
        add(keys, Kind.DURATION, false, Map.of("metrics.interval", "30s"));
        add(keys, Kind.DURATION, true, Map.of("metrics.timeout", "10s", "metrics.retry", "500ms"));
        add(keys, Kind.FLAG, false, Map.of("tracing.TracingEnabled", "false"));
        add(keys, Kind.FLAG, true, Map.of("ui.routingtable.source.linkenabled", "false",
                "ui.routingtable.source.newtab", "true"));
        add(keys, Kind.TEXT, false, Map.of("tracing.CollectorType", "http", "tracing.ConnectString", "", "tracing.ServiceName", "Fabiolb"));
        add(keys, Kind.TEXT, true, Map.of("tracing.Topic", "Fabiolb-Kafka-Topic", "tracing.Host", "localhost:9998", "profile.mode", "", "profile.path", "",
                "ui.routingtable.source.scheme", "http", "ui.routingtable.source.host", "", "ui.routingtable.source.port", ""));
        add(keys, Kind.DECIMAL, false, Map.of("tracing.SamplerRate", "-1"));
        add(keys, Kind.TEXT, false, Map.of("ui.addr", ":9998", "ui.access", "rw", "ui.color", "light-green", "ui.title", ""));
        return keys;
    }

    private static void add(SortedMap<String, Key> keys, Kind kind, boolean isInert, Map<String, String> defaults) {
        defaults.forEach((name, initial) -> keys.put(name, new Key(initial, kind, isInert)));
    }
}
