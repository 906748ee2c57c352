package muster.registry.http;

import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Access;
import muster.registry.acl.Caller;
import muster.registry.acl.Need;
import muster.registry.acl.Resource;
import muster.registry.acl.Sieve;
import muster.registry.http.Api.Headers;
import muster.registry.prepared.PreparedQuery;
import muster.registry.query.Nearness;
import muster.registry.query.PreparedReads;
import muster.registry.query.PreparedReads.Execution;
import muster.registry.state.Catalog;
import muster.registry.state.Command;
import muster.registry.state.Node;
import muster.registry.state.PreparedQueries.Resolved;
import muster.wire.GoQuote;
import muster.wire.Key;

/** Prepared queries. (Consul HTTP API: Prepared Queries) */
final class QueryHandlers {
    private static final String EXECUTE = "/execute";
    private static final String EXPLAIN = "/explain";
    /** How far behind the front of a sorted list a query's own node may be and is still put first. */
    private static final int OWN_NODE_SEARCH = 10;

    private final Api api;
    private final Supplier<UUID> ids;

    /** @param ids new ids of queries, and chance for the order of answers; any thread may ask */
    QueryHandlers(Api api, Supplier<UUID> ids) {
        this.api = api;
        this.ids = ids;
    }

    /** The body of a query. */
    record Body(
            @Key("ID") String id,
            String name,
            String session,
            String token,
            PreparedQuery.Template template,
            ServiceBody service,
            @Key("DNS") DnsBody dns,
            long createIndex,
            long modifyIndex) {
        PreparedQuery query(String ownId) {
            return new PreparedQuery(ownId, name, session, token, template, service == null ? null : service.query(),
                    dns == null ? "" : dns.ttl(), 0, 0);
        }
    }

    record ServiceBody(
            String service,
            PreparedQuery.Failover failover,
            boolean onlyPassing,
            @Key("IgnoreCheckIDs") List<String> ignoreCheckIds,
            String near,
            List<String> tags,
            Map<String, String> nodeMeta,
            Map<String, String> serviceMeta,
            boolean connect) {
        PreparedQuery.ServiceQuery query() {
            return new PreparedQuery.ServiceQuery(service, failover, onlyPassing, ignoreCheckIds, near, tags, nodeMeta,
                    serviceMeta, connect);
        }
    }

    record DnsBody(@Key("TTL") String ttl) {}

    CompletionStage<Reply> create(Call call) {
        api.requireDatacenter(call);
        Body body = Bodies.read(call, Body.class);
        if (body.id() != null && !body.id().isEmpty()) {
            throw ApiException.refused("ID must be empty when creating a new prepared query");
        }
        PreparedQuery query = body.query(ids.get().toString());
        api.require(call, writing(query));
        requireValid(query);
        return api.propose(call, Need.TOKEN, new Command.SetQuery(query))
                .thenApply(done -> api.bodies.json(call, 200, Bodies.object("ID", query.id())));
    }

    /** PUT below {@code query/}. */
    CompletionStage<Reply> update(Call call) {
        api.requireDatacenter(call);
        PreparedQuery query = Bodies.read(call, Body.class).query(call.parameter("id"));
        api.require(call, writing(query));
        api.require(call, writing(existing(query.id())));
        requireValid(query);
        return api.propose(call, Need.TOKEN, new Command.SetQuery(query)).thenApply(done -> Reply.empty(200));
    }

    CompletionStage<Reply> delete(Call call) {
        api.requireDatacenter(call);
        PreparedQuery query = existing(call.parameter("id"));
        return api.propose(call, writing(query), new Command.DeleteQuery(query.id())).thenApply(done -> Reply.empty(200));
    }

    private static Need writing(PreparedQuery query) {
        return query.accessPrefix().map(name -> Need.of(Access.WRITE, Resource.QUERY, name)).orElse(Need.TOKEN);
    }

    private static void requireValid(PreparedQuery query) {
        query.refusal().ifPresent(text -> {
            throw ApiException.refused("Invalid prepared query: " + text);
        });
    }

    private PreparedQuery existing(String id) {
        if (id.length() != 36) {
            throw ApiException.refused("Prepared Query lookup failed: " + lookupFailure());
        }
        return api.registry().snapshot().queries().get(id)
                .orElseThrow(() -> ApiException.refused("Cannot modify non-existent prepared query: '" + id + "'"));
    }

