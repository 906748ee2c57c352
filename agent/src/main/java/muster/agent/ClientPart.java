package muster.agent;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import muster.http.Dialect;
import muster.http.Handler;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.members.Membership;
import muster.registry.acl.AccessControl;
import muster.registry.acl.AccessSettings;
import muster.registry.acl.TokenCache;
import muster.registry.acl.TokenRights;
import muster.registry.agent.AgentApi;
import muster.registry.agent.AgentControls;
import muster.registry.agent.AgentLoop;
import muster.registry.agent.AgentSettings;
import muster.registry.agent.LocalAgent;
import muster.registry.agent.MemberTags;
import muster.registry.agent.RefusedException;
import muster.registry.agent.ServerStatus;
import muster.registry.agent.TokenStore;
import muster.registry.event.Events;
import muster.registry.http.Bodies;
import muster.registry.http.ConsulDialect;
import muster.registry.http.EventList;
import muster.registry.http.Tokens;
import muster.registry.remote.EventFeed;
import muster.registry.remote.RemoteCatalog;
import muster.registry.remote.RemoteRights;
import muster.registry.remote.ServerCalls;

/**
 * An agent of the registry without a state: it runs what is registered with it, keeps that in the servers' catalog, and passes
 * every other request on to a server. Its own endpoints look at rights as a server's do; what a token says is asked of a server.
 */
final class ClientPart implements Part {
    /** For how long a request waits for a server or a leader. */
    private static final Duration HOLD = Duration.ofSeconds(7);
    private static final long MAX_BODY = 500L << 20;

    private final AgentOptions options;
    private final AgentSettings settings;
    private final AccessControl access;
    private volatile RemoteRights servers;
    private final RegistryDoors doors;
    private final Watches watches = new Watches();
    private LocalAgent agent;
    private EventFeed feed;
    private AgentLoop loop;

    ClientPart(AgentOptions options, NodeIdentity identity, InstantSource clock) {
        this.options = options;
        doors = new RegistryDoors(options.registry());
        settings = RegistryPart.settings(options, options.registry().nodeId().orElse(identity.id())).withServerPort(0);
        AccessSettings rules = options.registry().access();
        TokenCache tokens = new TokenCache(rules.resolving(), options.datacenter(), rules.allowByDefault(), this::rights, clock);
        access = new AccessControl(rules, tokens, clock);
        access.use(new TokenStore(options.registry().access()).over(options.registry().access().tokens()));
    }

    String nodeId() {
        return settings.nodeId();
    }

    Map<String, String> memberTags() {
        return MemberTags.of(settings, access.isOn(), 0);
    }

    void start(Vertx vertx, InstantSource clock, RandomGenerator random, AgentControls controls, ClusterPart part) throws IOException, InterruptedException {
        Membership members = part.members();
        servers = new RemoteRights(members);
        ServerCalls calls = new ServerCalls(members, HOLD, () -> access.tokens().user());
        agent = new LocalAgent(settings, new RemoteCatalog(members, calls, access::tokens), clock, random);
        agent.restore();
        configure(options);
        loop = new AgentLoop(agent, clock, random);
        loop.start();
        Routes own = new Routes();
        new AgentApi(agent, () -> new ServerStatus(false, Optional.empty(), 0), controls, access, part.cluster()).addTo(own);
        Events events = new Events(settings.nodeName(), () -> agent.state().services().values());
        new EventList(events, access, new Bodies(settings.pretty())).addTo(own);
        feed = new EventFeed(members, events);
        feed.start();
        Routes routes = resolved(own);
        routes.get("/", call -> CompletableFuture.completedFuture(Reply.text(200, "Consul Agent")));
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/*path", MAX_BODY, call -> calls.forward(call).thenApply(reply -> reply));
        }
        RegistryOptions.Http http = options.registry().http();
        ApiGate gate = new ApiGate(http);
        Dialect dialect = gate.dialect(new ConsulDialect());
        Routes api = gate.guard(routes);
        doors.openSecure(vertx, host -> api, dialect);
        boolean wanted = options.ports().registry() >= 0;
        // The other parts of this process need it in any case; then nobody beyond this machine gets it.
        doors.openPlain(vertx, wanted ? options.registry().addresses().http() : "127.0.0.1", wanted ? options.ports().registry() : 0, host -> api, dialect);
        watches.follow(options.registry().definitions().watches(), "http://" + address());
    }

    private CompletionStage<Optional<TokenRights>> rights(String secret) {
        RemoteRights asked = servers;
        return asked == null ? CompletableFuture.failedFuture(new IllegalStateException("this agent is still being started")) : asked.apply(secret);
    }

    /** The same routes, each behind the question to a server what its caller's token says, where that is not known. */
    private Routes resolved(Routes routes) {
        Routes resolved = new Routes();
        for (Routes.Route route : routes.all()) {
            Handler inner = route.handler();
            resolved.add(route.method(), route.pattern(), route.maxBody(),
                    call -> access.prepare(Tokens.secret(call)).thenCompose(known -> inner.handle(call)));
        }
        return resolved;
    }

    private void configure(AgentOptions from) {
        RegistryOptions.Definitions definitions = from.registry().definitions();
        agent.configure(definitions.services().stream().map(RegistryOptions.Definition::tree).toList(),
                definitions.checks().stream().map(RegistryOptions.Definition::tree).toList());
    }

    /** As {@link RegistryPart#reload}. */
    void reload(AgentOptions next) {
        doors.renew(next.registry());
        AgentSettings before = agent.settings();
        access.use(new TokenStore(next.registry().access()).over(next.registry().access().tokens()));
        agent.reconfigure(RegistryPart.settings(next, settings.nodeId()).withServerPort(0));
        try {
            configure(next);
        } catch (RefusedException e) {
            agent.reconfigure(before);
            throw e;
        }
        watches.follow(next.registry().definitions().watches(), "http://" + address());
        loop.syncNow();
    }

    /** Takes this node out of the catalog. */
    void leave() throws InterruptedException {
        loop.close();
        agent.leave();
    }

    /** Where its API is reached from this machine. */
    String address() {
        return doors.reachable();
    }

    @Override
    public List<Listening> listening() {
        return doors.listening();
    }

    @Override
    public void close() {
        watches.close();
        if (feed != null) {
            feed.close();
        }
        doors.close();
        if (loop != null) {
            try {
                loop.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (agent != null) {
            agent.close();
        }
    }
}
