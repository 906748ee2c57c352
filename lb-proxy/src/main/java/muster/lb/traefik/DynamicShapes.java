package muster.lb.traefik;

import static muster.lb.tree.Shape.Leaf.ANY;
import static muster.lb.tree.Shape.Leaf.DURATION;
import static muster.lb.tree.Shape.Leaf.FLAG;
import static muster.lb.tree.Shape.Leaf.TEXT;
import static muster.lb.tree.Shape.Leaf.TEXTS;
import static muster.lb.tree.Shape.Leaf.TEXT_MAP;
import static muster.lb.tree.Shape.Leaf.WHOLE;
import static muster.lb.tree.Shape.fields;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import muster.lb.middleware.MiddlewareType;
import muster.lb.tree.Shape;

/** The keys of dynamic configuration (Traefik: "Routing configuration"). Tags know fewer of them than files. */
final class DynamicShapes {
    private static final Shape.Fields DOMAIN = fields("main", TEXT, "sans", TEXTS);
    private static final Shape.Fields ROUTER = fields("entryPoints", TEXTS, "middlewares", TEXTS, "service", TEXT, "rule", TEXT,
            "parentRefs", TEXTS, "ruleSyntax", TEXT, "priority", WHOLE,
            "tls", fields("options", TEXT, "certResolver", TEXT, "domains", new Shape.Each(DOMAIN)).bare(),
            "observability", fields("accessLogs", FLAG, "metrics", FLAG, "tracing", FLAG, "traceVerbosity", TEXT));
    private static final Shape.Fields TCP_ROUTER = fields("entryPoints", TEXTS, "middlewares", TEXTS, "service", TEXT, "rule", TEXT,
            "ruleSyntax", TEXT, "priority", WHOLE,
            "tls", fields("passthrough", FLAG, "options", TEXT, "certResolver", TEXT, "domains", new Shape.Each(DOMAIN)).bare());
    private static final Shape.Fields UDP_ROUTER = fields("entryPoints", TEXTS, "service", TEXT);
    private static final Shape.Fields STICKY = fields("cookie", fields("name", TEXT, "secure", FLAG, "httpOnly", FLAG, "sameSite", TEXT,
            "maxAge", WHOLE, "path", TEXT, "domain", TEXT).with("path", "/").bare()).bare();
    private static final Shape.Fields HEALTH_CHECK = fields("scheme", TEXT, "mode", TEXT, "path", TEXT, "method", TEXT, "status", WHOLE,
            "port", WHOLE, "interval", DURATION, "unhealthyInterval", DURATION, "timeout", DURATION, "hostname", TEXT,
            "followRedirects", FLAG, "headers", TEXT_MAP)
            .with("mode", "http").with("interval", Duration.ofSeconds(30)).with("timeout", Duration.ofSeconds(5)).with("followRedirects", true);
    private static final Shape.Fields CHECKED = fields().bare();
    private static final Shape.Fields TCP_CHECK = fields("port", WHOLE, "send", TEXT, "expect", TEXT, "interval", DURATION,
            "unhealthyInterval", DURATION, "timeout", DURATION)
            .with("interval", Duration.ofSeconds(30)).with("timeout", Duration.ofSeconds(5));

    /** Servers stand in a list in files; a tag speaks of the one that its instance is. */
    private static final Shape.Fields TAGS = fields(
            "enable", FLAG,
            "consulcatalog", fields("connect", FLAG, "canary", FLAG),
            "http", fields(
                    "routers", new Shape.Named(ROUTER),
                    "services", new Shape.Named(fields("loadBalancer", balancer("server",
                            fields("port", TEXT, "scheme", TEXT, "url", TEXT, "weight", WHOLE, "preservePath", FLAG)))),
                    "middlewares", new Shape.Named(MiddlewareType.SHAPE)),
            "tcp", fields(
                    "routers", new Shape.Named(TCP_ROUTER),
                    "services", new Shape.Named(fields("loadBalancer", tcpBalancer("server", fields("port", TEXT, "tls", FLAG)))),
                    "middlewares", new Shape.Named(TcpMiddleware.SHAPE)),
            "udp", fields(
                    "routers", new Shape.Named(UDP_ROUTER),
                    "services", new Shape.Named(fields("loadBalancer", fields("server", fields("port", TEXT))))),
            "tls", fields("stores", new Shape.Named(fields("defaultCertificate", fields("certFile", TEXT, "keyFile", TEXT),
                    "defaultGeneratedCert", fields("resolver", TEXT, "domain", DOMAIN)))));

