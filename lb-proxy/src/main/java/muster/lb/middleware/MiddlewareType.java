package muster.lb.middleware;

import static muster.lb.tree.Shape.Leaf.ANY;
import static muster.lb.tree.Shape.Leaf.DURATION;
import static muster.lb.tree.Shape.Leaf.FLAG;
import static muster.lb.tree.Shape.Leaf.TEXT;
import static muster.lb.tree.Shape.Leaf.TEXTS;
import static muster.lb.tree.Shape.Leaf.TEXT_MAP;
import static muster.lb.tree.Shape.Leaf.WHOLE;
import static muster.lb.tree.Shape.fields;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import muster.lb.tree.Shape;
import muster.lb.tree.Values;

/** The middlewares of HTTP routers there are (Traefik: "HTTP Middlewares"): name, options, maker. */
public enum MiddlewareType {
    ADD_PREFIX("addPrefix", fields("prefix", TEXT), (o, s) -> Paths.addPrefix(o)),
    BASIC_AUTH("basicAuth", Options.users(), BasicAuth::new),
    BUFFERING("buffering", fields("maxRequestBodyBytes", WHOLE, "memRequestBodyBytes", WHOLE, "maxResponseBodyBytes", WHOLE,
            "memResponseBodyBytes", WHOLE, "retryExpression", TEXT), (o, s) -> new Buffering(o)),
    CHAIN("chain", fields("middlewares", TEXTS), (o, s) -> {
        throw new IllegalStateException("a chain is resolved when its router is built");
    }),
    CIRCUIT_BREAKER("circuitBreaker", fields("expression", TEXT, "checkPeriod", DURATION, "fallbackDuration", DURATION, "recoveryDuration", DURATION,
            "responseCode", WHOLE)
            .with("checkPeriod", Duration.ofMillis(100)).with("fallbackDuration", Duration.ofSeconds(10))
            .with("recoveryDuration", Duration.ofSeconds(10)).with("responseCode", 503L), CircuitBreaker::new),
    COMPRESS("compress", fields("excludedContentTypes", TEXTS, "includedContentTypes", TEXTS, "minResponseBodyBytes", WHOLE, "encodings", TEXTS,
            "defaultEncoding", TEXT).bare(), (o, s) -> new Compress(o)),
    CONTENT_TYPE("contentType", fields("autoDetect", FLAG).bare(), (o, s) -> new ContentType()),
    DIGEST_AUTH("digestAuth", Options.users(), DigestAuth::new),
    ENCODED_CHARACTERS("encodedCharacters", Options.encodedCharacters(), (o, s) -> EncodedCharacters.of(o)),
    ERRORS("errors", fields("status", TEXTS, "statusRewrites", TEXT_MAP, "service", TEXT, "query", TEXT), ErrorPages::new),
    FORWARD_AUTH("forwardAuth", fields("address", TEXT,
            "tls", fields("ca", TEXT, "cert", TEXT, "key", TEXT, "insecureSkipVerify", FLAG, "caOptional", FLAG),
            "trustForwardHeader", FLAG, "authResponseHeaders", TEXTS, "authResponseHeadersRegex", TEXT, "authRequestHeaders", TEXTS,
            "addAuthCookiesToResponse", TEXTS, "headerField", TEXT, "forwardBody", FLAG, "maxBodySize", WHOLE, "maxResponseBodySize", WHOLE,
            "preserveLocationHeader", FLAG,
            "preserveRequestMethod", FLAG), ForwardAuth::new),
    GRPC_WEB("grpcWeb", fields("allowOrigins", TEXTS).bare(), (o, s) -> new GrpcWeb(o)),
    HEADERS("headers", Options.headers(), (o, s) -> new Headers(o)),
    IN_FLIGHT_REQ("inFlightReq", fields("amount", WHOLE, "sourceCriterion", Options.criterion()), (o, s) -> new InFlight(o)),
    IP_ALLOW_LIST("ipAllowList", fields("sourceRange", TEXTS, "ipStrategy", Options.ipStrategy(), "rejectStatusCode", WHOLE),
            (o, s) -> IpAllowList.of(o)),
    IP_WHITE_LIST("ipWhiteList", fields("sourceRange", TEXTS, "ipStrategy", Options.ipStrategy()), (o, s) -> IpAllowList.of(o)),
    PASS_TLS_CLIENT_CERT("passTLSClientCert", fields("pem", FLAG, "info", fields("notAfter", FLAG, "notBefore", FLAG, "sans", FLAG,
            "serialNumber", FLAG, "subject", Options.names(), "issuer", Options.names())), (o, s) -> new ClientCertificate(o)),
    PLUGIN("plugin", new Shape.Named(ANY), (o, s) -> {
        throw new IllegalArgumentException("plugin: unknown plugin type: plugins run Traefik's own code and are not supported");
    }),
    RATE_LIMIT("rateLimit", fields("average", WHOLE, "period", DURATION, "burst", WHOLE, "sourceCriterion", Options.criterion(), "redis", ANY)
            .with("period", Duration.ofSeconds(1)).with("burst", 1L), RateLimit::new),
    REDIRECT_REGEX("redirectRegex", fields("regex", TEXT, "replacement", TEXT, "permanent", FLAG), (o, s) -> Redirects.regex(o)),
    REDIRECT_SCHEME("redirectScheme", fields("scheme", TEXT, "port", TEXT, "permanent", FLAG, "forcePermanentRedirect", FLAG),
            (o, s) -> Redirects.scheme(o)),
    REPLACE_PATH("replacePath", fields("path", TEXT), (o, s) -> Paths.replacePath(o)),
    REPLACE_PATH_REGEX("replacePathRegex", fields("regex", TEXT, "replacement", TEXT), (o, s) -> Paths.replacePathRegex(o)),
    RETRY("retry", fields("attempts", WHOLE, "initialInterval", DURATION, "timeout", DURATION, "maxRequestBodyBytes", WHOLE, "status", TEXTS,
            "disableRetryOnNetworkError", FLAG, "retryNonIdempotentMethod", FLAG), Retry::new),
    STRIP_PREFIX("stripPrefix", fields("prefixes", TEXTS, "forceSlash", FLAG), (o, s) -> Paths.stripPrefix(o)),
    STRIP_PREFIX_REGEX("stripPrefixRegex", fields("regex", TEXTS), (o, s) -> Paths.stripPrefixRegex(o));

