package muster.registry.http;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Access;
import muster.registry.acl.Need;
import muster.registry.acl.Resource;
import muster.registry.event.Event;
import muster.registry.event.Events;

/** Fires user events at a server. (Consul HTTP API: Events) */
final class EventHandlers {
    /** Name, payload and filters together; larger ones are refused. */
    private static final int MAX_BYTES = 512;

    private final Api api;
    private final Events events;
    private final Supplier<UUID> ids;

    EventHandlers(Api api, Events events, Supplier<UUID> ids) {
        this.api = api;
        this.events = events;
        this.ids = ids;
    }

    CompletionStage<Reply> fire(Call call) {
        api.requireDatacenter(call);
        String name = Api.required(call, "name", "Missing name");
        if (call.query("service").isEmpty() && !call.query("tag").isEmpty()) {
            throw ApiException.refused("Cannot provide tag filter without service filter");
        }
        Event event = new Event(ids.get().toString(), name, call.body(), call.query("node"), call.query("service"), call.query("tag"), 0);
        if (event.size() > MAX_BYTES) {
            throw ApiException.refused("user event exceeds configured limit of " + MAX_BYTES + " bytes before encoding");
        }
        api.require(call, Need.of(Access.WRITE, Resource.EVENT, name));
        require("node", event.nodeFilter());
        require("service", event.serviceFilter());
        require("tag", event.tagFilter());
        events.fire(event);
        return Api.now(api.bodies.json(call, 200, EventList.row(event)));
    }

    private static void require(String what, String regex) {
        try {
            Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw ApiException.refused("Invalid " + what + " filter: " + e.getMessage());
        }
    }
}