    private static final Shape.Fields FILE = fields(
            "http", fields(
                    "routers", new Shape.Named(ROUTER),
                    "services", new Shape.Named(fields(
                            "loadBalancer", balancer("servers", new Shape.Each(fields("url", TEXT, "weight", WHOLE, "preservePath", FLAG, "fenced", FLAG))),
                            "weighted", fields("services", new Shape.Each(fields("name", TEXT, "weight", WHOLE, "headers", TEXT_MAP)),
                                    "sticky", STICKY, "healthCheck", CHECKED),
                            "mirroring", fields("service", TEXT, "mirrorBody", FLAG, "maxBodySize", WHOLE,
                                    "mirrors", new Shape.Each(fields("name", TEXT, "percent", WHOLE)), "healthCheck", CHECKED)
                                    .with("mirrorBody", true).with("maxBodySize", -1L),
                            "failover", fields("service", TEXT, "fallback", TEXT, "healthCheck", CHECKED,
                                    "errors", fields("maxRequestBodyBytes", WHOLE, "status", TEXTS)),
                            "highestRandomWeight", fields("services", new Shape.Each(fields("name", TEXT, "weight", WHOLE)),
                                    "healthCheck", CHECKED))),
                    "middlewares", new Shape.Named(MiddlewareType.SHAPE),
                    "serversTransports", new Shape.Named(transport())),
            "tcp", fields(
                    "routers", new Shape.Named(TCP_ROUTER),
                    "services", new Shape.Named(fields(
                            "loadBalancer", tcpBalancer("servers", new Shape.Each(fields("address", TEXT, "tls", FLAG))),
                            "weighted", fields("services", new Shape.Each(fields("name", TEXT, "weight", WHOLE)), "healthCheck", CHECKED))),
                    "middlewares", new Shape.Named(TcpMiddleware.SHAPE),
                    "serversTransports", new Shape.Named(fields("dialKeepAlive", DURATION, "dialTimeout", DURATION, "terminationDelay", DURATION,
                            "proxyProtocol", fields("version", WHOLE).bare(),
                            "tls", fields("serverName", TEXT, "insecureSkipVerify", FLAG, "rootCAs", TEXTS, "certificates",
                                    new Shape.Each(fields("certFile", TEXT, "keyFile", TEXT)), "peerCertURI", TEXT, "spiffe", ANY)))),
            "udp", fields(
                    "routers", new Shape.Named(UDP_ROUTER),
                    "services", new Shape.Named(fields(
                            "loadBalancer", fields("servers", new Shape.Each(fields("address", TEXT))),
                            "weighted", fields("services", new Shape.Each(fields("name", TEXT, "weight", WHOLE)))))),
            "tls", fields(
                    "certificates", new Shape.Each(fields("certFile", TEXT, "keyFile", TEXT, "stores", TEXTS)),
                    "options", new Shape.Named(fields("minVersion", TEXT, "maxVersion", TEXT, "cipherSuites", TEXTS, "curvePreferences", TEXTS,
                            "clientAuth", fields("caFiles", TEXTS, "clientAuthType", TEXT), "sniStrict", FLAG, "alpnProtocols", TEXTS,
                            "disableSessionTickets", FLAG, "preferServerCipherSuites", FLAG)),
                    "stores", new Shape.Named(fields("defaultCertificate", fields("certFile", TEXT, "keyFile", TEXT),
                            "defaultGeneratedCert", fields("resolver", TEXT, "domain", DOMAIN)))));

    private DynamicShapes() {}

    /** Of an instance's tags, the provider's prefix removed. */
    static Shape.Fields tags() {
        return TAGS;
    }

    /** Of a file. */
    static Shape.Fields file() {
        return FILE;
    }

    /** Of a backend for HTTP ({@code serversTransport}). */
    static Shape.Fields transport() {
        return fields("serverName", TEXT, "insecureSkipVerify", FLAG, "rootCAs", TEXTS, "certificates",
                new Shape.Each(fields("certFile", TEXT, "keyFile", TEXT)), "maxIdleConnsPerHost", WHOLE, "disableHTTP2", FLAG, "peerCertURI", TEXT,
                "cipherSuites", TEXTS, "minVersion", TEXT, "maxVersion", TEXT, "spiffe", ANY,
                "forwardingTimeouts", fields("dialTimeout", DURATION, "responseHeaderTimeout", DURATION, "idleConnTimeout", DURATION,
                        "readIdleTimeout", DURATION, "pingTimeout", DURATION));
    }

    private static Shape.Fields balancer(String servers, Shape shape) {
        Map<String, Shape> all = new LinkedHashMap<>();
        all.put("sticky", STICKY);
        all.put(servers, shape);
        all.put("strategy", TEXT);
        all.put("healthCheck", HEALTH_CHECK);
        all.put("passiveHealthCheck", fields("failureWindow", DURATION, "maxFailedAttempts", WHOLE)
                .with("failureWindow", Duration.ofSeconds(10)).with("maxFailedAttempts", 1L).bare());
        all.put("passHostHeader", FLAG);
        all.put("responseForwarding", fields("flushInterval", DURATION).with("flushInterval", Duration.ofMillis(100)));
        all.put("serversTransport", TEXT);
        return new Shape.Fields(all, Map.of(), false).with("strategy", "wrr").with("passHostHeader", true)
                .with("responseForwarding", new muster.lb.tree.Values(Map.of("flushInterval", Duration.ofMillis(100)))).bare();
    }

    private static Shape.Fields tcpBalancer(String servers, Shape shape) {
        return fields(servers, shape, "serversTransport", TEXT, "terminationDelay", WHOLE, "proxyProtocol", fields("version", WHOLE).bare(),
                "healthCheck", TCP_CHECK).bare();
    }
}
