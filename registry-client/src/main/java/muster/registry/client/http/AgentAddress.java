package muster.registry.client.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Where an agent listens, from the forms of {@code CONSUL_HTTP_ADDR}. */
record AgentAddress(String scheme, String host, int port) {
    private static final int AGENT_PORT = 8500;

    /**
     * Reads {@code host}, {@code host:port}, {@code http://host[:port]} or {@code https://host[:port]}; IPv6 hosts stand in
     * brackets. Throws {@link IllegalArgumentException}, naming the address and what would be right, for anything else.
     */
    static AgentAddress parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("unix:")) {
            throw new IllegalArgumentException("registry address \"" + text
                    + "\": sockets of the file system can't be used; give host:port, http://host:port or https://host:port");
        }
        boolean bare = !lower.contains("://");
        URI uri;
        try {
            uri = new URI(bare ? "http://" + text : text);
        } catch (URISyntaxException e) {
            throw unusable(text, e.getReason());
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw unusable(text, "the scheme " + scheme + " is unknown");
        }
        if (uri.getHost() == null) {
            throw unusable(text, "it has no host");
        }
        if (uri.getUserInfo() != null || uri.getQuery() != null || uri.getPath() != null && !uri.getPath().matches("/?")) {
            throw unusable(text, "it has more than a host and a port");
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : bare ? AGENT_PORT : scheme.equals("https") ? 443 : 80;
        if (port < 1 || port > 65_535) {
            throw unusable(text, "port " + port + " is not between 1 and 65535");
        }
        return new AgentAddress(scheme, uri.getHost(), port);
    }

    private static IllegalArgumentException unusable(String text, String why) {
        return new IllegalArgumentException("registry address \"" + text + "\": " + why
                + "; give host:port, http://host:port or https://host:port");
    }

    /** Scheme, host and port, without a slash at the end. */
    String url() {
        return scheme + "://" + host + ":" + port;
    }
}
