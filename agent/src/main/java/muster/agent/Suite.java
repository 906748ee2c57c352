package muster.agent;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import muster.http.Transports;
import muster.raft.LogGroup;
import muster.raft.MemoryLogGroup;
import muster.raft.RatisLogGroup;
import muster.raft.Sockets;
import muster.raft.members.Quorum;
import muster.registry.agent.AgentControls;
import muster.registry.client.RegistryClient;
import muster.registry.client.http.HttpRegistryClient;
import muster.registry.client.http.HttpRegistrySettings;
import muster.ui.Apis;

/** The parts of one process, started one after the other and closed in the reverse order. One thread starts and closes. */
final class Suite implements AutoCloseable {
    private static final org.slf4j.Logger LOG = org.slf4j.LoggerFactory.getLogger(Suite.class);
    private static final int SERVER_PORT = 8300;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final Duration startup;
    private RegistryPart registry;
    private ClientPart stateless;
    private SchedulerPart tasks;
    private Optional<ClusterPart> cluster = Optional.empty();

    private Suite(AgentOptions options, AgentControls controls, InstantSource clock, Runnable again) throws IOException, InterruptedException {
        Instant began = Instant.now();
        try {
            run(options, controls, clock, again);
        } catch (IOException | RuntimeException | InterruptedException e) {
            close();
            throw e;
        }
        startup = Duration.between(began, Instant.now());
    }

    /**
     * Starts what the options name. Throws {@link IOException} naming what can't be bound or read; then nothing runs.
     *
     * @param again called when everything is to be closed and started again
     */
    static Suite start(AgentOptions options, AgentControls controls, InstantSource clock, Runnable again)
            throws IOException, InterruptedException {
        return new Suite(options, controls, clock, again);
    }

    /** The same for an agent that is never to be started again. */
    static Suite start(AgentOptions options, AgentControls controls, InstantSource clock) throws IOException, InterruptedException {
        return start(options, controls, clock, () -> LOG.error("this agent has to be started again"));
    }

    private void run(AgentOptions options, AgentControls controls, InstantSource clock, Runnable again)
            throws IOException, InterruptedException {
        RandomGenerator random = new SharedRandom();
        NodeIdentity identity = NodeIdentity.of(options.dataDir());
        Vertx vertx = kept(Transports.forAnswers());
        Sockets sockets = AgentTls.sockets(options.cluster());
        if (options.cluster().role() == ClusterOptions.Role.CLIENT) {
            client(options, identity, vertx, sockets, controls, clock, random, again);
            return;
        }
        LogGroup log = log(options, sockets);
        Apis pages = new Apis();
        closing.add(log);

        if (options.parts().contains(AgentOptions.Part.REGISTRY)) {
            registry = new RegistryPart(options, identity, log, clock, random);
            closing.add(registry);
        }
        SchedulerPart scheduler = null;
        if (options.parts().contains(AgentOptions.Part.SCHEDULER)) {
            scheduler = new SchedulerPart(options, identity.id(), Optional.of(log), clock, random);
            closing.add(scheduler);
        }
        log.start();
        if (options.cluster().role() != ClusterOptions.Role.ALONE) {
            cluster = Optional.of(join(options, identity, log, scheduler, sockets, again, clock));
        }
        RegistryClient client;
        String registryAddress = options.upstream().address();
        if (registry != null) {
            registry.start(vertx, clock, random, controls, pages, cluster);
            parts.add(registry);
            client = registry.clientOfParts();
            registryAddress = hostPort(options.advertise(), registry.port());
        } else {
            client = new HttpRegistryClient(HttpRegistrySettings.of(registryAddress).withToken(options.upstream().token()), clock, random);
            closing.add(client);
        }
        if (options.parts().contains(AgentOptions.Part.DNS) && options.ports().dns() >= 0) {
            // Who asks for a name shows no token: the agent's default one speaks for everybody.
            add(DnsPart.start(options, registry == null ? client : registry.client(), clock, random));
        }
        if (options.parts().contains(AgentOptions.Part.BALANCER)) {
            // On loops of its own: no request waits while an API makes a long answer.
            BalancerPart balancer = BalancerPart.start(options, client, kept(Transports.vertx()), pages);
            add(balancer);
            if (scheduler != null) {
                scheduler.countRequests(balancer::requests);
            }
        }
        if (scheduler != null) {
            // Last to start and first to end: its tasks leave while all that routes to them still runs.
            closing.remove(scheduler);
            closing.add(scheduler);
            scheduler.readLogs(controls.logs());
            scheduler.start(vertx, client, registryAddress, clock, random, pages, cluster);
            parts.add(scheduler);
            tasks = scheduler;
        }
    }

