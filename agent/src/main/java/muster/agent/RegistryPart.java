package muster.agent;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import muster.http.Dialect;
import muster.http.Dispatcher;
import muster.http.Routes;
import muster.raft.LogGroup;
import muster.raft.RatisLogGroup;
import muster.raft.members.Cluster;
import muster.raft.members.Membership;
import muster.raft.members.Quorum;
import muster.registry.Registry;
import muster.registry.agent.AgentApi;
import muster.registry.agent.AgentControls;
import muster.registry.agent.AgentLoop;
import muster.registry.agent.AgentSettings;
import muster.registry.agent.LocalAgent;
import muster.registry.agent.MemberTags;
import muster.registry.agent.RefusedException;
import muster.registry.agent.ServerStatus;
import muster.registry.agent.TokenStore;
import muster.registry.cluster.MemberDuties;
import muster.registry.cluster.ServerQuestions;
import muster.registry.event.Events;
import muster.registry.http.ApiSettings;
import muster.registry.http.ConsulDialect;
import muster.registry.http.ConsulRoutes;
import muster.registry.local.LocalRegistryClient;
import muster.registry.local.ServerCatalog;
import muster.registry.remote.AgentQuestions;
import muster.registry.remote.EventFeed;
import muster.registry.state.Autopilot;
import muster.registry.state.Command;
import muster.registry.state.State;
import muster.ui.Apis;
import muster.ui.Pages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The registry: its state in the log, the local agent, the HTTP API. */
final class RegistryPart implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryPart.class);
    private static final long READY_SECONDS = 10;
    static final String VERSION = "1.8.7";

    private final AgentOptions options;
    private final Registry registry;
    private final RegistryDoors doors;
    private final LocalAgent agent;
    private final LocalRegistryClient client;
    private final Optional<LocalRegistryClient> own;
    private AgentSettings settings;
    private final Watches watches = new Watches();
    private Optional<EntryBeginning> beginning = Optional.empty();
    private Optional<EventFeed> feed = Optional.empty();
    private AgentLoop loop;

    /** Attaches to a log that has not started. */
    RegistryPart(AgentOptions options, NodeIdentity identity, LogGroup log, InstantSource clock, RandomGenerator random) {
        this.options = options;
        doors = new RegistryDoors(options.registry());
        registry = new Registry(options.datacenter(), log, clock, random, options.registry().access());
        TokenStore kept = new TokenStore(options.registry().access());
        registry.access().use(kept.over(options.registry().access().tokens()));
        settings = settings(options, options.registry().nodeId().orElse(identity.id()));
        agent = new LocalAgent(settings, new ServerCatalog(registry), clock, random);
        client = new LocalRegistryClient(registry, agent, clock);
        own = Optional.of(options.upstream().token()).filter(token -> !token.isEmpty())
                .map(token -> new LocalRegistryClient(registry, agent, clock, token));
    }

    String nodeId() {
        return settings.nodeId();
    }

    /** What other agents are told of this one; with the port that the log got. */
    Map<String, String> memberTags(LogGroup log) {
        settings = settings.withServerPort(serverPort(log));
        agent.reconfigure(settings);
        return MemberTags.of(settings, registry.access().isOn(), options.cluster().expect());
    }

    private int serverPort(LogGroup log) {
        return log instanceof RatisLogGroup group && options.cluster().role() == ClusterOptions.Role.SERVER
                ? Integer.parseInt(group.self().address().substring(group.self().address().lastIndexOf(':') + 1))
                : settings.serverPort();
    }

    /** By which the servers of the log are kept. */
    Quorum.Rules serverRules() {
        Autopilot rules = registry.snapshot().autopilot();
        return new Quorum.Rules(rules.cleanupDeadServers(), rules.minQuorum(), rules.serverStabilizationTime());
    }

    /** The configuration's rules for servers, where none were ever set. (Consul agent configuration: autopilot) */
    private List<Command> firstRules(State state) {
        return options.registry().autopilot().filter(rules -> state.autopilot().modifyIndex() == 0)
                .<Command>map(rules -> new Command.SetAutopilot(rules, Optional.of(0L))).stream().toList();
    }

    /** What this server does for the others, and the others as its API shows them. */
    private Cluster among(ClusterPart part) {
        Membership members = part.members();
        Cluster cluster = part.cluster();
        MemberDuties duties = new MemberDuties();
        registry.onDuty((state, now) -> Stream.concat(firstRules(state).stream(),
                duties.due(options.node(), members.members(), state.catalog(), now).stream()).toList());
        new ServerQuestions(registry, members, cluster).answer();
        return cluster;
    }

    /** Starts what the log's start does not: the agent's sync and the API. */
    void start(Vertx vertx, InstantSource clock, RandomGenerator random, AgentControls controls, Apis pages, Optional<ClusterPart> others)
            throws IOException, InterruptedException {
        if (others.isEmpty() || options.cluster().expect() == 1) {
            // Several servers may have to wait for each other long; one is ready before it says so.
            awaitReady();
        }
        agent.restore();
        configure(options.registry().definitions());
        loop = new AgentLoop(agent, clock, random);
        loop.start();
        // An archive knows this agent as it was; what it is comes back at once, not with the next full comparison.
        registry.onRestore(loop::syncNow);
        Routes routes = new Routes();
        RegistryOptions.Http http = options.registry().http();
        ApiSettings facts = new ApiSettings(options.node(), settings.nodeId(), options.advertise() + ":" + settings.serverPort(), VERSION, clock.instant(),
                        options.dev(), http.ui(), options.registry().mesh().connect(), http.limits().valueBytes(), http.limits().transactionBytes(), http.limits().sessionTtlMin());
        if (others.isPresent()) {
            Cluster cluster = among(others.get());
            new AgentApi(agent, this::status, controls, registry.access(), cluster).addTo(routes);
            Routes served = new Routes();
            Events events = ConsulRoutes.events(registry, options.node());
            ConsulRoutes.add(served, registry, facts, cluster, events, UUID::randomUUID);
            new AgentQuestions(registry, new ServerCatalog(registry), Dispatcher.of(served, new ConsulDialect())).answerOn(others.get().members());
            feed = Optional.of(new EventFeed(others.get().members(), events));
            feed.get().start();
            routes.addAll(served);
        } else {
            registry.onDuty((state, now) -> firstRules(state));
            new AgentApi(agent, this::status, controls, registry.access()).addTo(routes);
            ConsulRoutes.add(routes, registry, facts, UUID::randomUUID);
        }
        beginning = EntryBeginning.start(registry, options.registry().mesh().entries());
        ApiGate gate = new ApiGate(http);
        Dialect dialect = gate.dialect(new ConsulDialect());
        Routes api = gate.guard(routes);
        doors.openSecure(vertx, host -> withPages(api, gate, dialect, host, pages), dialect);
        if (options.ports().registry() >= 0) {
            String host = options.registry().addresses().http();
            // Pages at other addresses come in without TLS, so they reach what is served without it.
            pages.add(Pages.Part.REGISTRY, host, Dispatcher.of(api, dialect));
            doors.openPlain(vertx, host, options.ports().registry(), at -> withPages(api, gate, dialect, at, pages), dialect);
            watches.follow(options.registry().definitions().watches(), "http://" + doors.reachable());
        }
    }

    private Routes withPages(Routes api, ApiGate gate, Dialect dialect, String host, Apis pages) {
        Routes served = new Routes().addAll(api);
        return options.registry().http().ui()
                ? served.addAll(gate.guard(Pages.at(Pages.Part.REGISTRY, Dispatcher.of(api, dialect), host, pages)))
                : served;
    }

    /** Tokens of the configuration are to be good for the first request; with no leader they come later. */
    private void awaitReady() throws InterruptedException {
        try {
            registry.ready().get(READY_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("access control not set up yet reason=no leader within {} s", READY_SECONDS);
        }
    }

    static AgentSettings settings(AgentOptions options, String nodeId) {
        RegistryOptions registry = options.registry();
        boolean anybody = registry.checks().scripts() == RegistryOptions.Scripts.ANYBODY;
        return new AgentSettings(options.node(), nodeId, options.datacenter(), options.advertise(), registry.nodeMeta(), VERSION,
                registry.addresses().serverPort(), registry.addresses().gossipPort(), anybody,
                anybody || registry.checks().scripts() == RegistryOptions.Scripts.CONFIGURATION, registry.checks().outputLimit(),
                registry.checks().updateInterval(), Duration.ofMinutes(1), registry.checks().discardOutput(), registry.metrics(),
                options.dev(), options.dataDir().map(dir -> dir.resolve("agent")));
    }

    private void configure(RegistryOptions.Definitions definitions) {
        agent.configure(definitions.services().stream().map(RegistryOptions.Definition::tree).toList(),
                definitions.checks().stream().map(RegistryOptions.Definition::tree).toList());
    }

    /**
     * Takes what may change while the agent runs: services, checks, watches, metadata of the node, scripts, outputs, metrics. Throws
     * {@link muster.registry.agent.RefusedException} and changes nothing when a definition is wrong.
     */
    void reload(AgentOptions next) {
        doors.renew(next.registry());
        AgentSettings before = agent.settings();
        registry.access().use(new TokenStore(next.registry().access()).over(next.registry().access().tokens()));
        agent.reconfigure(settings(next, settings.nodeId()).withServerPort(settings.serverPort()));
        try {
            configure(next.registry().definitions());
        } catch (RefusedException e) {
            agent.reconfigure(before);
            throw e;
        }
        if (doors.port().isPresent()) {
            watches.follow(next.registry().definitions().watches(), "http://" + doors.reachable());
        }
        loop.syncNow();
    }

    /** Takes this node out of the catalog. */
    void leave() throws InterruptedException {
        loop.close();
        agent.leave();
    }

    private ServerStatus status() {
        State state = registry.snapshot();
        return new ServerStatus(registry.isLeader(), registry.leader(), state.index(), Map.of(
                "state.kv_entries", (long) state.keys().entries().size(), "state.nodes", (long) state.catalog().nodes().size(),
                "state.services", (long) state.catalog().names().size(), "state.service_instances", (long) state.catalog().services().size(),
                "state.checks", (long) state.catalog().checks().size(), "state.sessions", (long) state.sessions().all().size(),
                "rpc.queries_blocking", (long) registry.waiting()));
    }

    /** With the rights of the agent's default token. Closed with this part. */
    LocalRegistryClient client() {
        return client;
    }

    /** With the rights of the token for the parts of this process, where they have one. Closed with this part. */
    LocalRegistryClient clientOfParts() {
        return own.orElse(client);
    }

    int port() {
        return doors.port().orElse(options.ports().registry());
    }

    @Override
    public List<Listening> listening() {
        return doors.listening();
    }

    @Override
    public void close() {
        watches.close();
        doors.close();
        feed.ifPresent(EventFeed::close);
        beginning.ifPresent(EntryBeginning::close);
        own.ifPresent(LocalRegistryClient::close);
        client.close();
        if (loop != null) {
            try {
                loop.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        agent.close();
        registry.close();
    }
}
