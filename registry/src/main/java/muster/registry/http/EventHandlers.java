package muster.registry.http;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Access;
import muster.registry.acl.Need;
import muster.registry.acl.Resource;
import muster.registry.acl.Sieve;
import muster.registry.http.EventLog.Event;
import muster.registry.query.BlockingQueries;
import muster.registry.state.Service;

/** User events. (Consul HTTP API: Events) */
final class EventHandlers {
    /** Name and payload together; larger ones are refused. */
    private static final int MAX_BYTES = 512;

    private final Api api;
    private final Supplier<UUID> ids;
    private final EventLog events = new EventLog();

    EventHandlers(Api api, Supplier<UUID> ids) {
        this.api = api;
        this.ids = ids;
    }

    CompletionStage<Reply> fire(Call call) {
        api.requireDatacenter(call);
        String name = Api.required(call, "name", "Missing name");
        if (call.query("service").isEmpty() && !call.query("tag").isEmpty()) {
            throw ApiException.refused("Cannot provide tag filter without service filter");
        }
        if (name.length() + call.body().length > MAX_BYTES) {
            throw ApiException.refused("user event exceeds configured limit of " + MAX_BYTES + " bytes before encoding");
        }
        api.require(call, Need.of(Access.WRITE, Resource.EVENT, name));
        Event event = new Event(ids.get(), name, call.body(), call.query("node"), call.query("service"),
                call.query("tag"), 0);
        Predicate<String> node = matcher("node", event.nodeFilter());
        Predicate<String> service = matcher("service", event.serviceFilter());
        Predicate<String> tag = matcher("tag", event.tagFilter());
        if (node.test(api.settings.nodeName()) && (event.serviceFilter().isEmpty() || anyOfNode(service, tag))) {
            events.add(event);
        }
        return Api.now(api.bodies.json(call, 200, row(event)));
    }

    private static Predicate<String> matcher(String what, String regex) {
        if (regex.isEmpty()) {
            return text -> true;
        }
        try {
            Pattern pattern = Pattern.compile(regex);
            return text -> pattern.matcher(text).find();
        } catch (PatternSyntaxException e) {
            throw ApiException.refused("Invalid " + what + " filter: " + e.getMessage());
        }
    }

    private boolean anyOfNode(Predicate<String> name, Predicate<String> tag) {
        for (Service service : api.registry().snapshot().catalog().servicesOf(api.settings.nodeName())) {
            boolean tagged = service.tags().isEmpty() ? tag.test("") : service.tags().stream().anyMatch(tag);
            if (tagged && name.test(service.name())) {
                return true;
            }
        }
        return false;
    }

    /** An index that is that of the newest wanted event waits for the next one. */
    CompletionStage<Reply> list(Call call) {
        ReadOptions options = ReadOptions.of(call);
        String name = call.query("name");
        Predicate<Event> wanted = event -> name.isEmpty() || event.name().equals(name);
        api.require(call, Need.TOKEN);
        long deadline = System.nanoTime() + waitTime(options).toNanos();
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        answer(call, options.index(), wanted, deadline, reply);
        return reply;
    }

    private void answer(Call call, long index, Predicate<Event> wanted, long deadline, CompletableFuture<Reply> reply) {
        long seen = events.time();
        Sieve sieve = Sieve.of(api.require(call, Need.TOKEN));
        List<Event> found = sieve.keep(events.list(wanted), event -> sieve.caller().mayRead(Resource.EVENT, event.name()));
        long now = found.isEmpty() ? 0 : EventLog.index(found.getLast().id());
        long left = deadline - System.nanoTime();
        if (index == 0 || now != index || left <= 0 || call.gone().toCompletableFuture().isDone()) {
            reply.complete(api.withIndex(api.bodies.json(call, 200, found.stream().map(EventHandlers::row).toList()),
                    now == 0 ? 1 : now));
            return;
        }
        events.next(seen, Duration.ofNanos(left), call.gone())
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

    private static Map<String, Object> row(Event event) {
        return Bodies.object("ID", event.id().toString(), "Name", event.name(),
                "Payload", event.payload().length == 0 ? null : event.payload(), "NodeFilter", event.nodeFilter(),
                "ServiceFilter", event.serviceFilter(), "TagFilter", event.tagFilter(), "Version", 1,
                "LTime", event.time());
    }
}
