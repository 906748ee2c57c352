package muster.agent;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import muster.http.Dispatcher;
import muster.http.Handlers;
import muster.http.HttpListener;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.LogGroup;
import muster.raft.members.Cluster;
import muster.raft.members.Membership;
import muster.raft.members.Quorum;
import muster.registry.agent.AgentControls;
import muster.registry.client.RegistryClient;
import muster.scheduler.SchedulerServer;
import muster.scheduler.acl.AccessControl;
import muster.scheduler.client.Client;
import muster.scheduler.client.ClientRoutes;
import muster.scheduler.client.ClientSettings;
import muster.scheduler.client.OwnApi;
import muster.registry.agent.RefusedException;
import muster.scheduler.client.ServerApi;
import muster.scheduler.driver.Drivers;
import muster.scheduler.http.AgentFacts;
import muster.scheduler.http.AgentRoutes;
import muster.scheduler.http.AskedRights;
import muster.scheduler.http.ClientAccess;
import muster.scheduler.http.SchedulerDialect;
import muster.scheduler.http.ServerRoutes;
import muster.scheduler.remote.ApiAnswers;
import muster.scheduler.remote.ApiCalls;
import muster.scheduler.remote.NodeAnswers;
import muster.scheduler.remote.NodeCalls;
import muster.scheduler.remote.NodeRelay;
import muster.scheduler.remote.ReadGate;
import muster.scheduler.remote.ServerRelay;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Autopilot;
import muster.ui.Apis;
import muster.ui.Pages;

/** The scheduler: a server whose state is in the log, the client that runs tasks on this node, or both. */
final class SchedulerPart implements Part {
    static final String VERSION = "1.1.2";
    /** For how long a request waits for a server or a leader. */
    private static final Duration HOLD = Duration.ofSeconds(7);
    private static final Duration FIRST_LEAD = Duration.ofSeconds(10);
    private static final long MAX_BODY = 256L << 20;

    private final AgentOptions options;
    private final String agentId;
    private final Optional<LogGroup> log;
    private final Optional<SchedulerServer> server;
    private Path scratch;
    private Optional<Client> client = Optional.empty();
    private Optional<Drivers> drivers = Optional.empty();
    private Optional<InsideDoor> inside = Optional.empty();
    private HttpListener listener;
    private Advertised advertised;
    private Optional<ServerSearch> search = Optional.empty();
    private volatile Supplier<Map<String, Long>> requests = Map::of;
    private AgentControls.LogSource logs = (level, json, lines) -> () -> { };

    /**
     * Attaches to a log that has not started.
     *
     * @param log none on an agent that holds no state
     */
    SchedulerPart(AgentOptions options, String agentId, Optional<LogGroup> log, InstantSource clock, RandomGenerator random) {
        this.options = options;
        this.agentId = agentId;
        this.log = log;
        server = log.map(group -> SchedulerServer.attach(group, options.scheduler().leader(), clock, random));
    }

    /** By which the servers of the log are kept. */
    Quorum.Rules serverRules() {
        Autopilot rules = server.orElseThrow().state().servers().autopilot();
        return new Quorum.Rules(rules.cleanupDeadServers(), rules.minQuorum(), rules.serverStabilizationTime());
    }

    /** Lets rules of scaling know what the balancer sends where. */
    void countRequests(Supplier<Map<String, Long>> counts) {
        requests = counts;
    }

    /** Where its API reads the process's log; to be told before the start. */
    void readLogs(AgentControls.LogSource source) {
        logs = source;
    }

    private double cpuPercent(Allocation allocation) {
        return client.map(own -> own.cpuPercent(allocation)).orElse(Double.NaN);
    }

