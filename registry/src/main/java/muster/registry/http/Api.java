package muster.registry.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import muster.http.Call;
import muster.http.Reply;
import muster.raft.NotLeaderException;
import muster.raft.ReadMode;
import muster.registry.Registry;
import muster.registry.acl.Caller;
import muster.registry.acl.Need;
import muster.registry.acl.Sieve;
import muster.raft.members.Cluster;
import muster.registry.query.Answer;
import muster.registry.query.Nearness;
import muster.registry.query.StateQuery;
import muster.registry.state.Command;
import muster.registry.state.Result;

/**
 * What all handlers of the API share: the checks on a request, reads with their headers, commands with their refusals.
 * Any thread may call.
 */
final class Api {
    /** The agent that passes a request on names its node in this header. */
    static final String AGENT_HEADER = "x-muster-agent";
    private static final int MAX_SEEN = 4096;
    private static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

    final ApiSettings settings;
    final Cluster cluster;
    final Bodies bodies;
    private final SharedBodies shared = new SharedBodies();
    private final Registry registry;
    private final Map<String, Boolean> seen = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_SEEN;
        }
    };

    Api(Registry registry, ApiSettings settings, Cluster cluster) {
        this.registry = registry;
        this.cluster = cluster;
        this.settings = settings;
        this.bodies = new Bodies(settings.alwaysPretty());
    }

    Registry registry() {
        return registry;
    }

    /** Whether an answer says with which consistency it was given: catalog, health and queries do. */
    enum Headers {
        PLAIN, WITH_CONSISTENCY
    }

    /** Fails unless the request is for this datacenter. */
    void requireDatacenter(Call call) {
        requireDatacenter(call.query("dc"));
    }

    void requireDatacenter(String name) {
        if (!name.isEmpty() && !name.equals(registry.datacenter())) {
            throw ApiException.refused("No path to datacenter");
        }
    }

    /** A part of the path that must not be empty; the text is for a 400. */
    static String required(Call call, String parameter, String text) {
        String value = call.parameter(parameter);
        if (value.isEmpty()) {
            throw ApiException.badRequest(text);
        }
        return value;
    }

    /** The request's caller, once it may do what is needed; fails with a {@link muster.registry.acl.DeniedException}. */
    Caller require(Call call, Need need) {
        return registry.access().isOn() ? registry.access().require(Tokens.secret(call), need) : Caller.UNRESTRICTED;
    }

    /** How the request wants its rows sorted: by the distance from a node, this agent's under its own word. */
    Nearness nearness(Call call) {
        String near = call.query("near");
        return new Nearness(registry.snapshot().mesh(), near.equals("_agent") ? node(call) : near);
    }

    /** The node of the agent that was asked: this one's, or that of the agent that passed the request on. */
    String node(Call call) {
        String agent = call.header(AGENT_HEADER);
        return agent.isEmpty() ? settings.nodeName() : agent;
    }

    /** A read whose answer is JSON; the sieve leaves out rows that the caller may not read. */
    <T> CompletionStage<Reply> json(
            Call call, Need need, StateQuery<T> query, Headers headers, BiFunction<Sieve, T, Object> body) {
        return answer(call, need, query, headers, (sieve, answer) -> {
            boolean shared = sieve.caller() == Caller.UNRESTRICTED && registry.holds(query);
            return shared
                    ? this.shared.of(call, query, answer, () -> bodies.json(call, 200, body.apply(sieve, answer.value())))
                    : bodies.json(call, 200, body.apply(sieve, answer.value()));
        });
    }

    /** A read: waits as the request says and adds the headers that tell how current and how complete the answer is. */
    <T> CompletionStage<Reply> read(
            Call call, Need need, StateQuery<T> query, Headers headers, BiFunction<Sieve, T, Reply.Full> body) {
        return answer(call, need, query, headers, (sieve, answer) -> body.apply(sieve, answer.value()));
    }

    private <T> CompletionStage<Reply> answer(
            Call call, Need need, StateQuery<T> query, Headers headers, BiFunction<Sieve, Answer<T>, Reply.Full> body) {
        ReadOptions asked = ReadOptions.of(call);
        // Any server's answer may be old, but none may be empty because that server has just been started.
        ReadOptions options = asked.consistency() == ReadOptions.Consistency.STALE && registry.isUnsettled() ? asked.byLeader() : asked;
        requireDatacenter(call);
        requireLeader(options);
        require(call, need);
        CompletableFuture<Void> current = current(options);
        CompletableFuture<Answer<T>> answer = current.isDone() && !current.isCompletedExceptionally()
                ? registry.query(query, options.index(), options.waitTime(), call.gone())
                : current.thenCompose(now -> registry.query(query, options.index(), options.waitTime(), call.gone()));
        return answer.thenApply(found -> {
            requireLeader(options); // it may have been lost while the query waited
            Sieve sieve = Sieve.of(require(call, need)); // rights may have been lost too
            Reply.Full reply = body.apply(sieve, found);
            Map<String, String> all = new LinkedHashMap<>(reply.headers());
            putIndex(all, found.index(), options);
            if (sieve.leftOut() && !sieve.caller().isAnonymous()) {
                // Not to those without a token: for them it would be a way to find out what there is.
                all.put("X-Consul-Results-Filtered-By-ACLs", "true");
            }
            if (registry.access().isOn()) {
                all.put("X-Consul-Default-ACL-Policy", registry.access().settings().allowByDefault() ? "allow" : "deny");
            }
            if (headers == Headers.WITH_CONSISTENCY) {
                all.put("X-Consul-Effective-Consistency", options.consistency().toString());
            }
            Reply.Full whole = reply.withHeaders(all);
            return options.cached() ? cached(call, whole) : whole;
        });
    }

    /** Completes when the state is as new as the request wants it; any server's is new enough for a stale read. */
    private CompletableFuture<Void> current(ReadOptions options) {
        return switch (options.consistency()) {
            case STALE -> NOW;
            case LEADER -> registry.current(ReadMode.LEASE);
            case CONSISTENT -> registry.current(ReadMode.QUORUM);
        };
    }

    private void putIndex(Map<String, String> headers, long index, ReadOptions options) {
        headers.put("X-Consul-Index", Long.toUnsignedString(index));
        boolean stale = options.consistency() == ReadOptions.Consistency.STALE;
        putCurrency(headers, stale ? registry.lastContact().map(Duration::toMillis).orElse(0L) : 0);
    }

    private void putCurrency(Map<String, String> headers, long lastContactMillis) {
        headers.put("X-Consul-KnownLeader", String.valueOf(registry.hasLeader()));
        headers.put("X-Consul-LastContact", Long.toString(lastContactMillis));
    }

    /** The headers of a read, for an answer that is current. */
    Reply.Full withIndex(Reply.Full reply, long index) {
        Map<String, String> headers = new LinkedHashMap<>(reply.headers());
        headers.put("X-Consul-Index", Long.toUnsignedString(index));
        putCurrency(headers, 0);
        return reply.withHeaders(headers);
    }

    /** As {@link #withIndex} for answers without an index. */
    Reply.Full current(Reply.Full reply) {
        Map<String, String> headers = new LinkedHashMap<>(reply.headers());
        putCurrency(headers, 0);
        return reply.withHeaders(headers);
    }

    /** Our answers are always current; the headers tell a client what it asked the cache for, as if it were one. */
    private Reply.Full cached(Call call, Reply.Full reply) {
        boolean hit;
        synchronized (seen) {
            hit = seen.put(call.path(), true) != null;
        }
        return hit ? reply.with("X-Cache", "HIT").with("Age", "0") : reply.with("X-Cache", "MISS");
    }

    /** Fails with Consul's text when the cluster has no leader, unless any server's answer will do. */
    void requireLeader(ReadOptions options) {
        if (options.consistency() != ReadOptions.Consistency.STALE) {
            requireLeader();
        }
    }

    /** Fails with Consul's text when the cluster has no leader. */
    void requireLeader() {
        if (!registry.hasLeader()) {
            throw new NotLeaderException("No cluster leader", registry.leader());
        }
    }

    /** Proposes a command of a caller who may do what is needed; a refusal becomes a 500 with its text. */
    CompletionStage<Result> propose(Call call, Need need, Command command) {
        require(call, need);
        return registry.propose(command).thenApply(applied -> {
            if (applied.result() instanceof Result.Refused(String message)) {
                throw ApiException.refused(message);
            }
            return applied.result();
        });
    }

    /** Proposes a command and answers {@code true}, or whether its condition held. */
    CompletionStage<Reply> decide(Call call, Need need, Command command) {
        return propose(call, need, command).thenApply(result ->
                bodies.json(call, 200, result instanceof Result.Decided(boolean held) ? held : true));
    }

    /** An answer that is there. */
    static CompletionStage<Reply> now(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
