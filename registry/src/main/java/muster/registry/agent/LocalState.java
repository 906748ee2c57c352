package muster.registry.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import muster.checks.CheckDefinition;
import muster.checks.CheckState;
import muster.checks.Thresholds;
import muster.registry.client.HealthCheck;
import muster.registry.client.HealthCheck.Status;
import muster.registry.state.Service;

/**
 * All that is registered with the agent, by id. Pure and immutable: each method returns the next state.
 *
 * <p>{@link Unpushed} gathers the ids that changed or went away since the last push; what is pushed for them is found by
 * comparing with the catalog, so an id too many there costs a comparison and nothing else.
 */
public record LocalState(SortedMap<String, Service> services, SortedMap<String, LocalCheck> checks, Unpushed unpushed) {
    /** Nothing registered. */
    public static final LocalState EMPTY = new LocalState(new TreeMap<>(), new TreeMap<>(), Unpushed.NOTHING);

    private static final String SERVICE_REASON =
            "Maintenance mode is enabled for this service, but no reason was provided. This is a default message.";
    private static final String NODE_REASON =
            "Maintenance mode is enabled for this node, but no reason was provided. This is a default message.";

    /** Ids that the catalog may hold differently. */
    public record Unpushed(Set<String> services, Set<String> checks) {
        public static final Unpushed NOTHING = new Unpushed(Set.of(), Set.of());

        public Unpushed {
            services = Set.copyOf(services);
            checks = Set.copyOf(checks);
        }

        public boolean isEmpty() {
            return services.isEmpty() && checks.isEmpty();
        }

        /** Both. */
        Unpushed and(Unpushed other) {
            return new Unpushed(union(services, other.services), union(checks, other.checks));
        }

        private Unpushed andService(String id) {
            return new Unpushed(union(services, Set.of(id)), checks);
        }

        private Unpushed andChecks(Collection<String> ids) {
            return new Unpushed(services, union(checks, ids));
        }

        private static Set<String> union(Set<String> left, Collection<String> right) {
            Set<String> both = new HashSet<>(left);
            both.addAll(right);
            return both;
        }
    }

    public LocalState {
        services = Collections.unmodifiableSortedMap(services);
        checks = Collections.unmodifiableSortedMap(checks);
    }

    /**
     * With a service added or replaced. A check that the agent already runs in the same way keeps its state, one that
     * changes keeps its status and output until its first result. Checks that are not named again stay, unless
     * {@code replaceChecks}; the mark of maintenance is an operator's and always stays.
     */
    LocalState with(Registration registration, boolean replaceChecks, Instant now) {
        Service service = registration.service();
        TreeMap<String, Service> nextServices = new TreeMap<>(services);
        nextServices.put(service.id(), service);
        TreeMap<String, LocalCheck> nextChecks = new TreeMap<>(checks);
        Set<String> touched = new HashSet<>();
        if (replaceChecks) {
            for (LocalCheck old : checksOf(service.id())) {
                if (!(old.definition() instanceof CheckDefinition.Maintenance)) {
                    nextChecks.remove(old.id());
                    touched.add(old.id());
                }
            }
        }
        for (LocalCheck check : registration.checks()) {
            nextChecks.put(check.id(), continued(check.of(service.name(), service.tags()), now));
            touched.add(check.id());
        }
        return new LocalState(nextServices, nextChecks, unpushed.andService(service.id()).andChecks(touched));
    }

    /** With a check of the node or of a registered service. Throws {@link RefusedException} for an unknown service. */
    LocalState with(LocalCheck check, Instant now) {
        LocalCheck next = check;
        if (!check.serviceId().isEmpty()) {
            Service service = services.get(check.serviceId());
            if (service == null) {
                throw new RefusedException(500, "ServiceID \"" + check.serviceId() + "\" does not exist");
            }
            next = check.of(service.name(), service.tags());
        }
        return replacing(continued(next, now));
    }

    private LocalCheck continued(LocalCheck check, Instant now) {
        LocalCheck old = checks.get(check.id());
        if (old == null || !old.serviceId().equals(check.serviceId())) {
            return check;
        }
        if (old.runsAs(check)) {
            CheckState kept = old.state();
            Optional<Instant> expiresAt = CheckState.initial(check.definition(), kept.status(), "", now).expiresAt();
            return check.with(new CheckState(kept.status(), kept.output(), kept.successes(), kept.failures(),
                    kept.criticalSince(), expiresAt, kept.everPassed()), old.outputDue());
        }
        return check.with(
                CheckState.initial(check.definition(), old.state().status(), old.state().output(), now), Optional.empty());
    }

    /** Without a service and its checks; the same when it is unknown. */
    LocalState withoutService(String id) {
        if (!services.containsKey(id)) {
            return this;
        }
        TreeMap<String, Service> nextServices = new TreeMap<>(services);
        nextServices.remove(id);
        TreeMap<String, LocalCheck> nextChecks = new TreeMap<>(checks);
        List<String> gone = checksOf(id).stream().map(LocalCheck::id).toList();
        gone.forEach(nextChecks::remove);
        return new LocalState(nextServices, nextChecks, unpushed.andService(id).andChecks(gone));
    }

