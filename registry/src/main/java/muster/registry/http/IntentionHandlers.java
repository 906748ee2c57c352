package muster.registry.http;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Access;
import muster.registry.acl.Caller;
import muster.registry.acl.Need;
import muster.registry.acl.Resource;
import muster.registry.http.Api.Headers;
import muster.registry.mesh.Intention;
import muster.registry.query.MeshReads;
import muster.registry.state.Command;
import muster.registry.state.Mesh;
import muster.wire.GoQuote;
import muster.wire.GoTime;
import muster.wire.Json;
import muster.wire.JsonException;
import muster.wire.Key;
import muster.wire.filter.Filter;
import muster.wire.filter.Shape;

/** Intentions. (Consul HTTP API: Connect, Intentions) */
final class IntentionHandlers {
    private static final Shape.Struct ROW = Shape.struct("ID", Shape.TEXT, "Description", Shape.TEXT, "SourceNS", Shape.TEXT,
            "SourceName", Shape.TEXT, "DestinationNS", Shape.TEXT, "DestinationName", Shape.TEXT, "SourceType", Shape.TEXT, "Action",
            Shape.TEXT, "DefaultAddr", Shape.TEXT, "DefaultPort", Shape.NUMBER, "Meta", Shape.TEXT_MAP, "Precedence", Shape.NUMBER);

    private final Api api;
    private final Supplier<UUID> ids;
    private final InstantSource clock;

    /** @param ids new ids of intentions; any thread may ask */
    IntentionHandlers(Api api, Supplier<UUID> ids, InstantSource clock) {
        this.api = api;
        this.ids = ids;
        this.clock = clock;
    }

    /** The body of an intention; what the server makes itself is taken and passed over. */
    record Body(
            @Key("ID") String id,
            String description,
            @Key("SourceNS") String sourceNs,
            String sourceName,
            @Key("DestinationNS") String destinationNs,
            String destinationName,
            String sourceType,
            String action,
            Object defaultAddr,
            Object defaultPort,
            Map<String, String> meta,
            List<Object> permissions,
            Object precedence,
            Object createdAt,
            Object updatedAt,
            Object hash,
            Object createIndex,
            Object modifyIndex) {
        Intention intention(String ownId, Instant now) {
            return new Intention(ownId, description, sourceName, destinationName, sourceType, action, meta, List.of(), now, now, 0, 0);
        }
    }

    CompletionStage<Reply> list(Call call) {
        Filter filter = Filter.of(call.query("filter"), ROW);
        return api.json(call, Need.TOKEN, new MeshReads.Intentions(), Headers.PLAIN, (sieve, all) -> filter.keep(sieve
                .keep(all, intention -> mayRead(sieve.caller(), intention)).stream().map(IntentionHandlers::row).toList()));
    }

    CompletionStage<Reply> create(Call call) {
        api.requireDatacenter(call);
        Body body = body(call);
        if (body.id() != null && !body.id().isEmpty()) {
            throw ApiException.refused("ID must be empty when creating a new intention");
        }
        Intention intention = body.intention(ids.get().toString(), clock.instant());
        api.require(call, writing(intention));
        requireValid(intention);
        return api.propose(call, Need.TOKEN, new Command.SetIntention(intention))
                .thenApply(done -> api.bodies.json(call, 200, Bodies.object("ID", intention.id())));
    }

    private static Body body(Call call) {
        try {
            return Json.read(Body.class, call.body(), Json.Unknown.REFUSE);
        } catch (JsonException e) {
            throw ApiException.refused("Failed to decode request body: " + Bodies.reason(e));
        }
    }

    private static void requireValid(Intention intention) {
        List<String> faults = intention.faults();
        if (!faults.isEmpty()) {
            StringBuilder text = new StringBuilder(faults.size() == 1 ? "1 error" : faults.size() + " errors");
            text.append(" occurred:\n");
            faults.forEach(fault -> text.append("\t* ").append(fault).append('\n'));
            throw ApiException.refused(text.append('\n').toString());
        }
    }

