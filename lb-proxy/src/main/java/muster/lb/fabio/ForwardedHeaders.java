package muster.lb.fabio;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HopByHop;
import muster.lb.exchange.RequestHead;

/** The headers a target gets (Fabio: "Headers"). What a client sets of them is believed, except X-Forwarded-For, which grows. */
final class ForwardedHeaders {
    private ForwardedHeaders() {}

    /**
     * @param host to send
     * @param strippedPrefix told as X-Forwarded-Prefix, "" for none
     */
    static HeaderList of(RequestHead head, String host, String strippedPrefix, String localIp) {
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
        String by = localIp.isEmpty() ? head.peer().localAddress() : localIp;
        String start = headers.first("Forwarded").orElse("for=" + client + "; proto=" + spoken);
        headers.set("Forwarded", start + "; by=" + by + "; httpproto=http/1." + head.minor());
        if (!strippedPrefix.isEmpty()) {
            headers.set("X-Forwarded-Prefix", strippedPrefix);
        }
        headers.set("Host", host);
        return headers;
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
