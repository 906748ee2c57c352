package muster.lb.fabio;

import static muster.lb.fabio.FabioApi.fields;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import muster.wire.GoDuration;

/** The configuration as {@code /api/config} shows it: Fabio's own names, durations in nanoseconds. Tokens are left out. */
final class FabioConfigView {
    private final Map<String, String> values;

    private FabioConfigView(Map<String, String> values) {
        this.values = values;
    }

    static Map<String, Object> of(FabioConfig config) {
        FabioConfigView view = new FabioConfigView(config.values());
        return fields(
                "Proxy", view.proxy(config),
                "Registry", view.registry(config),
                "Log", fields("AccessFormat", view.text("log.access.format"), "AccessTarget", view.text("log.access.target"),
                        "RoutesFormat", view.text("log.routes.format"), "Level", view.text("log.level")),
                "UI", fields("Listen", fields("Addr", view.text("ui.addr"), "Proto", "http"), "Color", config.ui().color(),
                        "Title", config.ui().title(), "Access", view.text("ui.access")),
                "Runtime", fields("GOGC", view.number("runtime.gogc"), "GOMAXPROCS", Runtime.getRuntime().availableProcessors()),
                "GlobCacheSize", view.number("glob.cache.size"),
                "GlobMatchingDisabled", !config.proxy().hostGlobs());
    }

    private Map<String, Object> proxy(FabioConfig config) {
        String gzip = text("proxy.gzip.contenttype");
        return fields(
                "Strategy", text("proxy.strategy"), "Matcher", config.proxy().matcher().toString(),
                "NoRouteStatus", config.proxy().noRouteStatus(), "MaxConn", number("proxy.maxconn"),
                "ShutdownWait", nanos("proxy.shutdownwait"), "DeregisterGracePeriod", nanos("proxy.deregistergraceperiod"),
                "DialTimeout", nanos("proxy.dialtimeout"), "ResponseHeaderTimeout", nanos("proxy.responseheadertimeout"),
                "KeepAliveTimeout", nanos("proxy.keepalivetimeout"), "IdleConnTimeout", nanos("proxy.idleconntimeout"),
                "FlushInterval", nanos("proxy.flushinterval"), "GlobalFlushInterval", nanos("proxy.globalflushinterval"),
                "LocalIP", config.proxy().localIp(), "ClientIPHeader", text("proxy.header.clientip"),
                "TLSHeader", text("proxy.header.tls"), "TLSHeaderValue", text("proxy.header.tls.value"),
                "GZIPContentTypes", gzip.isEmpty() ? null : gzip, "RequestID", text("proxy.header.requestid"),
                "STSHeader", fields("MaxAge", number("proxy.header.sts.maxage"), "Subdomains", flag("proxy.header.sts.subdomains"),
                        "Preload", flag("proxy.header.sts.preload")),
                "AuthSchemes", authSchemes(), "GRPCMaxRxMsgSize", number("proxy.grpcmaxrxmsgsize"),
                "GRPCMaxTxMsgSize", number("proxy.grpcmaxtxmsgsize"));
    }

    private Map<String, Object> authSchemes() {
        Map<String, Object> schemes = fields();
        for (String scheme : list("proxy.auth")) {
            for (String part : scheme.split(";")) {
                if (part.startsWith("name=")) {
                    schemes.put(part.substring("name=".length()), fields("Name", part.substring("name=".length())));
                }
            }
        }
        return schemes;
    }

    private Map<String, Object> registry(FabioConfig config) {
        return fields(
                "Backend", text("registry.backend"),
                "Static", fields("Routes", text("registry.static.routes"), "NoRouteHTML", ""),
                "Consul", fields(
                        "Addr", config.consul().address(), "Scheme", config.consul().scheme(),
                        "KVPath", text("registry.consul.kvpath"), "NoRouteHTMLPath", text("registry.consul.noroutehtmlpath"),
                        "TagPrefix", config.consul().tagPrefix(), "Register", config.register().isEnabled(),
                        "ServiceAddr", config.register().address(), "ServiceName", config.register().name(),
                        "ServiceTags", config.register().tags(), "ServiceStatus", list("registry.consul.service.status"),
                        "CheckInterval", nanos("registry.consul.register.checkInterval"),
                        "CheckTimeout", nanos("registry.consul.register.checkTimeout"), "CheckScheme", "http",
                        "ChecksRequired", text("registry.consul.checksRequired"),
                        "ServiceMonitors", number("registry.consul.serviceMonitors"), "PollInterval", nanos("registry.consul.pollInterval"),
                        "RequireConsistent", flag("registry.consul.requireConsistent"), "AllowStale", flag("registry.consul.allowStale")),
                "Timeout", nanos("registry.timeout"), "Retry", nanos("registry.retry"));
    }

    private String text(String key) {
        return values.get(key);
    }

    private long number(String key) {
        return Long.parseLong(values.get(key));
    }

    private boolean flag(String key) {
        return values.get(key).toLowerCase(Locale.ROOT).matches("true|t|1");
    }

    private long nanos(String key) {
        return GoDuration.parse(values.get(key)).toNanos();
    }

    private List<String> list(String key) {
        return Arrays.stream(values.get(key).split(",")).map(String::strip).filter(part -> !part.isEmpty()).toList();
    }
}
