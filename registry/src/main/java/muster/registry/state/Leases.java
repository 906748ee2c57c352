package muster.registry.state;

import java.time.Duration;
import java.util.Optional;

/** The beginnings and ends of sessions. */
final class Leases {
    /** The longest time for which a lost key refuses new holders. */
    private static final Duration MAX_LOCK_DELAY = Duration.ofSeconds(60);

    private final Draft draft;

    Leases(Draft draft) {
        this.draft = draft;
    }

    Result create(Session session) {
        if (draft.catalog.node(session.node()).isEmpty()) {
            return new Result.Refused("Missing node registration");
        }
        for (String id : session.checks()) {
            Optional<Check> check = draft.catalog.check(session.node(), id);
            if (check.isEmpty()) {
                return new Result.Refused("Missing check '" + id + "' registration");
            }
            if (check.get().isCritical()) {
                return new Result.Refused("Check '" + id + "' is in critical state");
            }
        }
        draft.sessions.put(session);
        return new Result.Done();
    }

    Result end(String id) {
        draft.sessions.get(id).ifPresent(session -> end(session));
        return new Result.Done();
    }

    void endAllOfNode(String node) {
        draft.sessions.ofNode(node).forEach(id -> end(id));
    }

    void endAllOfCheck(String node, String check) {
        draft.sessions.ofCheck(node, check).forEach(id -> end(id));
    }

    private void end(Session session) {
        draft.sessions.remove(session);
        draft.queries().removeOf(session.id());
        Duration delay = session.lockDelay().compareTo(MAX_LOCK_DELAY) > 0 ? MAX_LOCK_DELAY : session.lockDelay();
        for (String key : draft.entries.lockedBy(session.id())) {
            switch (session.behavior()) {
                case RELEASE -> draft.entries.get(key)
                        .ifPresent(entry -> draft.entries.store(entry.lockedBy("", entry.lockIndex())));
                case DELETE -> draft.entries.delete(key);
            }
            if (delay.isPositive()) {
                draft.changes.lockDelay(key, delay);
            }
        }
    }
}
