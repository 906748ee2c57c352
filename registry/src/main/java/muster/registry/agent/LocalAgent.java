package muster.registry.agent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import muster.registry.client.HealthCheck.Status;
import muster.registry.client.ServiceRegistration;
import muster.registry.health.CheckDefinition;
import muster.registry.health.CheckState;
import muster.registry.health.Outcome;
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

    private final AgentSettings settings;
    private final CatalogLink catalog;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final DefinitionStore store;
    private final OwnRows own;
    private final ReentrantLock lock = new ReentrantLock();
    private final CheckRunners runners;
    private final AliasFollower aliases;
    private volatile LocalState state = LocalState.EMPTY;
    private volatile CompletableFuture<Void> changed = new CompletableFuture<>();
    private volatile Runnable wake = () -> {};

    /** @param random for pauses and delays; drawn from by one thread at a time */
    public LocalAgent(AgentSettings settings, CatalogLink catalog, InstantSource clock, RandomGenerator random) {
        this.settings = settings;
        this.catalog = catalog;
        this.clock = clock;
        this.random = random;
        this.store = new DefinitionStore(settings.dataDir());
        this.own = new OwnRows(settings);
        this.runners = new CheckRunners(random, this::observed);
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
                registration -> change(old -> old.with(registration, false, now)),
                check -> change(old -> old.with(check, now)),
                (serviceId, reason) -> change(old -> old.inMaintenance(serviceId, reason, now)));
    }

    /**
     * Registers services and checks of the configuration: trees as its {@code service}, {@code services}, {@code check}
     * and {@code checks} hold them. Throws {@link RefusedException} naming the definition that is wrong.
     */
    public void configure(List<Map<String, Object>> services, List<Map<String, Object>> checks) {
        Instant now = clock.instant();
        Definitions definitions = trusted();
        for (Map<String, Object> tree : services) {
            Registration registration = Configured.service(definitions, tree, now);
            change(old -> old.with(registration, false, now));
        }
        for (Map<String, Object> tree : checks) {
            LocalCheck check = Configured.check(definitions, tree, now);
            change(old -> old.with(check, now));
        }
    }

    /** Registers a service as a client wrote it. */
    void register(Bodies.ServiceBody body, boolean replaceChecks) {
        Instant now = clock.instant();
        Registration registration = remote().service(body, now);
        change(old -> old.with(registration, replaceChecks, now), () -> store.save(body, registration));
    }

    /** Registers a check as a client wrote it. */
    void register(Bodies.CheckBody body) {
        Instant now = clock.instant();
        LocalCheck check = remote().check(body, now);
        change(old -> old.with(check, now), () -> store.save(body, check));
    }

    /** For definitions of the machine's owner. */
    private Definitions trusted() {
        return new Definitions(settings.nodeName(), settings.outputLimit(), settings.localScripts() || settings.remoteScripts());
    }

    /** For definitions that come through the API. */
    private Definitions remote() {
        return new Definitions(settings.nodeName(), settings.outputLimit(), settings.remoteScripts());
    }

    /** Registers a service of this process's own parts; checks of an earlier registration go. */
    public void register(ServiceRegistration registration) {
        Bodies.ServiceBody body = ClientRegistrations.body(registration);
        Registration parsed = trusted().service(body, clock.instant());
        change(old -> old.with(parsed, true, clock.instant()), () -> store.save(body, parsed));
    }

    /** Removes a service and its checks; an unknown one is no error. */
    public void deregisterService(String id) {
        if (id.isEmpty()) {
            throw new RefusedException(500, "ServiceID missing");
        }
        change(old -> old.withoutService(id));
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
            CheckState next = check.state().reported(ttl, new Outcome(status, output), check.outputLimit(), now);
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
        lock.lock();
        try {
            snapshot = state;
            state = state.withUnpushed(LocalState.Unpushed.NOTHING);
        } finally {
            lock.unlock();
        }
        LocalState.Unpushed selection = snapshot.unpushed();
        if (!full && selection.isEmpty()) {
            return;
        }
        boolean done = false;
        try {
            NodeRows rows = catalog.rows(settings.nodeName());
            if (full) {
                adoptTags(rows);
            }
            List<Command> commands = new ArrayList<>(full ? own.missing(rows) : List.of());
            commands.addAll(Differences.between(
                    own.node(), snapshot, rows, full ? Optional.empty() : Optional.of(selection), own.reserved()));
            for (Command command : commands) {
                catalog.apply(command);
                LOG.debug("pushed command={}", command.getClass().getSimpleName());
            }
            done = true;
        } finally {
            if (!done) {
                pushAgain(selection);
            }
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
            waiting = changed;
            changed = new CompletableFuture<>();
        } finally {
            lock.unlock();
        }
        waiting.complete(null);
        wake.run();
    }

    /** A running check found something; whether it was ever passing. An outcome for what is registered otherwise by now is dropped. */
    private boolean observed(LocalCheck origin, Outcome outcome) {
        Instant now = clock.instant();
        change(old -> {
            LocalCheck check = old.checks().get(origin.id());
            return check == null || !CheckRunners.serves(origin, check) ? old
                    : old.moved(check.id(), check.state().observed(check.thresholds(), outcome, now), outputDelay(), now);
        });
        LocalCheck check = state.checks().get(origin.id());
        return check == null || check.state().everPassed();
    }

    /** A node that an alias stands for changed in the catalog: an equal state, so that the aliases are followed again. */
    private void refreshAliases() {
        change(old -> old.withUnpushed(old.unpushed()));
    }
}
