package muster.agent;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import muster.http.Dialect;
import muster.http.HttpListener;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.members.Membership;
import muster.registry.acl.AccessControl;
import muster.registry.acl.AccessSettings;
import muster.registry.agent.AgentApi;
import muster.registry.agent.AgentControls;
import muster.registry.agent.AgentLoop;
import muster.registry.agent.AgentSettings;
import muster.registry.agent.LocalAgent;
import muster.registry.agent.MemberTags;
import muster.registry.agent.RefusedException;
import muster.registry.agent.ServerStatus;
import muster.registry.agent.TokenStore;
import muster.registry.http.ConsulDialect;
import muster.registry.remote.RemoteCatalog;
import muster.registry.remote.ServerCalls;
import muster.registry.state.Acl;

/**
 * An agent of the registry without a state: it runs what is registered with it, keeps that in the servers' catalog, and passes
 * every other request on to a server.
 */
final class ClientPart implements Part {
    /** For how long a request waits for a server or a leader. */
    private static final Duration HOLD = Duration.ofSeconds(7);
    private static final long MAX_BODY = 500L << 20;

    private final AgentOptions options;
    private final AgentSettings settings;
    private final AccessControl access;
    private final Watches watches = new Watches();
    private LocalAgent agent;
    private AgentLoop loop;
    private HttpListener listener;

    ClientPart(AgentOptions options, NodeIdentity identity, InstantSource clock) {
        this.options = options;
        settings = RegistryPart.settings(options, options.registry().nodeId().orElse(identity.id())).withServerPort(0);
        // Rights are looked at by the servers; here are only the tokens that this agent works with.
        access = new AccessControl(AccessSettings.OFF, options.datacenter(), () -> Acl.EMPTY, clock);
        access.use(new TokenStore(options.registry().access()).over(options.registry().access().tokens()));
    }

    String nodeId() {
        return settings.nodeId();
    }

    Map<String, String> memberTags() {
        return MemberTags.of(settings, false, 0);
    }

    void start(Vertx vertx, InstantSource clock, RandomGenerator random, AgentControls controls, ClusterPart part) throws IOException, InterruptedException {
        Membership members = part.members();
        ServerCalls calls = new ServerCalls(members, HOLD, () -> access.tokens().user());
        agent = new LocalAgent(settings, new RemoteCatalog(members, calls, () -> access.tokens().ownWork()), clock, random);
        agent.restore();
        configure(options);
        loop = new AgentLoop(agent, clock, random);
        loop.start();
        Routes routes = new Routes();
        new AgentApi(agent, () -> new ServerStatus(false, Optional.empty(), 0), controls, access, part.cluster())
                .addTo(routes);
        routes.get("/", call -> CompletableFuture.completedFuture(Reply.text(200, "Consul Agent")));
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/*path", MAX_BODY, call -> calls.forward(call).thenApply(reply -> reply));
        }
        RegistryOptions.Http http = options.registry().http();
        ApiGate gate = new ApiGate(http);
        Dialect dialect = gate.dialect(new ConsulDialect());
        listener = HttpListener.start(vertx, new HttpListener.Listen(options.registry().addresses().http(), Math.max(options.ports().registry(), 0), 2,
                http.connectionsPerClient()), gate.guard(routes), dialect);
        watches.follow(options.registry().definitions().watches(), "http://" + address());
    }

    private void configure(AgentOptions from) {
        RegistryOptions.Definitions definitions = from.registry().definitions();
        agent.configure(definitions.services().stream().map(RegistryOptions.Definition::tree).toList(),
                definitions.checks().stream().map(RegistryOptions.Definition::tree).toList());
    }

    /** As {@link RegistryPart#reload}. */
    void reload(AgentOptions next) {
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
        return Suite.hostPort(Suite.reachable(options.registry().addresses().http()), listener.port());
    }

    @Override
    public List<Listening> listening() {
        return List.of(new Listening("registry (HTTP)", "http://" + Suite.hostPort(options.registry().addresses().http(), listener.port())));
    }

    @Override
    public void close() {
        watches.close();
        if (listener != null) {
            listener.close();
        }
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