    /**
     * Starts evaluating, the client and the API.
     *
     * @param registryAddress {@code host:port}, which tasks get as CONSUL_HTTP_ADDR
     * @param others where there are or may be any
     */
    void start(Vertx vertx, RegistryClient registry, String registryAddress, InstantSource clock, RandomGenerator random, Apis pages,
            Optional<ClusterPart> others) throws IOException, InterruptedException {
        if (server.isPresent()) {
            options.scheduler().autopilot().ifPresent(server.get().leader()::beginWith);
            server.get().leader().measureBy(new Loads(() -> requests.get(), this::cpuPercent, System::nanoTime));
            server.get().start();
            if (others.isPresent() && options.cluster().expect() == 1) {
                server.get().awaitLead(FIRST_LEAD);
            }
        }
        Optional<Between> between = others.map(part -> new Between(part.members(), part.cluster()));
        if (between.isPresent() && server.isPresent()) {
            new NodeAnswers(server.get(), log.orElseThrow(), between.get().members(), between.get().cluster()).start();
        }
        SchedulerDialect dialect = new SchedulerDialect(options.scheduler().headers());
        if (options.scheduler().https().isPresent()) {
            inside = Optional.of(InsideDoor.open(UUID.randomUUID().toString(), vertx, dialect));
        }
        if (options.scheduler().client()) {
            ServerApi servers = between.<ServerApi>map(among -> new NodeCalls(among.members(), HOLD)).orElseGet(() -> server.orElseThrow().clients());
            drivers = Optional.of(Drivers.of(options.client().drivers()));
            client = Optional.of(Client.start(clientSettings(registryAddress), servers, registry, drivers.get(), clock, random,
                    () -> UUID.randomUUID().toString()));
            between.ifPresent(among -> among.members().tell(Map.of(NodeRelay.NODE_TAG, client.get().node().id())));
        }
        Routes routes = routes(facts(registryAddress, between), between, clock, random);
        Dispatcher served = Dispatcher.of(routes, dialect);
        inside.ifPresent(door -> door.leadTo(Dispatcher.of(ApiCalls.fromOutside(routes), dialect)));
        between.ifPresent(among -> new ApiAnswers(served).answerOn(among.members()));
        if (options.scheduler().https().isEmpty()) {
            // Pages of other parts come in without TLS, so they reach what is served without it.
            pages.add(Pages.Part.SCHEDULER, options.host(), served);
        }
        Routes all = new Routes().addAll(ApiCalls.fromOutside(routes)).addAll(Pages.at(Pages.Part.SCHEDULER, served, options.host(), pages));
        HttpListener.Listen listen = new HttpListener.Listen(options.host(), options.ports().scheduler(), 2, 0);
        Optional<Https> https = options.scheduler().https();
        listener = HttpListener.start(vertx, https.isPresent() ? listen.with(TlsFiles.read(https.get())) : listen, all, dialect);
        advertised = new Advertised(registry, options, listener.port(), between.map(among -> among.members().self()));
        advertised.register();
        if (options.scheduler().discovers() && others.isPresent() && options.cluster().expect() != 1) {
            search = Optional.of(new ServerSearch(registry, others.get().members()));
            search.get().start();
        }
    }

    /** Shows the certificates that stand in the files now. Throws {@link RefusedException}, and keeps those that are shown, where they are wrong. */
    void reload(AgentOptions next) {
        Optional<Https> https = next.scheduler().https();
        if (options.scheduler().https().isPresent() && https.isPresent()) {
            TlsFiles.renew(listener, https.get());
        } else if (options.scheduler().https().isPresent() != https.isPresent()) {
            throw new RefusedException(500, "tls.http can't change while the agent runs; restart it");
        }
    }

    /** What there is of other agents. */
    private record Between(Membership members, Cluster cluster) {}

    private ClientSettings clientSettings(String registryAddress) throws IOException {
        Path dataDir = options.dataDir().map(dir -> dir.resolve("client")).orElse(null);
        if (dataDir == null) {
            scratch = Files.createTempDirectory("muster-client-");
            dataDir = scratch;
        }
        String address = Suite.hostPort(options.advertise(), options.ports().scheduler());
        OwnApi api = inside.map(door -> new OwnApi(address, true, door.address(), door.headers())).orElseGet(() -> OwnApi.plain(address));
        return new ClientSettings(options.node(), options.datacenter(), options.region(), options.client().nodeClass(),
                options.client().nodePool(), VERSION, options.client().meta(), dataDir, !options.dev(), options.client().device(), options.advertise(), api,
                registryAddress, registryAttributes(), System.getenv(),
                options.client().capacity(), options.client().rules());
    }