    private static String lookupFailure() {
        return "failed prepared query lookup: index error: UUID must be 36 characters";
    }

    CompletionStage<Reply> list(Call call) {
        return api.json(call, Need.TOKEN, new PreparedReads.All(), Headers.WITH_CONSISTENCY, (sieve, queries) -> sieve
                .keep(queries, query -> mayRead(sieve.caller(), query, false)).stream()
                .map(query -> row(shown(sieve.caller(), query)))
                .toList());
    }

    /** GET below {@code query/}: one query, or what its name's end says is to be done with it. */
    CompletionStage<Reply> get(Call call) {
        String rest = call.parameter("id");
        if (rest.endsWith(EXECUTE)) {
            return execute(call, rest.substring(0, rest.length() - EXECUTE.length()));
        }
        if (rest.endsWith(EXPLAIN)) {
            return explain(call, rest.substring(0, rest.length() - EXPLAIN.length()));
        }
        if (rest.length() != 36) {
            throw ApiException.refused(lookupFailure());
        }
        return api.read(call, Need.TOKEN, new PreparedReads.One(rest), Headers.WITH_CONSISTENCY, (sieve, found) -> found
                .map(query -> readable(sieve.caller(), query))
                .map(query -> api.bodies.json(call, 200, List.of(row(query))))
                .orElseGet(QueryHandlers::missing));
    }

    /** There is no such method below {@code query/}; the original's list of methods differs from its usual one. */
    static Reply wrongMethod(Call call) {
        String rest = call.parameter("id");
        boolean verb = rest.endsWith(EXECUTE) || rest.endsWith(EXPLAIN);
        return Reply.text(405, "method " + call.method() + " not allowed").with("Allow", verb ? "GET" : "GET,PUT,DELETE");
    }

    private static Reply.Full missing() {
        return Reply.text(404, "Query not found");
    }

    /** Fails unless the caller may read it; the token of a query is shown to those alone who may manage them. */
    private static PreparedQuery readable(Caller caller, PreparedQuery query) {
        if (!mayRead(caller, query, true)) {
            caller.require(Need.of(Access.READ, Resource.QUERY, query.name()));
        }
        return shown(caller, query);
    }

    /** @param byId who knows the id of a query without a name may read it */
    private static boolean mayRead(Caller caller, PreparedQuery query, boolean byId) {
        return caller.mayManage() || query.accessPrefix().map(name -> caller.mayRead(Resource.QUERY, name)).orElse(byId);
    }

    private static PreparedQuery shown(Caller caller, PreparedQuery query) {
        return caller.mayManage() ? query : query.withTokenHidden();
    }

    private CompletionStage<Reply> explain(Call call, String name) {
        return api.read(call, Need.TOKEN, new PreparedReads.Explained(name), Headers.WITH_CONSISTENCY, (sieve, resolved) ->
                switch (resolved) {
                    case Resolved.Missing absent -> missing();
                    case Resolved.Failed(String message) -> throw ApiException.refused(message);
                    case Resolved.Found(PreparedQuery query) -> api.bodies.json(call, 200,
                            withFreshness(Bodies.object("Query", row(readable(sieve.caller(), query)))));
                });
    }

    private CompletionStage<Reply> execute(Call call, String name) {
        int limit = limit(call.query("limit"));
        return api.read(call, Need.TOKEN, new PreparedReads.Executed(name, isOn(call, "connect")), Headers.WITH_CONSISTENCY,
                (sieve, execution) -> switch (execution) {
                    case Execution.Missing absent -> missing();
                    case Execution.Failed(String message) -> throw ApiException.refused(message);
                    case Execution.Found(PreparedQuery query, List<Catalog.Instance> instances) -> {
                        Sieve own = query.token().isEmpty() ? sieve
                                : Sieve.of(api.registry().access().caller(query.token()));
                        List<Catalog.Instance> ordered = ordered(call, query, own.instances(instances));
                        yield api.bodies.json(call, 200, withFreshness(Bodies.object("Service", query.service().service(),
                                "Nodes", ordered.stream().limit(limit > 0 ? limit : Long.MAX_VALUE).map(Rows::instance).toList(),
                                "DNS", Bodies.object("TTL", query.dnsTtl()),
                                "Datacenter", api.registry().datacenter(), "Failovers", 0)));
                    }
                });
    }

