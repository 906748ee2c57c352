package muster.lb.traefik;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import muster.lb.choose.Member;
import muster.lb.choose.Standing.Outcome;
import muster.lb.exchange.ConnectionDispatcher;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.middleware.Decisions;
import muster.lb.trace.Tracing;

/** Decides by the table in force. */
final class TraefikDispatcher implements Dispatcher, ConnectionDispatcher {
    private final Supplier<TraefikTable> table;
    private final Forwarding forwarding;
    private final Map<String, TraefikConfig.EntryPoint> entryPoints = new HashMap<>();
    private final List<Watcher> watchers;
    private final boolean needsAnswers;
    private final LongSupplier nanos;
    private final Optional<Tracing> tracing;
    /** What to do when a connection ends that middlewares let in. */
    private final Map<Head, Runnable> leaving = new ConcurrentHashMap<>();

    /** Somebody who hears of requests that are over: metrics, the access log. On event loops; must not wait. */
    interface Observer {
        void ended(Seen seen);
    }

    /**
     * A request that is over.
     *
     * @param router the one that took it; empty when none did
     * @param answer the headers of the answer, if anybody asked for them
     */
    record Seen(Dispatcher.Ended ended, Optional<TraefikTable.Router> router, HeaderList answer) {}

    /**
     * An observer.
     *
     * @param sees which requests it is told of
     * @param needsAnswers whether it wants the headers of their answers
     */
    record Watcher(Observer observer, Predicate<Observed> sees, boolean needsAnswers) {}

    TraefikDispatcher(TraefikConfig config, Supplier<TraefikTable> table, String hostName, List<Watcher> watchers, LongSupplier nanos,
            Optional<Tracing> tracing) {
        this.table = table;
        this.forwarding = new Forwarding(hostName);
        this.watchers = List.copyOf(watchers);
        this.needsAnswers = watchers.stream().anyMatch(Watcher::needsAnswers);
        this.nanos = nanos;
        this.tracing = tracing;
        config.entryPoints().forEach(entry -> entryPoints.put(entry.name(), entry));
    }

    @Override
    public Decision decide(RequestHead head) {
        TraefikTable now = table.get();
        TraefikConfig.EntryPoint entry = entryPoints.get(head.peer().entryPoint());
        Optional<RequestHead> prepared = prepared(head);
        Optional<TraefikTable.HttpRoute> route = prepared.flatMap(now::lookup);
        Decision decision = decision(now, entry, prepared, route);
        if (watchers.isEmpty() || route.isPresent() && route.get().router().name().endsWith("@internal")) {
            return decision;
        }
        Optional<TraefikTable.Router> router = route.map(TraefikTable.HttpRoute::router);
        Observed usual = entry.requests().observed();
        Observed observed = router.map(taken -> usual.of(taken.spec())).orElse(usual);
        HeaderList answer = new HeaderList();
        Decision shown = needsAnswers ? Decisions.edited(decision, (status, headers) -> headers.forEach(answer::add)) : decision;
        return new Decision.Watched(shown, ended -> {
            Seen seen = new Seen(ended, router, answer);
            for (Watcher watcher : watchers) {
                if (watcher.sees().test(observed)) {
                    watcher.observer().ended(seen);
                }
            }
        });
    }

    private Decision decision(TraefikTable now, TraefikConfig.EntryPoint entry, Optional<RequestHead> prepared, Optional<TraefikTable.HttpRoute> route) {
        if (prepared.isEmpty()) {
            return Answer.empty(400);
        }
        RequestHead head = prepared.get();
        tracing.ifPresent(spans -> spans.passOn(head.headers()));
        if (isMisdirected(now, head)) {
            return Answer.text(421, "Misdirected Request\n");
        }
        return route.isPresent() ? route.get().ways().get(entry.name()).handle(head) : Answer.text(404, "404 page not found\n");
    }

    /** Whether the connection was made with other TLS options than those of the host asked for now, such as without a client's certificate. */
    private static boolean isMisdirected(TraefikTable now, RequestHead head) {
        if (!head.peer().isTls() || !now.hasTlsOptions()) {
            return false;
        }
        String named = head.peer().tls().orElseThrow().serverName();
        String host = RuleMatcher.hostOf(head);
        String entryPoint = head.peer().entryPoint();
        return !host.equals(named) && !now.tlsOptions(entryPoint, host).equals(now.tlsOptions(entryPoint, named));
    }

    /** The request as rules and middlewares see it; empty when it has a path that is refused here. */
    Optional<RequestHead> prepared(RequestHead head) {
        TraefikConfig.EntryPoint entry = entryPoints.get(head.peer().entryPoint());
        return entry.requests().paths().of(head).map(found -> forwarding.of(found, entry.forwarded()));
    }

    @Override
    public Answer failed(RequestHead head, Failure failure) {
        return Decisions.plain(502, "Bad Gateway");
    }

    /** Every try says something about its server. */
    @Override
    public void attempted(Decision.Attempt attempt, Optional<Failure> failure, int status, Duration time) {
        if (attempt.meter() instanceof Member member) {
            Outcome outcome = failure.isPresent() ? failure.get() == Failure.OVERLOADED ? Outcome.UNKNOWN : Outcome.FAILED
                    : status >= 500 ? Outcome.ERROR : status == 0 ? Outcome.UNKNOWN : Outcome.GOOD;
            member.record(outcome, nanos.getAsLong());
        }
    }

    @Override
    public Way decide(Head head) {
        TraefikTable now = table.get();
        String entryPoint = head.peer().entryPoint();
        Optional<TraefikTable.UdpRoute> datagrams = now.udp(entryPoint);
        if (datagrams.isPresent()) {
            return relay(head, datagrams.get().service(), List.of(), false, "");
        }
        Optional<TraefikTable.TcpRoute> route = now.hasTcp(entryPoint) ? now.lookup(head) : Optional.empty();
        boolean isNamedByHttp = route.isPresent() && route.get().rules().isCatchAll() && head.isTls() && now.hasHttpsHost(entryPoint, head.serverName());
        if (route.isEmpty() || isNamedByHttp) {
            return new Way.Http(head.isTls() ? now.tlsOptions(entryPoint, head.serverName()) : "");
        }
        TraefikTable.TcpRoute tcp = route.get();
        return relay(head, tcp.service(), tcp.middlewares(), tcp.router().isTls() && !tcp.isPassedThrough(), tcp.router().tlsOptions());
    }

    private Way relay(Head head, TcpService service, List<TcpMiddleware> middlewares, boolean endsTls, String tls) {
        List<Runnable> leaves = new ArrayList<>();
        for (TcpMiddleware middleware : middlewares) {
            Optional<Runnable> entered = middleware.enter(head.peer().address());
            if (entered.isEmpty()) {
                leaves.forEach(Runnable::run);
                return new Way.Refuse("a middleware refuses the client");
            }
            leaves.add(entered.get());
        }
        Optional<TcpService.Choice> choice = service.choose();
        if (choice.isEmpty()) {
            leaves.forEach(Runnable::run);
            return new Way.Refuse("no available server");
        }
        if (!leaves.isEmpty()) {
            leaving.put(head, () -> leaves.forEach(Runnable::run));
        }
        return new Way.Relay(choice.get().connect(), choice.get().retry(), endsTls, tls);
    }

    @Override
    public void ended(ConnectionDispatcher.Ended ended) {
        Runnable leave = leaving.remove(ended.head());
        if (leave != null) {
            leave.run();
        }
    }
}
