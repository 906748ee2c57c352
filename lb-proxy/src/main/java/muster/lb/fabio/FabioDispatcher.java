package muster.lb.fabio;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Meter;
import muster.lb.exchange.RequestHead;
import muster.lb.route.Picker;
import muster.lb.route.Route;
import muster.lb.route.RouteTable;
import muster.lb.route.Target;

/**
 * Decides by the table in force. Requests take one volatile reference to it; a new table replaces it in one step and takes the
 * turn counters and meters of equal routes and targets along.
 */
final class FabioDispatcher implements Dispatcher {
    private final FabioConfig.Proxy config;
    private final Picker picker;
    private final Supplier<UUID> ids;
    private final Consumer<Ended> accessLog;
    private volatile Live live = new Live(RouteTable.EMPTY, List.of(), "");

    /** A table with what is counted about it; {@code routes} by the route's index. */
    private record Live(RouteTable table, List<LiveRoute> routes, String noRoutePage) {}

    /** A route's turn counter and its targets' meters, in the order of the targets. */
    private record LiveRoute(Route route, AtomicInteger turn, List<Meter> meters) {}

    /** One target with its counts, for the API. */
    record Counted(Route route, Target target, Meter.Counts counts) {}

    /** @param accessLog gets the requests that were forwarded, on their event loops */
    FabioDispatcher(FabioConfig.Proxy config, Picker picker, Supplier<UUID> ids, Consumer<Ended> accessLog) {
        this.accessLog = accessLog;
        this.config = config;
        this.picker = picker;
        this.ids = ids;
    }

    /** Puts a table in force. Called by one thread. */
    void replace(RouteTable table, String noRoutePage) {
        Map<String, AtomicInteger> turns = new HashMap<>();
        Map<String, Meter> meters = new HashMap<>();
        for (LiveRoute old : live.routes()) {
            turns.put(old.route().source(), old.turn());
            for (int i = 0; i < old.meters().size(); i++) {
                meters.put(key(old.route(), old.route().targets().get(i)), old.meters().get(i));
            }
        }
        List<LiveRoute> routes = new ArrayList<>();
        for (Route route : table.routes()) {
            routes.add(new LiveRoute(route, turns.getOrDefault(route.source(), new AtomicInteger()),
                    route.targets().stream().map(target -> meters.getOrDefault(key(route, target), new Meter())).toList()));
        }
        live = new Live(table, List.copyOf(routes), noRoutePage);
    }

    List<Counted> counts() {
        List<Counted> counted = new ArrayList<>();
        for (LiveRoute route : live.routes()) {
            for (int i = 0; i < route.meters().size(); i++) {
                counted.add(new Counted(route.route(), route.route().targets().get(i), route.meters().get(i).counts()));
            }
        }
        return counted;
    }

    @Override
    public Decision decide(RequestHead head) {
        Live now = live;
        Optional<Route> found = now.table().lookup(head.host(), head.path(), head.peer().isTls());
        if (found.isEmpty()) {
            return noRoute(now.noRoutePage());
        }
        LiveRoute route = now.routes().get(found.get().index());
        int chosen = choose(route);
        Target target = route.route().targets().get(chosen);
        if (target.options().redirect() != 0) {
            String location = Rewrite.location(head, target);
            if (!location.equals(Rewrite.self(head))) {
                return admitted(head, target).<Decision>map(refusal -> refusal).orElseGet(() -> redirect(head, target, location));
            }
            Optional<Integer> other = another(route, List.of(chosen));
            if (other.isEmpty()) {
                return noRoute(now.noRoutePage());
            }
            chosen = other.get();
        }
        Target serving = route.route().targets().get(chosen);
        return admitted(head, serving).<Decision>map(refusal -> refusal).orElse(forward(head, route, chosen));
    }

    @Override
    public Answer failed(RequestHead head, Failure failure) {
        return Answer.empty(switch (failure) {
            case UNREACHABLE, CLOSED -> 502;
            case TIMEOUT -> 504;
            case MALFORMED, TLS -> 500;
            case OVERLOADED -> 503;
        });
    }

