package muster.lb.traefik;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import muster.lb.choose.Member;
import muster.lb.choose.Standing.Outcome;
import muster.lb.exchange.ConnectionDispatcher;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Failure;
import muster.lb.exchange.RequestHead;
import muster.lb.middleware.Decisions;
import muster.lb.trace.Tracing;

/** Decides by the table in force. */
final class TraefikDispatcher implements Dispatcher, ConnectionDispatcher {
    private final Supplier<TraefikTable> table;
    private final Forwarding forwarding;
    private final Map<String, TraefikConfig.EntryPoint> entryPoints = new HashMap<>();
    private final List<Observer> observers;
    private final LongSupplier nanos;
    private final Optional<Tracing> tracing;
    /** What to do when a connection ends that middlewares let in. */
    private final Map<Head, Runnable> leaving = new ConcurrentHashMap<>();

    /** Somebody who hears of requests that are over: metrics, the access log. On event loops; must not wait. */
    interface Observer {
        /** @param router the one that took it; empty when none did */
        void ended(Dispatcher.Ended ended, Optional<TraefikTable.Router> router);
    }

    TraefikDispatcher(TraefikConfig config, Supplier<TraefikTable> table, String hostName, List<Observer> observers, LongSupplier nanos,
            Optional<Tracing> tracing) {
        this.table = table;
        this.forwarding = new Forwarding(hostName);
        this.observers = List.copyOf(observers);
        this.nanos = nanos;
        this.tracing = tracing;
        config.entryPoints().forEach(entry -> entryPoints.put(entry.name(), entry));
    }

    @Override
    public Decision decide(RequestHead head) {
        RequestHead believed = prepared(head);
        tracing.ifPresent(spans -> spans.passOn(believed.headers()));
        Optional<TraefikTable.HttpRoute> route = table.get().lookup(believed);
        Decision decision = route.isPresent()
                ? route.get().ways().get(head.peer().entryPoint()).handle(believed)
                : Answer.text(404, "404 page not found\n");
        if (observers.isEmpty() || route.isPresent() && route.get().router().name().endsWith("@internal")) {
            return decision;
        }
        Optional<TraefikTable.Router> router = route.map(TraefikTable.HttpRoute::router);
        return new Decision.Watched(decision, ended -> observers.forEach(observer -> observer.ended(ended, router)));
    }

    /** The request as rules and middlewares see it. */
    RequestHead prepared(RequestHead head) {
        TraefikConfig.EntryPoint entry = entryPoints.get(head.peer().entryPoint());
        return forwarding.of(head, entry.forwarded());
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
            return relay(head, datagrams.get().service(), List.of(), false);
        }
        Optional<TraefikTable.TcpRoute> route = now.hasTcp(entryPoint) ? now.lookup(head) : Optional.empty();
        boolean isNamedByHttp = route.isPresent() && route.get().rules().isCatchAll() && head.isTls() && now.hasHttpsHost(entryPoint, head.serverName());
        if (route.isEmpty() || isNamedByHttp) {
            return new Way.Http();
        }
        TraefikTable.TcpRoute tcp = route.get();
        return relay(head, tcp.service(), tcp.middlewares(), tcp.router().isTls() && !tcp.isPassedThrough());
    }

    private Way relay(Head head, TcpService service, List<TcpMiddleware> middlewares, boolean endsTls) {
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
        return new Way.Relay(choice.get().connect(), choice.get().retry(), endsTls);
    }

    @Override
    public void ended(ConnectionDispatcher.Ended ended) {
        Runnable leave = leaving.remove(ended.head());
        if (leave != null) {
            leave.run();
        }
    }
}
