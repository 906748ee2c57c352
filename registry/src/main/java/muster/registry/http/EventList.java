package muster.registry.http;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import muster.http.Call;
import muster.http.Reply;
import muster.http.Routes;
import muster.registry.acl.AccessControl;
import muster.registry.acl.Caller;
import muster.registry.acl.Resource;
import muster.registry.acl.Sieve;
import muster.registry.event.Event;
import muster.registry.event.Events;
import muster.registry.query.BlockingQueries;

/** Lists the user events that reached an agent, with or without a state. (Consul HTTP API: Events) */
public final class EventList {
    private final Events events;
    private final AccessControl access;
    private final Bodies bodies;

    public EventList(Events events, AccessControl access, Bodies bodies) {
        this.events = events;
        this.access = access;
        this.bodies = bodies;
    }

    public void addTo(Routes routes) {
        routes.get("/v1/event/list", this::list);
    }

    /** An index that is that of the newest wanted event waits for the next one. */
    private CompletionStage<Reply> list(Call call) {
        ReadOptions options = ReadOptions.of(call);
        String name = call.query("name");
        Predicate<Event> wanted = event -> name.isEmpty() || event.name().equals(name);
        long deadline = System.nanoTime() + waitTime(options).toNanos();
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        answer(call, options.index(), wanted, deadline, reply);
        return reply;
    }

    private Caller caller(Call call) {
        return access.isOn() ? access.caller(Tokens.secret(call)) : Caller.UNRESTRICTED;
    }

    private void answer(Call call, long index, Predicate<Event> wanted, long deadline, CompletableFuture<Reply> reply) {
        long seen = events.position();
        Sieve sieve = Sieve.of(caller(call));
        List<Event> found = sieve.keep(events.list(wanted), event -> sieve.caller().mayRead(Resource.EVENT, event.name()));
        long now = found.isEmpty() ? 0 : found.getLast().index();
        long left = deadline - System.nanoTime();
        if (index == 0 || now != index || left <= 0 || call.gone().toCompletableFuture().isDone()) {
            reply.complete(bodies.json(call, 200, found.stream().map(EventList::row).toList())
                    .with("X-Consul-Index", Long.toUnsignedString(now == 0 ? 1 : now)));
            return;
        }
        // A token may end while its request waits.
        events.next(seen, Duration.ofNanos(left), call.gone())
                .thenCompose(woken -> access.prepare(Tokens.secret(call)))
                .thenRun(() -> answer(call, index, wanted, deadline, reply))
                .exceptionally(failure -> {
                    reply.completeExceptionally(failure);
                    return null;
                });
    }

    private static Duration waitTime(ReadOptions options) {
        Duration asked = options.waitTime().isPositive() ? options.waitTime() : BlockingQueries.DEFAULT_WAIT;
        return asked.compareTo(BlockingQueries.MAX_WAIT) > 0 ? BlockingQueries.MAX_WAIT : asked;
    }

    static Map<String, Object> row(Event event) {
        return Bodies.object("ID", event.id(), "Name", event.name(),
                "Payload", event.payload().length == 0 ? null : event.payload(), "NodeFilter", event.nodeFilter(),
                "ServiceFilter", event.serviceFilter(), "TagFilter", event.tagFilter(), "Version", 1,
                "LTime", event.time());
    }
}
