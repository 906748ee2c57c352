package muster.lb.fabio;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HopByHop;
import muster.lb.exchange.RequestHead;
import muster.lb.exchange.TlsSession;

/** The headers a target gets (Fabio: "Headers"). What a client sets of them is believed, except X-Forwarded-For, which grows. */
final class ForwardedHeaders {
    private ForwardedHeaders() {}

    /**
     * @param host to send
     * @param strippedPrefix told as X-Forwarded-Prefix, "" for none
     */
    static HeaderList of(RequestHead head, String host, String strippedPrefix, FabioConfig.Proxy config) {
        HeaderList headers = HopByHop.forwardable(head.headers());
        String client = head.peer().address();
        List<String> chain = headers.all("X-Forwarded-For");
        headers.set("X-Forwarded-For", chain.isEmpty() ? client : String.join(", ", chain) + ", " + client);
        headers.setIfAbsent("X-Real-Ip", client);
        String scheme = head.headers().first("X-Forwarded-Proto")
                .or(() -> head.headers().first("Forwarded").flatMap(ForwardedHeaders::protocolIn))
                .orElse(head.scheme());
        headers.setIfAbsent("X-Forwarded-Proto", scheme);
        headers.setIfAbsent("X-Forwarded-Port", port(host, head.peer().isTls()));
        if (!host.isEmpty()) {
            headers.setIfAbsent("X-Forwarded-Host", host);
        }
        String spoken = head.isWebSocket() && !headers.has("Forwarded") ? head.peer().isTls() ? "wss" : "ws" : scheme;
        String by = config.localIp().isEmpty() ? head.peer().localAddress() : config.localIp();
        String start = headers.first("Forwarded").orElse("for=" + client + "; proto=" + spoken);
        String protocol = head.version().text().toLowerCase(Locale.ROOT);
        headers.set("Forwarded", start + "; by=" + by + "; httpproto=" + protocol + head.peer().tls().map(ForwardedHeaders::session).orElse(""));
        if (!config.headers().clientIp().isEmpty()) {
            headers.set(config.headers().clientIp(), client);
        }
        if (!config.headers().tls().isEmpty()) {
            headers.remove(config.headers().tls());
            if (head.peer().isTls()) {
                headers.set(config.headers().tls(), config.headers().tlsValue());
            }
        }
        if (mayUnpack(head)) {
            headers.add("Accept-Encoding", "gzip");
        }
        if (!strippedPrefix.isEmpty()) {
            headers.set("X-Forwarded-Prefix", strippedPrefix);
        }
        headers.set("Host", host);
        return headers;
    }

    /** Whether the proxy asks for a compressed answer on its own account: when the client asks for none, nor for a part. */
    static boolean mayUnpack(RequestHead head) {
        return !head.headers().has("Accept-Encoding") && !head.headers().has("Range") && !head.method().equals("HEAD") && !head.isWebSocket();
    }

    private static String session(TlsSession tls) {
        String version = switch (tls.protocol()) {
            case "TLSv1.3" -> "tls13";
            case "TLSv1.2" -> "tls12";
            case "TLSv1.1" -> "tls11";
            case "TLSv1" -> "tls10";
            default -> "";
        };
        return version.isEmpty() ? "" : "; tlsver=" + version + "; tlscipher=0x" + HexFormat.of().toHexDigits((short) tls.cipherNumber());
    }

    private static Optional<String> protocolIn(String forwarded) {
        for (String part : forwarded.split("[;,]")) {
            String pair = part.strip().toLowerCase(Locale.ROOT);
            if (pair.startsWith("proto=")) {
                return Optional.of(pair.substring("proto=".length()));
            }
        }
        return Optional.empty();
    }

    private static String port(String host, boolean isTls) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(colon + 1) : isTls ? "443" : "80";
    }
}
