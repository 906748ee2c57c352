package muster.lb.traefik;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HopByHop;
import muster.lb.exchange.Meter;
import muster.lb.exchange.RequestHead;
import muster.lb.middleware.Middlewares;

/** Decides by the table in force; services take turns among their servers. */
final class TraefikDispatcher implements Dispatcher {
    private final String hostName;
    private volatile Live live;

    private record Live(TraefikTable table, Map<String, LiveService> services) {}

    /** A service's turn counter and its servers' meters, in the order of the servers. */
    private record LiveService(TraefikTable.Service service, AtomicInteger turn, List<Meter> meters) {}

    TraefikDispatcher(String hostName, TraefikTable table) {
        this.hostName = hostName;
        this.live = new Live(table, Map.of());
        replace(table);
    }

    /** Puts a table in force; counters of services and servers that stay go on. Called by one thread. */
    void replace(TraefikTable table) {
        Map<String, LiveService> old = live.services();
        Map<String, LiveService> services = new HashMap<>();
        table.services().forEach((name, service) -> {
            Optional<LiveService> before = Optional.ofNullable(old.get(name));
            List<Meter> meters = new ArrayList<>();
            for (String server : service.spec().servers()) {
                int at = before.map(b -> b.service().spec().servers().indexOf(server)).orElse(-1);
                meters.add(at < 0 ? new Meter() : before.get().meters().get(at));
            }
            services.put(name, new LiveService(service, before.map(LiveService::turn).orElseGet(AtomicInteger::new), List.copyOf(meters)));
        });
        live = new Live(table, Map.copyOf(services));
    }

    TraefikTable table() {
        return live.table();
    }

    @Override
    public Decision decide(RequestHead head) {
        Live now = live;
        Optional<TraefikTable.Router> router = now.table().lookup(head);
        if (router.isEmpty()) {
            return Answer.text(404, "404 page not found\n");
        }
        LiveService service = now.services().get(router.get().service());
        return switch (Middlewares.apply(router.get().chain(), trusted(head))) {
            case Middlewares.Outcome.Stop stop -> stop.answer();
            case Middlewares.Outcome.Continue next -> forward(next.head(), next.edit(), service);
        };
    }

    @Override
    public Answer failed(RequestHead head, Failure failure) {
        return switch (failure) {
            case UNREACHABLE, CLOSED -> plain(502, "Bad Gateway");
            case TIMEOUT -> plain(504, "Gateway Timeout");
            case MALFORMED, TLS -> plain(500, "Internal Server Error");
            case OVERLOADED -> plain(503, "Service Unavailable");
        };
    }

    /** What an unknown client says about forwarding is not believed (Traefik: "Forwarded Headers"). */
    private static RequestHead trusted(RequestHead head) {
        HeaderList headers = HopByHop.forwardable(head.headers());
        headers.removeStartingWith("x-forwarded-").remove("X-Real-Ip");
        if (head.isWebSocket()) {
            headers.add("Upgrade", "websocket").add("Connection", "Upgrade");
        }
        return new RequestHead(head.method(), head.uri(), head.host(), headers, head.peer(), head.minor());
    }

    private Decision forward(RequestHead head, Decision.ResponseEdit edit, LiveService service) {
        int size = service.meters().size();
        if (size == 0) {
            return plain(503, "no available server");
        }
        int first = Math.floorMod(service.turn().getAndIncrement(), size);
        return new Forward(attempt(head, service, first), failed -> failed.size() < size
                ? Optional.of(attempt(head, service, (first + failed.size()) % size))
                : Optional.empty(), edit);
    }

    private Attempt attempt(RequestHead head, LiveService service, int index) {
        var target = service.service().servers().get(index);
        String host = service.service().spec().passHostHeader() ? head.host() : target.authority();
        HeaderList headers = head.headers().copy().remove("Upgrade").remove("Connection");
        int colon = head.host().lastIndexOf(':');
        boolean hasPort = colon > head.host().lastIndexOf(']');
        String scheme = head.isWebSocket() ? head.peer().isTls() ? "wss" : "ws" : head.scheme();
        headers.set("X-Forwarded-For", head.peer().address())
                .set("X-Forwarded-Host", head.host())
                .set("X-Forwarded-Port", hasPort ? head.host().substring(colon + 1) : head.peer().isTls() ? "443" : "80")
                .set("X-Forwarded-Proto", scheme)
                .set("X-Forwarded-Server", hostName)
                .set("X-Real-Ip", head.peer().address())
                .set("Host", host);
        return new Attempt(target, service.service().name(), "", false, head.uri(), headers, service.meters().get(index));
    }

    private static Answer plain(int status, String text) {
        Answer answer = Answer.text(status, text);
        answer.headers().remove("X-Content-Type-Options");
        return answer;
    }
}
