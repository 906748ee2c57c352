package muster.scheduler.client;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import muster.registry.client.RegistryClient;
import muster.scheduler.artifact.Artifacts;
import muster.scheduler.driver.Drivers;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's agent: registers the node, tells that it lives, takes the allocations that the server gives it by long poll,
 * runs them, and reports. The allocations' map is changed by the pulling thread alone; everything public may be called by
 * any thread.
 */
public final class Client implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Client.class);
    private static final Duration PULL_WAIT = Duration.ofMinutes(5);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final String ON_DEMAND = "asked for by an operator";
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final ClientSettings settings;
    private final ServerApi servers;
    private final NodeContext context;
    private final StatusReports reports;
    private final Garbage garbage;
    private final SavedAllocations saved;
    private final RandomGenerator random;
    private final Map<String, AllocationRunner> allocations = new ConcurrentHashMap<>();
    private final DriverWatch drivers;
    private final NodeMetadata metadata;
    private final Node node;
    private final Presence presence;
    private final RemovedFiles removed;
    private final Thread pulling;
    private volatile boolean closed;

    private Client(ClientSettings settings, ServerApi servers, NodeContext context, SavedAllocations saved, RandomGenerator random,
            DriverWatch drivers, NodeMetadata metadata) {
        this.settings = settings;
        this.servers = servers;
        this.context = context;
        this.saved = saved;
        this.random = random;
        this.drivers = drivers;
        this.metadata = metadata;
        this.node = context.ground().node();
        this.reports = new StatusReports(servers);
        this.removed = new RemovedFiles(context.clock());
        this.garbage = new Garbage(settings.rules().collecting(), () -> DiskUse.of(settings.dataDir()), allocations::values, this::remove);
        this.presence = new Presence(servers, node, context.clock(), this::pullOnce, this::stopForsaken);
        this.pulling = Thread.ofVirtual().name("client-pull").unstarted(this::pull);
    }

    /**
     * Starts a client. Throws {@link IOException} when its data folder can't be used. A server that can't be reached is tried
     * again for as long as the client runs.
     *
     * @param ids new random UUID texts, for the node's id and secret
     */
    public static Client start(ClientSettings settings, ServerApi servers, RegistryClient registry, Drivers drivers,
            InstantSource clock, RandomGenerator random, Supplier<String> ids) throws IOException {
        return start(settings, servers, registry, drivers, RegistryTemplates.of(registry, settings, clock, new SplittableRandom(random.nextLong())),
                clock, random, ids);
    }

    static Client start(ClientSettings settings, ServerApi servers, RegistryClient registry, Drivers drivers,
            Templating templates, InstantSource clock, RandomGenerator random, Supplier<String> ids) throws IOException {
        Path allocations = Files.createDirectories(settings.dataDir().resolve("alloc"));
        // Who else is on the machine may not see which allocations there are, for their folders are open to tasks of any user.
        Files.setAttribute(allocations, "unix:mode", 0711);
        Fingerprint.Identity identity = Fingerprint.Identity.of(settings.dataDir(), settings.keepState(), ids);
        DriverWatch watch = DriverWatch.begin(drivers, clock);
        DriverWatch.Found found = watch.states();
        NodeMetadata metadata = NodeMetadata.of(settings.dataDir(), settings.keepState(), settings.meta());
        Node node = Fingerprint.take(settings, identity.id(), identity.secret(), found, registry, clock.instant()).withMeta(metadata.all());
        TaskEnvironment.Ground ground = new TaskEnvironment.Ground(
                node, settings.region(), settings.agentEnvironment(), settings.registryAddress());
        NodeContext context = new NodeContext(ground, drivers, registry, new WorkloadServices(registry, servers, node.id()), templates,
                new Artifacts(settings.rules().artifacts(), settings.agentEnvironment(), clock),
                servers, clock, settings);
        SavedAllocations saved = new SavedAllocations(settings.dataDir(), settings.keepState(), SavedAllocations.BOOT);
        Client client = new Client(settings, servers, context, saved, random, watch, metadata);
        client.resume();
        client.garbage.begin();
        watch.listen(found, (state, events) -> client.presence.change(state::on, events));
        client.presence.begin();
        return client;
    }

    /** The node as it was registered first, its secret included. */
    public Node node() {
        return node;
    }

    /** Processor time of an allocation's tasks in percent of what was granted; not a number where it does not run here. */
    public double cpuPercent(Allocation allocation) {
        AllocationRunner runner = allocations.get(allocation.id());
        long granted = allocation.allocatedResources() == null ? 0 : allocation.allocatedResources().cpu();
        if (runner == null || granted <= 0) {
            return Double.NaN;
        }
        double ofACore = runner.tasks().values().stream().flatMap(task -> task.handle().stream()).mapToDouble(task -> task.usage().percent()).sum();
        return ofACore * Double.parseDouble(node.attributes().getOrDefault("cpu.frequency", "0")) / granted;
    }

    /** The runner of an allocation of this node, whole id; empty when it is unknown or was collected. */
    Optional<AllocationRunner> allocation(String id) {
        return Optional.ofNullable(allocations.get(id));
    }

    /** When and why an allocation's files were removed; empty for those that are there, or were never. */
    Optional<String> removal(String allocation) {
        return removed.of(allocation);
    }

    ClientSettings settings() {
        return settings;
    }

    InstantSource clock() {
        return context.clock();
    }

    private void resume() {
        for (AllocationRunner.Saved old : saved.load()) {
            AllocationRunner runner = runner(old.allocation());
            allocations.put(old.allocation().id(), runner);
            if (old.allocation().isClientTerminal()) {
                runner.rest();
                // The last report of the earlier agent may not have arrived.
                reports.add(old.allocation());
            } else {
                runner.resume(old);
            }
        }
        if (settings.keepState()) {
            removeStrangers();
        }
    }

    /** Folders of allocations that nothing is known of: an earlier agent forgot them and was killed before they were gone. */
    private void removeStrangers() {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(settings.dataDir().resolve("alloc"))) {
            for (Path folder : folders) {
                String id = folder.getFileName().toString();
                if (!allocations.containsKey(id) && !saved.knows(id)) {
                    LOG.info("folder of an unknown allocation removed alloc={}", id);
                    new AllocationFolder(folder).remove();
                }
            }
        } catch (IOException e) {
            LOG.warn("folders of unknown allocations not removed error={}", e.toString());
        }
    }

    private void pullOnce() {
        if (pulling.getState() == Thread.State.NEW) {
            pulling.start();
        }
    }

    /** Ends what must not run on while nobody knows of it: elsewhere others take its place. (Nomad docs: "stop_after_client_disconnect") */
    private void stopForsaken(Duration silence) {
        for (AllocationRunner runner : allocations.values()) {
            Duration most = runner.allocation().group().stopAfterClientDisconnect();
            boolean forsaken = most != null && !most.isZero() && silence.compareTo(most) >= 0;
            if (forsaken && !runner.isEnded() && !runner.allocation().isServerTerminal()) {
                LOG.warn("allocation stopped, no server answers alloc={} silence={}", runner.allocation().id(), silence);
                runner.update(runner.allocation().withDesiredStatus(Allocation.STOP));
            }
        }
    }

    NodeMetadata metadata() {
        return metadata;
    }

    /** Servers place by it from now on, and allocations that come see it. */
    void changeMetadata(Map<String, String> wanted) throws Refusal {
        metadata.change(wanted);
        presence.change(now -> now.withMeta(metadata.all()), List.of());
    }

    // Allocations

    private void pull() {
        long index = 0;
        try {
            while (!closed) {
                try {
                    ServerApi.Allocations answer = servers.allocations(node.id(), index, PULL_WAIT);
                    index = answer.index();
                    reconcile(answer.allocations());
                } catch (RuntimeException e) {
                    LOG.warn("allocations not read, trying again node={} error={}", node.id(), e.toString());
                    Thread.sleep(RETRY);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void reconcile(List<Allocation> wanted) {
        Set<String> known = new HashSet<>();
        for (Allocation allocation : wanted) {
            known.add(allocation.id());
            AllocationRunner runner = allocations.get(allocation.id());
            if (runner == null) {
                add(allocation);
            } else if (allocation.allocModifyIndex() != runner.received().allocModifyIndex()) {
                runner.update(allocation);
                if (allocation.clientStatus().equals(Allocation.UNKNOWN)) {
                    // The servers lost sight of it while this node was away, and have to hear how it is.
                    reports.add(runner.allocation());
                }
            }
        }
        for (AllocationRunner runner : List.copyOf(allocations.values())) {
            if (!known.contains(runner.allocation().id())) {
                forget(runner);
            }
        }
        garbage.collect();
    }

    private void add(Allocation allocation) {
        if (allocation.isTerminal()) {
            if (allocation.isServerTerminal() && !allocation.isClientTerminal()) {
                // Told to end before this agent ever heard of it: nothing of it runs.
                reports.add(allocation.withClientStatus(Allocation.COMPLETE).withClientDescription("All tasks have completed"));
            }
            return;
        }
        AllocationRunner runner = runner(allocation);
        allocations.put(allocation.id(), runner);
        runner.start(Optional.ofNullable(allocations.get(allocation.previousAllocation())));
    }

    private AllocationRunner runner(Allocation allocation) {
        Path folder = settings.dataDir().resolve("alloc").resolve(allocation.id());
        SplittableRandom own = new SplittableRandom(random.nextLong());
        return new AllocationRunner(context.on(node.withMeta(metadata.all())), allocation, new AllocationFolder(folder), own, reports::add, saved::save);
    }

    private void forget(AllocationRunner runner) {
        runner.update(runner.allocation().withDesiredStatus(Allocation.STOP));
        runner.ended().thenRun(() -> Thread.ofVirtual().start(() -> {
            remove(runner, "the servers keep the allocation no longer");
            allocations.remove(runner.allocation().id(), runner);
        }));
    }

    private void remove(AllocationRunner runner, String why) {
        if (Files.exists(runner.folder().root())) {
            removed.add(runner.allocation().id(), why);
        }
        saved.forget(runner.allocation().id());
        try {
            runner.folder().remove();
        } catch (IOException e) {
            LOG.warn("allocation's folder not removed alloc={} error={}", runner.allocation().id(), e.toString());
        }
    }

    /** Removes what ended allocations left behind. (API page "Client": gc) */
    void collectAll() {
        garbage.collectAll(ON_DEMAND);
    }

    /** Removes what one ended allocation left behind; false while it runs. */
    boolean collect(AllocationRunner runner) {
        if (!runner.isEnded()) {
            return false;
        }
        remove(runner, ON_DEMAND);
        return true;
    }

    /** Waits a little for the tasks' ends; what was being started meanwhile is killed too. */
    private void awaitEnds() {
        CompletableFuture<?>[] ends = allocations.values().stream().map(AllocationRunner::ended).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(ends).completeOnTimeout(null, CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS).join();
        allocations.values().forEach(AllocationRunner::abandon);
    }

    /**
     * Ends the client. Where state is kept, tasks run on for the next agent; else all process groups are killed and all
     * services taken out. Idempotent.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        drivers.close();
        presence.close();
        pulling.interrupt();
        garbage.close();
        if (!settings.keepState()) {
            allocations.values().forEach(runner -> runner.update(runner.allocation().withDesiredStatus(Allocation.STOP)));
            context.services().withdraw();
            allocations.values().forEach(AllocationRunner::abandon);
            awaitEnds();
        }
        reports.close();
        context.services().close();
        context.artifacts().close();
    }
}
