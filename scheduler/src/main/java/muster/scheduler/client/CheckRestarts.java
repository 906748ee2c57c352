package muster.scheduler.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.registry.client.HealthCheck;

/**
 * Restarts tasks whose checks fail for too long: {@code limit} results in a row once the grace is over, counted by time as
 * results come once in an interval. Pure; owned by the thread of its {@link AllocationRunner}. (Nomad docs: "check_restart
 * stanza")
 */
final class CheckRestarts {
    /** A task to restart, "" for all of the group, and why. */
    record Due(String task, String reason) {}

    private static final class Watched {
        private final String owner;
        private final ServicePlan.Restart restart;
        private Instant graceUntil;
        private HealthCheck.Status status = HealthCheck.Status.PASSING;
        private Optional<Instant> failingSince = Optional.empty();

        Watched(String owner, ServicePlan.Restart restart, Instant graceUntil) {
            this.owner = owner;
            this.restart = restart;
            this.graceUntil = graceUntil;
        }

        boolean isFailing() {
            return status == HealthCheck.Status.CRITICAL
                    || status == HealthCheck.Status.WARNING && !restart.rule().ignoreWarnings();
        }

        Optional<Instant> dueAt() {
            return failingSince.map(since -> since.plus(restart.interval().multipliedBy(restart.rule().limit() - 1L)));
        }
    }

    private final Map<String, Watched> watched = new HashMap<>();

    /** Watches these checks of a task's services, or the group's for the owner "", instead of those before, and begins anew with each. */
    void watch(Instant now, String owner, List<ServicePlan.Restart> restarts) {
        watched.values().removeIf(w -> w.owner.equals(owner));
        for (ServicePlan.Restart restart : restarts) {
            Duration grace = restart.rule().grace() == null ? Duration.ZERO : restart.rule().grace();
            watched.put(restart.checkId(), new Watched(owner, restart, now.plus(grace)));
        }
    }

    /** The newest states; those of other checks are ignored. */
    void states(Map<String, HealthCheck.Status> states) {
        watched.forEach((id, w) -> w.status = states.getOrDefault(id, w.status));
    }

    /** The tasks to restart now. Each begins its grace again. */
    List<Due> due(Instant now) {
        List<Due> due = new ArrayList<>();
        for (Watched w : watched.values()) {
            if (!w.isFailing() || now.isBefore(w.graceUntil)) {
                w.failingSince = Optional.empty();
                continue;
            }
            w.failingSince = w.failingSince.or(() -> Optional.of(now));
            if (!now.isBefore(w.dueAt().orElseThrow())) {
                due.add(new Due(w.restart.task(), "healthcheck: check \"" + w.restart.name() + "\" unhealthy"));
                w.failingSince = Optional.empty();
                w.graceUntil = now.plus(w.restart.rule().grace() == null ? Duration.ZERO : w.restart.rule().grace());
                w.status = HealthCheck.Status.PASSING;
            }
        }
        return due;
    }

    /** When to ask again, if nothing else happens. */
    Optional<Instant> wakeAt(Instant now) {
        return watched.values().stream()
                .filter(Watched::isFailing)
                .map(w -> w.dueAt().orElse(w.graceUntil.isAfter(now) ? w.graceUntil : now))
                .min(Instant::compareTo);
    }
}