    private static Need writing(Intention intention) {
        return Need.of(Access.WRITE, Resource.INTENTION, intention.destination());
    }

    /** Either end's right to read will do. */
    private static boolean mayRead(Caller caller, Intention intention) {
        return caller.mayRead(Resource.INTENTION, intention.source()) || caller.mayRead(Resource.INTENTION, intention.destination());
    }

    CompletionStage<Reply> get(Call call) {
        Caller caller = reader(call);
        String id = call.parameter("id");
        if (id.length() != 36) {
            throw ApiException.badRequest("Bad request: " + lookupFailure());
        }
        return found(call, caller, api.registry().snapshot().mesh().intention(id));
    }

    private static String lookupFailure() {
        return "failed intention lookup: index error: UUID must be 36 characters";
    }

    /** Fails unless the request is for this datacenter, has a known token, and a leader to be answered by. */
    private Caller reader(Call call) {
        ReadOptions options = ReadOptions.of(call);
        api.requireDatacenter(call);
        api.requireLeader(options);
        return api.require(call, Need.TOKEN);
    }

    private CompletionStage<Reply> found(Call call, Caller caller, Optional<Intention> intention) {
        if (intention.isEmpty()) {
            return Api.now(Reply.text(404, "Intention not found"));
        }
        if (!mayRead(caller, intention.get())) {
            caller.require(Need.of(Access.READ, Resource.INTENTION, intention.get().destination()));
        }
        return Api.now(api.bodies.json(call, 200, row(intention.get())));
    }

    CompletionStage<Reply> update(Call call) {
        api.requireDatacenter(call);
        Body body = body(call);
        String id = call.parameter("id");
        Intention before = existing(id, "modify");
        Intention intention = body.intention(id, clock.instant());
        api.require(call, writing(before));
        api.require(call, writing(intention));
        requireValid(intention);
        return api.propose(call, Need.TOKEN, new Command.SetIntention(intention))
                .thenApply(done -> api.bodies.json(call, 200, Bodies.object("ID", id)));
    }

    CompletionStage<Reply> delete(Call call) {
        api.requireDatacenter(call);
        Intention before = existing(call.parameter("id"), "delete");
        return api.decide(call, writing(before), new Command.DeleteIntention(before.id()));
    }

    private Intention existing(String id, String verb) {
        if (id.length() != 36) {
            throw ApiException.refused("Intention lookup failed: " + lookupFailure());
        }
        return api.registry().snapshot().mesh().intentionsById().get(id).orElseThrow(
                () -> ApiException.refused("Cannot " + verb + " non-existent intention: '" + id + "'"));
    }

    /** What speaks of a source or a destination, the most particular first; null where nothing does. */
    CompletionStage<Reply> match(Call call) {
        boolean source = switch (call.query("by")) {
            case "source" -> true;
            case "destination" -> false;
            case "" -> throw ApiException.refused("required query parameter 'by' not set");
            default -> throw ApiException.refused("'by' parameter must be one of 'source' or 'destination'");
        };
        List<String> names = call.query().getOrDefault("name", List.of());
        if (names.isEmpty() || names.contains("")) {
            throw ApiException.refused("required query parameter 'name' not set");
        }
        Need need = Need.TOKEN;
        for (String name : names) {
            need = need.and(Access.READ, Resource.INTENTION, name);
        }
        ReadOptions options = ReadOptions.of(call);
        api.requireDatacenter(call);
        api.requireLeader(options);
        api.require(call, need);
        return api.registry().query(new MeshReads.Intentions(), options.index(), options.waitTime(), call.gone())
                .thenApply(answer -> {
                    Map<String, Object> matches = new LinkedHashMap<>();
                    for (String name : names) {
                        List<Object> found = new ArrayList<>();
                        answer.value().stream()
                                .filter(intention -> covers(source ? intention.source() : intention.destination(), name))
                                .forEach(intention -> found.add(row(intention)));
                        matches.put(name, found.isEmpty() ? null : found);
                    }
                    return api.bodies.json(call, 200, matches);
                });
    }