    /** As Fabio has it, what the proxy answers itself and tunnels are not logged. */
    @Override
    public void ended(Ended ended) {
        if (ended.attempt().isPresent() && ended.status() != 101) {
            accessLog.accept(ended);
        }
    }

    private int choose(LiveRoute route) {
        int slots = route.route().ring().size();
        return route.route().ring().at(picker.turn(route.turn().getAndIncrement(), slots));
    }

    private Forward forward(RequestHead head, LiveRoute route, int chosen) {
        List<Integer> tried = new ArrayList<>(List.of(chosen));
        return new Forward(attempt(head, route, chosen), failed -> {
            Optional<Integer> next = another(route, tried);
            next.ifPresent(tried::add);
            return next.map(target -> attempt(head, route, target));
        }, Decision.ResponseEdit.NONE);
    }

    /** Another target with a share that proxies, the next one round. */
    private static Optional<Integer> another(LiveRoute route, List<Integer> tried) {
        int size = route.route().targets().size();
        for (int i = 1; i < size; i++) {
            int candidate = (tried.getLast() + i) % size;
            Target target = route.route().targets().get(candidate);
            if (!tried.contains(candidate) && target.weight() > 0 && target.options().redirect() == 0) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private Attempt attempt(RequestHead head, LiveRoute route, int index) {
        Target target = route.route().targets().get(index);
        String host = switch (target.options().host()) {
            case "" -> head.host();
            case "dst" -> target.url().authority();
            default -> target.options().host();
        };
        HeaderList headers = ForwardedHeaders.of(head, host, target.options().strip(), config.localIp());
        if (!config.headers().clientIp().isEmpty()) {
            headers.set(config.headers().clientIp(), head.peer().address());
        }
        if (!config.headers().requestId().isEmpty()) {
            headers.set(config.headers().requestId(), ids.get().toString());
        }
        boolean isNamed = target.url().isTls() && !target.options().host().isEmpty() && !target.options().host().equals("dst");
        return new Attempt(target.url(), target.service(), isNamed ? target.options().host() : "", target.options().tlsSkipVerify(),
                Rewrite.uri(head, target), headers, route.meters().get(index));
    }

    private Optional<Answer> admitted(RequestHead head, Target target) {
        if (target.options().access().isPresent()) {
            List<String> addresses = new ArrayList<>(head.headers().members("X-Forwarded-For"));
            addresses.add(head.peer().address());
            if (!target.options().access().get().admits(addresses)) {
                return Optional.of(Answer.text(403, "access denied\n"));
            }
        }
        return target.options().auth().isEmpty() ? Optional.empty() : Optional.of(Answer.text(401, "authorization failed\n"));
    }

    private static Answer redirect(RequestHead head, Target target, String location) {
        int status = target.options().redirect();
        String text = switch (status) {
            case 301 -> "Moved Permanently";
            case 302 -> "Found";
            case 303 -> "See Other";
            case 307 -> "Temporary Redirect";
            case 308 -> "Permanent Redirect";
            default -> "Redirect";
        };
        String link = location.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&#34;");
        HeaderList headers = new HeaderList().add("Location", location);
        if (!head.method().equals("GET") && !head.method().equals("HEAD")) {
            return new Answer(status, headers, new byte[0]);
        }
        return new Answer(status, headers.add("Content-Type", "text/html; charset=utf-8"),
                ("<a href=\"" + link + "\">" + text + "</a>.\n\n").getBytes(StandardCharsets.UTF_8));
    }

    private Answer noRoute(String page) {
        if (page.isEmpty()) {
            return Answer.empty(config.noRouteStatus());
        }
        boolean isHtml = page.stripLeading().regionMatches(true, 0, "<", 0, 1);
        return new Answer(config.noRouteStatus(),
                new HeaderList().add("Content-Type", isHtml ? "text/html; charset=utf-8" : "text/plain; charset=utf-8"),
                page.getBytes(StandardCharsets.UTF_8));
    }

    private static String key(Route route, Target target) {
        return route.source() + " " + target.service() + " " + target.url().text();
    }
}
