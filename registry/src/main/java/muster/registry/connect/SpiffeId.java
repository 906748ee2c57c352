package muster.registry.connect;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who a certificate is for. (SPIFFE ID; Consul: Connect, Service to Service Identity) Pure.
 */
public sealed interface SpiffeId {
    /** Of whose authority it is. */
    String trustDomain();

    /** A service, whatever instance. */
    record Service(String trustDomain, String namespace, String datacenter, String service) implements SpiffeId {
        /** As it stands in a certificate. */
        public String uri() {
            return "spiffe://" + trustDomain + "/ns/" + namespace + "/dc/" + datacenter + "/svc/" + service;
        }
    }

    record Agent(String trustDomain, String datacenter, String agent) implements SpiffeId {}

    /** The authority itself. */
    record Signing(String trustDomain) implements SpiffeId {}

    Pattern SERVICE = Pattern.compile("/ns/([^/]+)/dc/([^/]+)/svc/([^/]+)");
    Pattern AGENT = Pattern.compile("/agent/client/dc/([^/]+)/id/([^/]+)");

    /** Reads a URI; empty for what is no identity of the mesh. */
    static Optional<SpiffeId> parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
        String host = uri.getAuthority();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        if (!"spiffe".equalsIgnoreCase(uri.getScheme()) || host == null) {
            return Optional.empty();
        }
        Matcher service = SERVICE.matcher(path);
        if (service.matches()) {
            return Optional.of(new Service(host, plain(service.group(1)), plain(service.group(2)), plain(service.group(3))));
        }
        Matcher agent = AGENT.matcher(path);
        if (agent.matches()) {
            return Optional.of(new Agent(host, plain(agent.group(1)), plain(agent.group(2))));
        }
        return path.isEmpty() ? Optional.of(new Signing(host)) : Optional.empty();
    }

    private static String plain(String escaped) {
        return URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