    private static int limit(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        if (!text.matches("[+-]?[0-9]{1,18}")) {
            throw ApiException.refused("Bad limit: strconv.Atoi: parsing " + GoQuote.quote(text) + ": invalid syntax");
        }
        return new BigInteger(text.startsWith("+") ? text.substring(1) : text).min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue();
    }

    private static boolean isOn(Call call, String name) {
        return call.has(name) && !List.of("0", "f", "F", "false", "FALSE", "False").contains(call.query(name));
    }

    /** By chance, or by distance where that is known; the node that is measured from comes first. */
    private List<Catalog.Instance> ordered(Call call, PreparedQuery query, List<Catalog.Instance> instances) {
        List<Catalog.Instance> shuffled = new ArrayList<>(instances);
        SplittableRandom random = new SplittableRandom(ids.get().getLeastSignificantBits());
        for (int i = shuffled.size() - 1; i > 0; i--) {
            shuffled.set(i, shuffled.set(random.nextInt(i + 1), shuffled.get(i)));
        }
        String near = source(call, call.query("near").isEmpty() ? query.service().near() : call.query("near"));
        if (near.isEmpty()) {
            return shuffled;
        }
        List<Catalog.Instance> sorted = new ArrayList<>(new Nearness(api.registry().snapshot().mesh(), near)
                .sorted(shuffled, instance -> instance.node().name()));
        for (int i = 0; i < Math.min(sorted.size(), OWN_NODE_SEARCH); i++) {
            if (sorted.get(i).node().name().equals(near)) {
                sorted.set(0, sorted.set(i, sorted.getFirst()));
                break;
            }
        }
        return sorted;
    }

    /** A node's name: itself, this agent's, or that of the node at the caller's address. */
    private String source(Call call, String near) {
        return switch (near) {
            case "_agent" -> api.node(call);
            case "_ip" -> address(call).flatMap(address -> api.registry().snapshot().catalog().nodes().all().stream()
                    .filter(node -> node.address().equals(address)).map(Node::name).findFirst()).orElse("");
            default -> near;
        };
    }

    private static Optional<String> address(Call call) {
        String forwarded = call.header("X-Forwarded-For");
        if (!forwarded.isEmpty()) {
            return Optional.of(forwarded.split(",", 2)[0].trim());
        }
        return call.remote() instanceof InetSocketAddress internet && internet.getAddress() != null
                ? Optional.of(internet.getAddress().getHostAddress())
                : Optional.empty();
    }

    /** These answers tell in their bodies too how current they are. */
    private Map<String, Object> withFreshness(Map<String, Object> body) {
        body.put("Index", 0);
        body.put("LastContact", 0);
        body.put("KnownLeader", api.registry().leader().isPresent());
        body.put("ConsistencyLevel", "leader");
        return body;
    }

    private static Map<String, Object> row(PreparedQuery query) {
        PreparedQuery.ServiceQuery service = query.service();
        Map<String, Object> asked = new LinkedHashMap<>();
        asked.put("Service", service.service());
        asked.put("Failover", Bodies.object("NearestN", service.failover().nearestN(),
                "Datacenters", Rows.nullIfEmpty(service.failover().datacenters())));
        asked.put("OnlyPassing", service.onlyPassing());
        asked.put("IgnoreCheckIDs", Rows.nullIfEmpty(service.ignoreCheckIds()));
        asked.put("Near", service.near());
        asked.put("Tags", Rows.nullIfEmpty(service.tags()));
        asked.put("NodeMeta", Rows.nullIfEmpty(service.nodeMeta()));
        asked.put("ServiceMeta", Rows.nullIfEmpty(service.serviceMeta()));
        asked.put("Connect", service.connect());
        return Bodies.object("ID", query.id(), "Name", query.name(), "Session", query.session(), "Token", query.token(),
                "Template", Bodies.object("Type", query.template().type(), "Regexp", query.template().regexp(),
                        "RemoveEmptyTags", query.template().removeEmptyTags()),
                "Service", asked, "DNS", Bodies.object("TTL", query.dnsTtl()),
                "CreateIndex", query.createIndex(), "ModifyIndex", query.modifyIndex());
    }
}