    private AgentFacts facts(String registryAddress, Optional<Between> between) {
        Cluster cluster = between.map(Between::cluster).orElseGet(() -> Cluster.alone(SchedulerFacts.alone(options, agentId),
                Suite.hostPort(options.advertise(), SchedulerFacts.RPC), () -> true, () -> server.orElseThrow().state().index()));
        SchedulerFacts facts = new SchedulerFacts(options, client.map(own -> own.node().id()), registryAddress, () -> listener.port(), VERSION,
                cluster, this::runningHere, () -> server.map(own -> own.state().index()).orElse(0L));
        Optional<BooleanSupplier> led = log.map(group -> group::hasLeader);
        Optional<BooleanSupplier> served = client.map(own -> between.isPresent() ? () -> !between.get().members().servers().isEmpty() : () -> true);
        return new AgentFacts(options.node(), options.region(), options.datacenter(), cluster, facts::self, facts::member, led, served,
                (level, json, lines) -> logs.follow(AgentControls.LogLevel.valueOf(level.name()), json, lines));
    }

    private Routes routes(AgentFacts facts, Optional<Between> between, InstantSource clock, RandomGenerator random) {
        Routes routes = new Routes();
        Optional<Routes> own = client.map(ClientRoutes::of);
        if (between.isEmpty()) {
            SchedulerServer alone = server.orElseThrow();
            AccessControl access = access(alone, clock);
            Routes nodes = own.map(new ClientAccess(access, alone::state)::guard).orElseGet(Routes::new);
            return routes.addAll(nodes).addAll(ServerRoutes.of(alone, facts, access, nodes, clock, random));
        }
        ApiCalls calls = new ApiCalls(between.get().members());
        ServerRelay servers = new ServerRelay(between.get().members(), calls, HOLD);
        Optional<NodeRelay.Here> here = client.map(node -> new NodeRelay.Here(node.node().id(), Dispatcher.of(own.orElseThrow(), new SchedulerDialect())));
        Routes relayed = new NodeRelay(here, server.map(each -> each::state), between.get().members(), calls, servers).routes();
        if (server.isPresent()) {
            AccessControl access = access(server.get(), clock);
            AskedRights.answerOn(between.get().members(), access);
            Routes nodes = new ClientAccess(access, server.get()::state).guard(relayed);
            return routes.addAll(nodes).addAll(new ReadGate(log.orElseThrow(), facts.cluster(), calls)
                    .guard(ServerRoutes.of(server.get(), facts, access, nodes, clock, random)));
        }
        routes.addAll(relayed);
        AskedRights rights = new AskedRights(between.get().members());
        AgentRoutes.add(routes, facts, options.scheduler().access().enabled() ? rights::require : (call, permission) -> { });
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/*path", MAX_BODY, servers::forward);
        }
        return routes.get("/", Handlers.direct(call -> Reply.empty(307).with("Location", "/ui/")));
    }

    private AccessControl access(SchedulerServer of, InstantSource clock) {
        return new AccessControl(options.scheduler().access(), () -> of.state().acl(), clock);
    }

    /** What jobs may ask of the registry beside a node, where it is of this process. */
    private Map<String, String> registryAttributes() {
        return options.parts().contains(AgentOptions.Part.REGISTRY)
                ? Map.of("consul.server", Boolean.toString(options.cluster().isServer()), "consul.version", RegistryPart.VERSION, "consul.datacenter", options.datacenter(),
                        "unique.consul.name", options.node())
                : Map.of();
    }

    private long runningHere() {
        return client.isEmpty() || server.isEmpty() ? 0 : server.get().state().liveOn(client.get().node().id()).size();
    }

    @Override
    public List<Listening> listening() {
        return List.of(new Listening(options.scheduler().https().isPresent() ? "scheduler (HTTPS)" : "scheduler (HTTP)",
                (options.scheduler().https().isPresent() ? "https://" : "http://") + Suite.hostPort(options.host(), listener.port())));
    }

    @Override
    public void close() {
        search.ifPresent(ServerSearch::close);
        if (advertised != null) {
            advertised.deregister();
        }
        if (listener != null) {
            listener.close();
        }
        client.ifPresent(Client::close);
        inside.ifPresent(InsideDoor::close);
        drivers.ifPresent(Drivers::close);
        server.ifPresent(SchedulerServer::close);
        if (scratch != null) {
            removeScratch();
        }
    }

    /** What was kept for this run alone goes with it. */
    private void removeScratch() {
        try (Stream<Path> files = Files.walk(scratch)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            org.slf4j.LoggerFactory.getLogger(SchedulerPart.class).warn("folder left behind path={} reason={}", scratch, e.toString());
        }
    }
}
