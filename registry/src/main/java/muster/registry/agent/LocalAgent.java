package muster.registry.agent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import muster.checks.CheckDefinition;
import muster.checks.CheckState;
import muster.checks.Outcome;
import muster.registry.acl.DeniedException;
import muster.registry.client.HealthCheck.Status;
import muster.registry.client.ServiceRegistration;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Service;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is registered with this agent, running: it holds the {@link LocalState}, runs the checks in it, keeps it on disk,
 * and tells its {@link AgentLoop} when there is something to push to the catalog.
 *
 * <p>Any thread may call. A lock orders the changes of the state; readers take the newest state without it. A method that
 * changes something returns when the change is in the state (and on disk), not when it is in the catalog; that follows at
 * once on the loop's thread.
 */
public final class LocalAgent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalAgent.class);

    private final CatalogLink catalog;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final DefinitionStore store;
    private final ReentrantLock lock = new ReentrantLock();
    private final Secrets secrets = new Secrets();
    private final CheckRunners runners;
    private final AliasFollower aliases;
    private final Condition pushed = lock.newCondition();
    private volatile AgentSettings settings;
    private volatile OwnRows own;
    private volatile LocalState state = LocalState.EMPTY;
    /** Of the newest configuration; guarded by the lock. */
    private Ids configured = Ids.NONE;
    /** Counts of changes, and of those that a push has carried to the catalog; guarded by the lock. */
    private long changes;
    private long pushedChanges;
    private volatile boolean follows;
    private volatile CompletableFuture<Void> changed = new CompletableFuture<>();
    private volatile Runnable wake = () -> {};

    /** What configuration registered. */
    private record Ids(Set<String> services, Set<String> checks) {
        static final Ids NONE = new Ids(Set.of(), Set.of());
    }

    /** @param random for pauses and delays; drawn from by one thread at a time */
    public LocalAgent(AgentSettings settings, CatalogLink catalog, InstantSource clock, RandomGenerator random) {
        this.settings = settings;
        this.catalog = catalog;
        this.clock = clock;
        this.random = random;
        this.store = new DefinitionStore(settings.dataDir());
        this.own = new OwnRows(settings);
        this.runners = new CheckRunners(clock, random, this::observed);
        this.aliases = new AliasFollower(settings.nodeName(), catalog, this::refreshAliases);
    }

    public AgentSettings settings() {
        return settings;
    }

    InstantSource clock() {
        return clock;
    }

    /** The newest state. */
    public LocalState state() {
        return state;
    }

    /** Completes at the next change after this call. */
    CompletableFuture<Void> nextChange() {
        return changed;
    }

    /** Whom to tell that something is to be pushed. */
    void onWork(Runnable newWake) {
        wake = newWake;
    }

    /** Takes up what a former run kept on disk. Before the loop is started. */
    public void restore() {
        Instant now = clock.instant();
        Definitions definitions = trusted();
        store.load(definitions, now,
                registration -> {
                    secrets.ofService(registration.service().id(), registration.token());
                    change(old -> old.with(registration, false, now));
                },
                (check, token) -> {
                    secrets.ofCheck(check.id(), token);
                    change(old -> old.with(check, now));
                },
                (serviceId, reason) -> change(old -> old.inMaintenance(serviceId, reason, now)));
    }

    /** What is wrong with a service's tree of a configuration, as far as its form goes; empty when nothing is. */
    public static Optional<String> problemOfService(Map<String, Object> tree) {
        return Configured.problem(() -> Configured.services(new Definitions("", 1, true), List.of(tree), LocalState.EMPTY, Instant.EPOCH));
    }

    /** As {@link #problemOfService}, of a check's. */
    public static Optional<String> problemOfCheck(Map<String, Object> tree) {
        return Configured.problem(() -> Configured.check(new Definitions("", 1, true), tree, Instant.EPOCH));
    }

    /**
     * Registers services and checks of the configuration: trees as its {@code service}, {@code services}, {@code check}
     * and {@code checks} hold them. What an earlier configuration registered and this one does not is deregistered. Throws
     * {@link RefusedException} naming the definition that is wrong; then nothing is changed.
     */
    public void configure(List<Map<String, Object>> services, List<Map<String, Object>> checks) {
        Instant now = clock.instant();
        Definitions definitions = trusted();
        List<Registration> registrations = Configured.services(definitions, services, state, now);
        List<LocalCheck> own = checks.stream().map(tree -> Configured.check(definitions, tree, now)).toList();
        Ids next = new Ids(registrations.stream().map(registration -> registration.service().id()).collect(Collectors.toSet()),
                own.stream().map(LocalCheck::id).collect(Collectors.toSet()));
        registrations.forEach(registration -> secrets.ofService(registration.service().id(), registration.token()));
        checks.forEach(tree -> secrets.ofCheck(Configured.check(definitions, tree, now).id(), Configured.token(tree)));
        change(old -> {
            LocalState changed = old;
            for (String id : configured.services()) {
                changed = next.services().contains(id) ? changed : changed.withoutService(id);
            }
            for (String id : configured.checks()) {
                changed = next.checks().contains(id) ? changed : changed.withoutCheck(id);
            }
            for (Registration registration : registrations) {
                // A check that its service's block no longer has goes with the old block.
                boolean known = configured.services().contains(registration.service().id());
                changed = changed.with(registration, known, now);
            }
            for (LocalCheck check : own) {
                changed = changed.with(check, now);
            }
            return changed;
        }, () -> {
            configured = next;
            store.forgetDefinitions(next.services(), next.checks());
        });
    }

    /** Takes what may change while the agent runs: metadata of the node, scripts, outputs, metrics. The next full comparison tells the catalog. */
    public void reconfigure(AgentSettings next) {
        lock.lock();
        try {
            settings = next;
            own = new OwnRows(next);
        } finally {
            lock.unlock();
        }
    }

    /** Registers a service as a client wrote it, with the token of the request, "" for none. */
    void register(Bodies.ServiceBody body, boolean replaceChecks, String token) {
        Instant now = clock.instant();
        lock.lock(); // a sidecar's port is taken from what the others leave
        try {
            Bodies.ServiceBody alone = Sidecars.alone(body);
            Registration registration = remote().service(alone, now).with(token);
            Optional<Bodies.ServiceBody> sidecar = Sidecars.of(body, state);
            Optional<Registration> proxy = sidecar.map(definition -> remote().service(definition, now).with(token));
            secrets.ofService(registration.service().id(), registration.token());
            change(old -> old.with(registration, replaceChecks, now), () -> store.save(alone, registration));
            proxy.ifPresent(own -> {
                secrets.ofService(own.service().id(), own.token());
                change(old -> old.with(own, true, now), () -> store.save(sidecar.get(), own));
            });
        } finally {
            lock.unlock();
        }
    }

    /** Registers a check as a client wrote it, with the token of the request, "" for none. */
    void register(Bodies.CheckBody body, String token) {
        Instant now = clock.instant();
        LocalCheck check = remote().check(body, now);
        String secret = token.isEmpty() && body.token() != null ? body.token() : token;
        secrets.ofCheck(check.id(), secret);
        change(old -> old.with(check, now), () -> store.save(body, check, secret));
    }

    /** For definitions of the machine's owner. */
    private Definitions trusted() {
        return new Definitions(settings.nodeName(), settings.outputLimit(), settings.localScripts() || settings.remoteScripts());
    }

    /** For definitions that come through the API. */
    private Definitions remote() {
        return new Definitions(settings.nodeName(), settings.outputLimit(), settings.remoteScripts());
    }

    /** Registers a service of this process's own parts, with a token's rights; checks of an earlier registration go. */
    public void register(ServiceRegistration registration, String token) {
        Bodies.ServiceBody body = ClientRegistrations.body(registration);
        Registration parsed = trusted().service(body, clock.instant()).with(token);
        secrets.ofService(parsed.service().id(), token);
        change(old -> old.with(parsed, true, clock.instant()), () -> store.save(body, parsed));
    }

    /** Removes a service and its checks; an unknown one is no error. */
    public void deregisterService(String id) {
        if (id.isEmpty()) {
            throw new RefusedException(500, "ServiceID missing");
        }
        change(old -> Sidecars.belongingTo(id, old).map(old::withoutService).orElse(old).withoutService(id));
    }

    /** Removes a check; an unknown one is no error. */
    public void deregisterCheck(String id) {
        change(old -> old.withoutCheck(id));
    }

    /** Takes the report of a TTL check's owner. Throws {@link RefusedException} when there is no such TTL check. */
    public void report(String checkId, Status status, String output) {
        Instant now = clock.instant();
        change(old -> {
            LocalCheck check = old.checks().get(checkId);
            if (check == null || !(check.definition() instanceof CheckDefinition.Ttl ttl)) {
                throw new RefusedException(500, "CheckID \"" + checkId + "\" does not have associated TTL");
            }
            CheckState next = check.state().reported(ttl, kept(new Outcome(status, output)), check.outputLimit(), now);
            return old.moved(checkId, next, outputDelay(), now);
        }, () -> store.saveState(state.checks().get(checkId)));
    }

    /** Puts a service, or with {@code ""} the node, in maintenance. Throws {@link RefusedException} for an unknown service. */
    public void enterMaintenance(String serviceId, String reason) {
        change(old -> {
            if (!serviceId.isEmpty() && !old.services().containsKey(serviceId)) {
                throw unknownService(serviceId);
            }
            return old.inMaintenance(serviceId, reason, clock.instant());
        }, () -> store.saveMaintenance(serviceId, reason));
    }

    /** Takes a service, or with {@code ""} the node, out of maintenance. */
    public void leaveMaintenance(String serviceId) {
        change(old -> {
            if (!serviceId.isEmpty() && !old.services().containsKey(serviceId)) {
                throw unknownService(serviceId);
            }
            return old.outOfMaintenance(serviceId);
        });
    }

    private static RefusedException unknownService(String id) {
        return new RefusedException(404, "No service registered with ID \"" + id + "\"");
    }

    /** Whether somebody carries changes to the catalog, so that {@link #settle} may wait for it. */
    void followed(boolean now) {
        follows = now;
    }

    /**
     * Waits until the changes made so far are in the catalog, or for the given time: so that who registered something finds it
     * there. With no leader it comes later.
     */
    void settle(Duration time) throws InterruptedException {
        lock.lock();
        try {
            long wanted = changes;
            long left = time.toNanos();
            while (follows && pushedChanges < wanted && left > 0) {
                left = pushed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes the node with all it has out of the catalog, as the others do with a member that left. Ends nothing. */
    public void leave() throws InterruptedException {
        catalog.apply(new Command.Deregister(settings.nodeName(), "", ""));
    }

    /** Stops all checks. What is registered stays in the catalog: the node's health says what became of it. */
    @Override
    public void close() {
        lock.lock();
        try {
            runners.close();
            aliases.close();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Brings the catalog up to date: after a change only what changed, with {@code full} everything, the node's own rows
     * included. Called by one thread at a time. Throws {@link CatalogLink.CatalogUnavailableException}; what was to be pushed
     * then counts as not pushed.
     */
    void push(boolean full) throws InterruptedException {
        passTime();
        LocalState snapshot;
        long carried;
        lock.lock();
        try {
            snapshot = state;
            carried = changes;
            state = state.withUnpushed(LocalState.Unpushed.NOTHING);
        } finally {
            lock.unlock();
        }
        LocalState.Unpushed selection = snapshot.unpushed();
        if (!full && selection.isEmpty()) {
            arrived(carried);
            return;
        }
        boolean done = false;
        try {
            NodeRows rows = catalog.rows(settings.nodeName());
            if (full) {
                adoptTags(rows);
            }
            for (Command command : full ? own.missing(rows) : List.<Command>of()) {
                catalog.apply(command); // a server's own rows are no registration
            }
            List<Command> commands = Differences.between(
                    own.node(), snapshot, rows, full ? Optional.empty() : Optional.of(selection), own.reserved());
            for (Command command : commands) {
                carry(command);
            }
            done = true;
            arrived(carried);
        } finally {
            if (!done) {
                pushAgain(selection);
            }
        }
    }

    /** A change that its token may not make is left until the next full comparison, as the original does. */
    private void carry(Command command) throws InterruptedException {
        try {
            catalog.apply(command, secrets.of(command));
            LOG.debug("pushed command={}", command.getClass().getSimpleName());
        } catch (DeniedException e) {
            LOG.warn("registration blocked by access control what={} reason={}", named(command), e.reason());
        }
    }

    private static String named(Command command) {
        return switch (command) {
            case Command.Register register -> register.service().map(service -> "service " + service.id())
                    .orElseGet(() -> "checks " + register.checks().stream().map(Check::id).toList());
            case Command.Deregister deregister -> deregister.serviceId().isEmpty()
                    ? "removal of check " + deregister.checkId()
                    : "removal of service " + deregister.serviceId();
            default -> command.getClass().getSimpleName();
        };
    }

    private void arrived(long carried) {
        lock.lock();
        try {
            pushedChanges = Math.max(pushedChanges, carried);
            pushed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Late reports turn critical, held back outputs are due, services critical for too long go. */
    private void passTime() {
        Instant now = clock.instant();
        List<LocalCheck> overdue = state.overdue(now);
        change(old -> old.at(now, outputDelay()));
        for (LocalCheck check : overdue) {
            LOG.info("critical service removed service={} check={}", check.serviceId(), check.id());
        }
    }

    private void pushAgain(LocalState.Unpushed rows) {
        lock.lock();
        try {
            state = state.withUnpushed(state.unpushed().and(rows));
        } finally {
            lock.unlock();
        }
    }

    /** The agent shows the tags that a service lets the catalog decide. */
    private void adoptTags(NodeRows rows) {
        for (Service service : state.services().values()) {
            Service row = rows.services().get(service.id());
            if (service.enableTagOverride() && row != null && !row.tags().equals(service.tags())) {
                change(old -> old.retagged(service.id(), row.tags()));
            }
        }
    }

    /**
     * The time between two full comparisons. It grows with the cluster, so that a large one is not kept busy by comparing: once
     * more the interval for each doubling beyond 128 nodes, as the original.
     */
    Duration fullSyncInterval() {
        return settings.syncInterval().multipliedBy(syncFactor(catalog.nodes()));
    }

    static int syncFactor(int nodes) {
        return nodes <= 128 ? 1 : 33 - Integer.numberOfLeadingZeros(nodes - 1) - 7;
    }

    private Duration outputDelay() {
        long half = settings.checkUpdateInterval().toNanos() / 2;
        return half <= 0 ? Duration.ZERO : Duration.ofNanos(half + random.nextLong(half));
    }

    private void change(UnaryOperator<LocalState> step) {
        change(step, () -> {});
    }

    /** @param keep writes the change to disk; under the lock, so that the disk sees changes in the order of the state */
    private void change(UnaryOperator<LocalState> step, Runnable keep) {
        CompletableFuture<Void> waiting;
        lock.lock();
        try {
            LocalState next = step.apply(state);
            if (next == state) {
                keep.run();
                return;
            }
            LocalState before = state;
            state = aliases.follow(next, outputDelay(), clock.instant());
            runners.follow(state.checks());
            store.forget(before, state);
            keep.run();
            changes++;
            waiting = changed;
            changed = new CompletableFuture<>();
        } finally {
            lock.unlock();
        }
        waiting.complete(null);
        wake.run();
    }

    private Outcome kept(Outcome outcome) {
        return settings.discardOutput() ? new Outcome(outcome.status(), "") : outcome;
    }

    /** A running check found something; whether it was ever passing. An outcome for what is registered otherwise by now is dropped. */
    private boolean observed(LocalCheck origin, Outcome outcome) {
        Instant now = clock.instant();
        change(old -> {
            LocalCheck check = old.checks().get(origin.id());
            return check == null || !CheckRunners.serves(origin, check) ? old
                    : old.moved(check.id(), check.state().observed(check.thresholds(), kept(outcome), now), outputDelay(), now);
        });
        LocalCheck check = state.checks().get(origin.id());
        return check == null || check.state().everPassed();
    }

    /** A node that an alias stands for changed in the catalog: an equal state, so that the aliases are followed again. */
    private void refreshAliases() {
        change(old -> old.withUnpushed(old.unpushed()));
    }
}