    /** An agent without a state: what it runs itself; the rest is its servers'. */
    private void client(AgentOptions options, NodeIdentity identity, Vertx vertx, Sockets sockets, AgentControls controls, InstantSource clock,
            RandomGenerator random, Runnable again) throws IOException, InterruptedException {
        boolean registers = options.parts().contains(AgentOptions.Part.REGISTRY);
        Map<String, String> tags = new TreeMap<>();
        String id = identity.id();
        if (options.parts().contains(AgentOptions.Part.SCHEDULER)) {
            tags.putAll(SchedulerFacts.tags(options, id, 0));
        }
        if (registers) {
            stateless = new ClientPart(options, identity, clock);
            id = stateless.nodeId();
            tags.putAll(stateless.memberTags());
        }
        ClusterPart part = new ClusterPart(options, id, Optional.empty(), sockets, tags, clock);
        closing.add(part);
        cluster = Optional.of(part);
        part.start(() -> new Quorum.Rules(true, 0, Duration.ZERO), again);
        parts.add(part);
        String registryAddress = options.upstream().address();
        if (registers) {
            closing.add(stateless);
            stateless.start(vertx, clock, random, controls, part);
            parts.add(stateless);
            registryAddress = stateless.address();
        }
        RegistryClient client = new HttpRegistryClient(HttpRegistrySettings.of(registryAddress).withToken(options.upstream().token()), clock, random);
        closing.add(client);
        if (options.parts().contains(AgentOptions.Part.DNS) && options.ports().dns() >= 0) {
            add(DnsPart.start(options, client, clock, random));
        }
        Apis pages = new Apis();
        if (options.parts().contains(AgentOptions.Part.BALANCER)) {
            add(BalancerPart.start(options, client, kept(Transports.vertx()), pages));
        }
        if (options.parts().contains(AgentOptions.Part.SCHEDULER)) {
            SchedulerPart scheduler = new SchedulerPart(options, id, Optional.empty(), clock, random);
            closing.add(scheduler);
            scheduler.readLogs(controls.logs());
            scheduler.start(vertx, client, registryAddress, clock, random, pages, cluster);
            parts.add(scheduler);
            tasks = scheduler;
        }
    }

    private ClusterPart join(AgentOptions options, NodeIdentity identity, LogGroup log, SchedulerPart scheduler, Sockets sockets, Runnable again,
            InstantSource clock) throws IOException {
        Map<String, String> tags = new TreeMap<>();
        if (scheduler != null) {
            tags.putAll(SchedulerFacts.tags(options, identity.id(), log instanceof RatisLogGroup group
                    ? Integer.parseInt(group.self().address().substring(group.self().address().lastIndexOf(':') + 1)) : SchedulerFacts.RPC));
        }
        if (registry != null) {
            tags.putAll(registry.memberTags(log));
        }
        ClusterPart part = new ClusterPart(options, registry != null ? registry.nodeId() : identity.id(), Optional.of(log), sockets, tags, clock);
        closing.add(part);
        part.start(() -> registry != null ? registry.serverRules() : scheduler.serverRules(), again);
        parts.add(part);
        return part;
    }

    /** In memory, or kept in the data folder, alone or among several servers. */
    private static LogGroup log(AgentOptions options, Sockets sockets) throws IOException {
        if (options.cluster().role() == ClusterOptions.Role.SERVER && options.dataDir().isPresent()) {
            return ClusterPart.open(options, sockets);
        }
        String address = hostPort(options.advertise(), SERVER_PORT);
        return options.dataDir().isPresent()
                ? new RatisLogGroup(options.dataDir().get().resolve("log"), address)
                : new MemoryLogGroup(address);
    }

    private Vertx kept(Vertx vertx) {
        closing.add(() -> vertx.close().toCompletionStage().toCompletableFuture().join());
        return vertx;
    }

    private void add(Part part) {
        parts.add(part);
        closing.add(part);
    }

    List<Part.Listening> listening() {
        return parts.stream().flatMap(part -> part.listening().stream()).toList();
    }

    /** This agent among others, where it is not alone. */
    Optional<ClusterPart> cluster() {
        return cluster;
    }

    /** How long starting took, without the JVM's own start. */
    Duration startup() {
        return startup;
    }

    /**
     * Takes what may change while the agent runs out of newer options. Throws {@link muster.registry.agent.RefusedException} and changes
     * nothing when a definition is wrong.
     */
    void reload(AgentOptions next) {
        if (registry != null) {
            registry.reload(next);
        }
        if (stateless != null) {
            stateless.reload(next);
        }
        if (tasks != null) {
            tasks.reload(next);
        }
    }

    /** Takes this node out of the registry's catalog; the rest of the end is {@link #close}. */
    void leave() throws InterruptedException {
        try {
            if (registry != null) {
                registry.leave();
            }
            if (stateless != null) {
                stateless.leave();
            }
        } finally {
            // Also where no server took the node out: the others' leader does that once it hears that this agent left.
            if (cluster.isPresent()) {
                cluster.get().leave();
            }
        }
    }

    /** The address by which this machine reaches what listens at the given one. */
    static String reachable(String host) {
        return host.equals("0.0.0.0") ? "127.0.0.1" : host.equals("::") ? "::1" : host;
    }

    /** Closes everything that runs, also what a failed start left behind. */
    @Override
    public void close() {
        for (AutoCloseable part : closing.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                org.slf4j.LoggerFactory.getLogger(Suite.class).warn("closing failed part={} reason={}", part, e.toString(), e);
            }
        }
        closing.clear();
    }

    /** An address as it is written, IPv6 in brackets. */
    static String hostPort(String host, int port) {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
