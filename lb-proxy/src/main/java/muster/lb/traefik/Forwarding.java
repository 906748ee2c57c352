package muster.lb.traefik;

import java.util.Locale;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HopByHop;
import muster.lb.exchange.RequestHead;

/** What a request says about its way here (Traefik: "Forwarded Headers"): an unknown client's word is replaced by what is known. */
final class Forwarding {
    private final String hostName;

    /** @param hostName of this machine, told as X-Forwarded-Server; "" tells none */
    Forwarding(String hostName) {
        this.hostName = hostName;
    }

    /** The request with hop-by-hop headers gone and forwarding ones right, but for X-Forwarded-For, which is added when it is sent on. */
    RequestHead of(RequestHead head, TraefikConfig.Forwarded rule) {
        HeaderList headers = HopByHop.forwardable(head.headers());
        if (!rule.isBelieved(head.peer().address())) {
            headers.removeStartingWith("x-forwarded-").remove("X-Real-Ip");
        }
        int colon = head.host().lastIndexOf(':');
        boolean hasPort = colon > head.host().lastIndexOf(']');
        String told = headers.first("X-Forwarded-Proto").orElse("").toLowerCase(Locale.ROOT);
        boolean isTls = head.peer().isTls() || told.equals("https") || told.equals("wss");
        absent(headers, "X-Real-Ip", head.peer().address());
        absent(headers, "X-Forwarded-Proto", head.isWebSocket() ? head.peer().isTls() ? "wss" : "ws" : head.scheme());
        absent(headers, "X-Forwarded-Port", hasPort ? head.host().substring(colon + 1) : isTls ? "443" : "80");
        absent(headers, "X-Forwarded-Host", head.host());
        if (!hostName.isEmpty()) {
            headers.set("X-Forwarded-Server", hostName);
        }
        if (head.isWebSocket()) {
            headers.add("Upgrade", "websocket").add("Connection", "Upgrade");
        }
        return head.withHeaders(headers);
    }

    private static void absent(HeaderList headers, String name, String value) {
        if (headers.first(name).orElse("").isEmpty()) {
            headers.set(name, value);
        }
    }
}