    /** All types as one section's keys: a middleware has one of them. */
    public static final Shape.Fields SHAPE = shape();

    private final String name;
    private final Shape options;
    private final Maker maker;

    /** Makes one; throws {@link IllegalArgumentException} that says what is wrong with the options. */
    private interface Maker {
        Middleware make(Values options, Surroundings surroundings);
    }

    MiddlewareType(String name, Shape options, Maker maker) {
        this.name = name;
        this.options = options;
        this.maker = maker;
    }

    /** In Traefik's letters, {@code stripPrefix}. */
    public String text() {
        return name;
    }

    /** A middleware ready to act; throws {@link IllegalArgumentException} that says why these options make none. */
    public Middleware make(Values set, Surroundings surroundings) {
        return maker.make(set, surroundings);
    }

    /** The type that a definition has; the first, should it have several. Empty when it has none. */
    public static Optional<MiddlewareType> of(Values definition) {
        return Arrays.stream(values()).filter(type -> definition.has(type.name)).findFirst();
    }

    /** The options of that type in a definition. */
    public Values options(Values definition) {
        return options instanceof Shape.Named ? Values.NONE : definition.sectionOrNone(name);
    }

    private static Shape.Fields shape() {
        Map<String, Shape> all = new LinkedHashMap<>();
        for (MiddlewareType type : values()) {
            all.put(type.name, type.options);
        }
        return new Shape.Fields(all, Map.of(), false);
    }

    /** Options that several types share, or that are many. */
    private static final class Options {
        static Shape.Fields users() {
            return fields("users", TEXTS, "usersFile", TEXT, "realm", TEXT, "removeHeader", FLAG, "headerField", TEXT);
        }

        static Shape.Fields ipStrategy() {
            return fields("depth", WHOLE, "excludedIPs", TEXTS, "ipv6Subnet", WHOLE).bare();
        }

        static Shape.Fields criterion() {
            return fields("ipStrategy", ipStrategy(), "requestHeaderName", TEXT, "requestHost", FLAG);
        }

        static Shape.Fields encodedCharacters() {
            return fields(EncodedCharacters.OPTIONS.keySet().stream().flatMap(option -> Stream.of(option, FLAG)).toArray()).bare();
        }

        static Shape.Fields names() {
            return fields("country", FLAG, "province", FLAG, "locality", FLAG, "organization", FLAG, "organizationalUnit", FLAG,
                    "commonName", FLAG, "serialNumber", FLAG, "domainComponent", FLAG);
        }

        static Shape.Fields headers() {
            return fields("customRequestHeaders", TEXT_MAP, "customResponseHeaders", TEXT_MAP, "accessControlAllowCredentials", FLAG,
                    "accessControlAllowHeaders", TEXTS, "accessControlAllowMethods", TEXTS, "accessControlAllowOriginList", TEXTS,
                    "accessControlAllowOriginListRegex", TEXTS, "accessControlExposeHeaders", TEXTS, "accessControlMaxAge", WHOLE,
                    "addVaryHeader", FLAG, "allowedHosts", TEXTS, "hostsProxyHeaders", TEXTS, "sslRedirect", FLAG, "sslTemporaryRedirect", FLAG,
                    "sslHost", TEXT, "sslProxyHeaders", TEXT_MAP, "sslForceHost", FLAG, "stsSeconds", WHOLE, "stsIncludeSubdomains", FLAG,
                    "stsPreload", FLAG, "forceSTSHeader", FLAG, "frameDeny", FLAG, "customFrameOptionsValue", TEXT, "contentTypeNosniff", FLAG,
                    "browserXssFilter", FLAG, "customBrowserXSSValue", TEXT, "contentSecurityPolicy", TEXT,
                    "contentSecurityPolicyReportOnly", TEXT, "publicKey", TEXT, "referrerPolicy", TEXT, "permissionsPolicy", TEXT,
                    "featurePolicy", TEXT, "isDevelopment", FLAG);
        }
    }
}