    /** Without a check; the same when it is unknown. */
    LocalState withoutCheck(String id) {
        if (!checks.containsKey(id)) {
            return this;
        }
        TreeMap<String, LocalCheck> nextChecks = new TreeMap<>(checks);
        nextChecks.remove(id);
        return new LocalState(services, nextChecks, unpushed.andChecks(Set.of(id)));
    }

    /**
     * After a check moved. A new status is pushed at once; an output alone is held back until {@code outputDelay} from
     * now, so that a chatty check does not write the catalog at each run. Zero pushes it at once as well.
     */
    LocalState moved(String id, CheckState next, Duration outputDelay, Instant now) {
        LocalCheck check = checks.get(id);
        if (check == null || check.state().equals(next)) {
            return this;
        }
        boolean turned = next.status() != check.state().status();
        boolean said = !next.output().equals(check.state().output());
        if (turned || said && outputDelay.isZero()) {
            return replacing(check.with(next, Optional.empty()));
        }
        Optional<Instant> due = said && check.outputDue().isEmpty() ? Optional.of(now.plus(outputDelay)) : check.outputDue();
        TreeMap<String, LocalCheck> nextChecks = new TreeMap<>(checks);
        nextChecks.put(id, check.with(next, due));
        return new LocalState(services, nextChecks, unpushed);
    }

    /** At a time: reports that are late, outputs held back long enough, and services critical for too long. */
    LocalState at(Instant now, Duration outputDelay) {
        LocalState next = this;
        for (LocalCheck check : checks.values()) {
            next = next.moved(check.id(), check.state().at(now), outputDelay, now);
            if (check.outputDue().isPresent() && !now.isBefore(check.outputDue().get())) {
                LocalCheck current = next.checks.get(check.id());
                next = next.replacing(current.with(current.state(), Optional.empty()));
            }
        }
        for (LocalCheck check : next.overdue(now)) {
            next = next.withoutService(check.serviceId());
        }
        return next;
    }

    /** Checks whose services have been critical for longer than they asked to be kept. */
    List<LocalCheck> overdue(Instant now) {
        return checks.values().stream()
                .filter(check -> !check.serviceId().isEmpty())
                .filter(check -> check.state().removalDue(check.deregisterCriticalAfter()).filter(due -> !now.isBefore(due)).isPresent())
                .toList();
    }

    /** The next moment at which {@link #at} would find something. */
    Optional<Instant> nextEvent() {
        return checks.values().stream()
                .flatMap(check -> Stream.of(check.state().expiresAt(), check.outputDue(),
                        check.serviceId().isEmpty() ? Optional.<Instant>empty()
                                : check.state().removalDue(check.deregisterCriticalAfter())))
                .flatMap(Optional::stream)
                .min(Instant::compareTo);
    }

    /** With a service, or with {@code ""} the node, in maintenance; the first reason stays. */
    LocalState inMaintenance(String serviceId, String reason, Instant now) {
        String id = maintenanceId(serviceId);
        if (checks.containsKey(id)) {
            return this;
        }
        boolean node = serviceId.isEmpty();
        CheckDefinition definition = new CheckDefinition.Maintenance();
        LocalCheck mark = new LocalCheck(id, node ? "Node Maintenance Mode" : "Service Maintenance Mode",
                !reason.isEmpty() ? reason : node ? NODE_REASON : SERVICE_REASON, serviceId, "", List.of(), definition,
                Thresholds.NONE, Optional.empty(), 0, CheckState.initial(definition, Status.CRITICAL, "", now),
                Optional.empty());
        return with(mark, now);
    }

    /** Out of maintenance. */
    LocalState outOfMaintenance(String serviceId) {
        return withoutCheck(maintenanceId(serviceId));
    }

    static String maintenanceId(String serviceId) {
        return serviceId.isEmpty() ? HealthCheck.NODE_MAINTENANCE : HealthCheck.SERVICE_MAINTENANCE_PREFIX + serviceId;
    }

    /** With tags that the catalog holds for a service that lets it override them. */
    LocalState retagged(String serviceId, List<String> tags) {
        Service old = services.get(serviceId);
        if (old == null || old.tags().equals(tags)) {
            return this;
        }
        TreeMap<String, Service> nextServices = new TreeMap<>(services);
        nextServices.put(serviceId, Differences.tagged(old, tags));
        return new LocalState(nextServices, checks, unpushed);
    }

    LocalState withUnpushed(Unpushed next) {
        return new LocalState(services, checks, next);
    }

    /** The checks of a service, or with {@code ""} those of the node, by id. */
    List<LocalCheck> checksOf(String serviceId) {
        List<LocalCheck> own = new ArrayList<>();
        for (LocalCheck check : checks.values()) {
            if (check.serviceId().equals(serviceId)) {
                own.add(check);
            }
        }
        return own;
    }

    /** What an alias check of the agent sees: the checks of the service and those of the node. */
    List<LocalCheck> seenBy(CheckDefinition.Alias alias) {
        return checks.values().stream()
                .filter(check -> check.serviceId().isEmpty() || check.serviceId().equals(alias.service()))
                .filter(check -> !(check.definition().equals(alias)))
                .toList();
    }

    private LocalState replacing(LocalCheck check) {
        TreeMap<String, LocalCheck> nextChecks = new TreeMap<>(checks);
        nextChecks.put(check.id(), check);
        return new LocalState(services, nextChecks, unpushed.andChecks(Set.of(check.id())));
    }
}
