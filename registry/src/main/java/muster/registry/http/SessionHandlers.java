package muster.registry.http;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Access;
import muster.registry.acl.Need;
import muster.registry.acl.Resource;
import muster.registry.http.Api.Headers;
import muster.registry.query.Reads;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Session;
import muster.wire.GoDuration;
import muster.wire.Json;
import muster.wire.Key;

/** Sessions. (Consul HTTP API: Sessions) */
final class SessionHandlers {
    private static final Duration DEFAULT_LOCK_DELAY = Duration.ofSeconds(15);
    private static final Duration MAX_TTL = Duration.ofHours(24);
    /** A LockDelay below this is meant in seconds, above it in nanoseconds. */
    private static final long SECONDS_BELOW = 1000;

    private final Api api;
    private final Supplier<UUID> ids;

    /** @param ids new session ids; any thread may ask */
    SessionHandlers(Api api, Supplier<UUID> ids) {
        this.api = api;
        this.ids = ids;
    }

    /** The body of session/create. */
    record Create(
            String node,
            String name,
            Object lockDelay,
            String behavior,
            @Key("TTL") String ttl,
            List<String> nodeChecks,
            List<ServiceCheck> serviceChecks,
            List<String> checks) {}

    /** A service's check in it. */
    record ServiceCheck(@Key("ID") String id, String namespace) {}

    CompletionStage<Reply> create(Call call) {
        api.requireDatacenter(call);
        byte[] body = call.body().length == 0 ? new byte[] {'{', '}'} : call.body();
        Create create = Bodies.read(body, Create.class, Json.Unknown.IGNORE);
        Session session = session(call, create);
        return api.propose(call, toWrite(session), new Command.CreateSession(session))
                .thenApply(done -> api.bodies.json(call, 200, Bodies.object("ID", session.id())));
    }

    private static Need toWrite(Session session) {
        return Need.of(Access.WRITE, Resource.SESSION, session.node());
    }

    private Session session(Call call, Create create) {
        List<String> nodeChecks = create.nodeChecks() != null
                ? create.nodeChecks()
                : create.checks() != null ? create.checks() : List.of(Check.SERF_HEALTH);
        Duration lockDelay = lockDelay(create.lockDelay());
        return new Session(
                ids.get().toString(),
                create.name(),
                create.node() == null || create.node().isEmpty() ? api.node(call) : create.node(),
                lockDelay,
                behavior(create.behavior()),
                ttl(create.ttl()),
                nodeChecks,
                create.serviceChecks() == null ? List.of() : create.serviceChecks().stream().filter(Objects::nonNull)
                        .map(check -> new Session.ServiceCheck(check.id(), check.namespace())).toList(),
                0, 0);
    }

    private static Duration lockDelay(Object given) {
        return switch (given) {
            case null -> DEFAULT_LOCK_DELAY;
            case String text -> {
                try {
                    yield GoDuration.parse(text);
                } catch (IllegalArgumentException e) {
                    throw ApiException.badRequest("Request decode failed: " + e.getMessage());
                }
            }
            case Long number -> number < SECONDS_BELOW ? Duration.ofSeconds(number) : Duration.ofNanos(number);
            case Double number -> number < SECONDS_BELOW
                    ? Duration.ofNanos((long) (number * 1e9))
                    : Duration.ofNanos(number.longValue());
            case BigInteger huge -> throw ApiException.badRequest("Request decode failed: LockDelay " + huge
                    + " is out of range");
            default -> throw ApiException.badRequest("Request decode failed: LockDelay has to be a duration or a number");
        };
    }

    private static Session.Behavior behavior(String word) {
        return switch (word == null ? "" : word) {
            case "", "release" -> Session.Behavior.RELEASE;
            case "delete" -> Session.Behavior.DELETE;
            default -> throw ApiException.refused("Invalid Behavior setting '" + word + "'");
        };
    }

    private String ttl(String text) {
        if (text == null || text.isEmpty()) {
            return "";
        }
        Duration ttl;
        try {
            ttl = GoDuration.parse(text);
        } catch (IllegalArgumentException e) {
            throw ApiException.refused("Session TTL '" + text + "' invalid: " + e.getMessage());
        }
        Duration least = api.settings.minSessionTtl();
        if (!ttl.isZero() && (ttl.compareTo(least) < 0 || ttl.compareTo(MAX_TTL) > 0)) {
            throw ApiException.refused("Invalid Session TTL '" + ttl.toNanos() + "', must be between ["
                    + GoDuration.format(least) + "=" + GoDuration.format(MAX_TTL) + "]");
        }
        return text;
    }

    CompletionStage<Reply> destroy(Call call) {
        api.requireDatacenter(call);
        String id = requireUuid(Api.required(call, "id", "Missing session"));
        Need need = api.registry().snapshot().sessions().get(id).map(SessionHandlers::toWrite).orElse(Need.TOKEN);
        return api.decide(call, need, new Command.EndSession(id));
    }

    CompletionStage<Reply> renew(Call call) {
        api.requireDatacenter(call);
        String id = requireUuid(Api.required(call, "id", "Missing session"));
        api.requireLeader();
        Optional<Session> session = api.registry().snapshot().sessions().get(id);
        api.require(call, session.map(SessionHandlers::toWrite).orElse(Need.TOKEN));
        if (session.isEmpty()) {
            return Api.now(Reply.text(404, "Session id '" + id + "' not found"));
        }
        return api.registry().renew(session.get())
                .thenApply(done -> api.bodies.json(call, 200, List.of(Rows.session(session.get()))));
    }

    CompletionStage<Reply> info(Call call) {
        String id = requireUuid(Api.required(call, "id", "Missing session"));
        return api.json(call, Need.TOKEN, new Reads.OneSession(id), Headers.PLAIN,
                (sieve, session) -> sieve.sessions(session.stream().toList()).stream().map(Rows::session).toList());
    }

    CompletionStage<Reply> ofNode(Call call) {
        String node = Api.required(call, "node", "Missing node name");
        return api.json(call, Need.TOKEN, new Reads.SessionsOfNode(node), Headers.PLAIN,
                (sieve, sessions) -> sieve.sessions(sessions).stream().map(Rows::session).toList());
    }

    CompletionStage<Reply> list(Call call) {
        return api.json(call, Need.TOKEN, new Reads.AllSessions(), Headers.PLAIN,
                (sieve, sessions) -> sieve.sessions(sessions).stream().map(Rows::session).toList());
    }

    /** Ids of another length than a UUID's are refused as the original does. */
    static String requireUuid(String id) {
        if (id.length() != 36) {
            throw ApiException.refused("failed session lookup: index error: UUID must be 36 characters");
        }
        return id;
    }
}