    private static boolean covers(String pattern, String name) {
        return pattern.equals(Intention.ANY) || pattern.equalsIgnoreCase(name);
    }

    CompletionStage<Reply> check(Call call) {
        String source = endpoint(call, "source", "source");
        String destination = endpoint(call, "destination", "destination");
        if (!List.of("", "consul").contains(call.query("source-type"))) {
            throw ApiException.refused("unsupported SourceType: " + GoQuote.quote(call.query("source-type")));
        }
        reader(call);
        api.require(call, Need.of(Access.READ, Resource.SERVICE, destination));
        return Api.now(api.bodies.json(call, 200, Bodies.object("Allowed", isAllowed(source, destination))));
    }

    private boolean isAllowed(String source, String destination) {
        return api.registry().snapshot().mesh().deciding(source, destination).map(Intention::isAllowed)
                .orElseGet(this::allowsByDefault);
    }

    /** What holds where no intention speaks: as access control's default policy. */
    private boolean allowsByDefault() {
        return !api.registry().access().isOn() || api.registry().access().settings().allowByDefault();
    }

    /** A service's name, which may have its namespace before it. */
    private static String endpoint(Call call, String parameter, String shown) {
        String value = call.query(parameter);
        if (value.isEmpty()) {
            throw ApiException.refused("required query parameter '" + shown + "' not set");
        }
        return value.startsWith("default/") ? value.substring("default/".length()) : value;
    }

    /** The endpoint by names, as of Consul 1.9: GET, PUT and DELETE. */
    CompletionStage<Reply> exact(Call call) {
        String source = endpoint(call, "source", "source");
        String destination = endpoint(call, "destination", "destination");
        Mesh mesh = api.registry().snapshot().mesh();
        Optional<Intention> present = mesh.intention(source, destination);
        return switch (call.method()) {
            case "GET" -> found(call, reader(call), present);
            case "PUT" -> setExact(call, source, destination, present);
            default -> {
                api.requireDatacenter(call);
                yield present.isEmpty() ? Api.now(api.bodies.json(call, 200, true))
                        : api.decide(call, writing(present.get()), new Command.DeleteIntention(present.get().id()));
            }
        };
    }

    private CompletionStage<Reply> setExact(Call call, String source, String destination, Optional<Intention> present) {
        api.requireDatacenter(call);
        Body body = body(call);
        Instant now = clock.instant();
        String id = present.map(Intention::id).filter(found -> !found.isEmpty()).orElseGet(() -> ids.get().toString());
        Intention intention = new Intention(id, body.description(), source, destination, body.sourceType(), body.action(),
                body.meta(), List.of(), now, now, 0, 0);
        api.require(call, writing(intention));
        requireValid(intention);
        return api.decide(call, Need.TOKEN, new Command.SetIntention(intention));
    }

    private static Map<String, Object> row(Intention intention) {
        Map<String, Object> row = Bodies.object("ID", intention.id(), "Description", intention.description(),
                "SourceNS", "default", "SourceName", intention.source(),
                "DestinationNS", "default", "DestinationName", intention.destination(),
                "SourceType", intention.sourceType(), "Action", intention.action(), "DefaultAddr", "", "DefaultPort", 0,
                "Meta", intention.meta());
        if (!intention.permissions().isEmpty()) {
            row.put("Permissions", intention.permissions());
        }
        row.put("Precedence", intention.precedence());
        row.put("CreatedAt", GoTime.rfc3339(intention.createdAt()));
        row.put("UpdatedAt", GoTime.rfc3339(intention.updatedAt()));
        row.put("Hash", intention.hash());
        row.put("CreateIndex", intention.createIndex());
        row.put("ModifyIndex", intention.modifyIndex());
        return row;
    }
}
