package muster.checks;

import java.io.IOException;

/** An address as {@code host:port} or {@code [v6]:port}. */
record HostPort(String host, int port) {
    /** Throws with Go's words where there is no port or it is no number. */
    static HostPort parse(String text) throws IOException {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || text.endsWith("]")) {
            throw new IOException("dial tcp: address " + text + ": missing port in address");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IOException("dial tcp: address " + text + ": too many colons in address");
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port < 0 || port > 65535) {
                throw new IOException("dial tcp: address " + port + ": invalid port");
            }
            return new HostPort(host.isEmpty() ? "localhost" : host, port);
        } catch (NumberFormatException e) {
            throw new IOException("dial tcp: lookup tcp/" + text.substring(colon + 1) + ": unknown port", e);
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
