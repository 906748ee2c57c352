package muster.registry.replication;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.registry.state.Changes;
import muster.registry.state.Command;
import muster.registry.state.Session;
import muster.registry.state.State;
import muster.wire.GoDuration;

/**
 * What the leader does in its own time, as a decision: given the moment and the state, which commands to propose. Holds
 * the timers of sessions and the age of deletions, which live in the leader's memory only and begin anew with a new leader,
 * and the lock delays of keys, which every server counts for itself. (Consul: Sessions)
 *
 * <p>Pure but for what it remembers. All methods are called under the lock of their one owner.
 */
final class LeaderDuties {
    /** A session ends when it was not renewed for this many times its TTL. */
    private static final int TTL_FACTOR = 2;
    private static final Duration TOMBSTONE_AGE = Duration.ofMinutes(15);
    private static final Duration TOMBSTONE_GRAIN = Duration.ofSeconds(30);

    private record Mark(Instant at, long index) {}

    private final Map<String, Instant> deadlines = new HashMap<>();
    private final Map<String, Instant> lockDelays = new HashMap<>();
    private final Deque<Mark> marks = new ArrayDeque<>();
    private boolean leading;

    /** How long the session lives unless renewed; empty without a TTL. */
    static Optional<Duration> lifetime(Session session) {
        return GoDuration.tryParse(session.ttl())
                .filter(Duration::isPositive)
                .map(ttl -> ttl.multipliedBy(TTL_FACTOR));
    }

    /** Takes note of what a command changed. */
    void changed(Changes changes, State state, Instant now) {
        for (String id : changes.sessions()) {
            Optional<Session> session = state.sessions().get(id);
            if (session.isEmpty()) {
                deadlines.remove(id);
            } else {
                lifetime(session.get()).ifPresent(lifetime -> deadlines.put(id, now.plus(lifetime)));
            }
        }
        changes.lockDelays().forEach((key, delay) -> lockDelays.put(key, now.plus(delay)));
        if (changes.everything()) {
            restart(state, now);
        }
    }

    /** Starts the session's time again. */
    void renew(Session session, Instant now) {
        lifetime(session).ifPresent(lifetime -> deadlines.put(session.id(), now.plus(lifetime)));
    }

    /** Whether the key still refuses new holders. */
    boolean isDelayed(String key, Instant now) {
        Instant until = lockDelays.get(key);
        return until != null && now.isBefore(until);
    }

    /** What is due. To be called every second or so; after a change of leadership all timers begin anew. */
    List<Command> due(boolean leader, State state, Instant now) {
        lockDelays.values().removeIf(until -> !now.isBefore(until));
        if (!leader) {
            leading = false;
            return List.of();
        }
        if (!leading) {
            // Lock delays go on: every server counts them, the leader's are no better.
            leading = true;
            beginTtls(state, now);
        }
        List<Command> due = new ArrayList<>();
        deadlines.forEach((id, deadline) -> {
            if (!now.isBefore(deadline)) {
                due.add(new Command.EndSession(id));
            }
        });
        due.forEach(command -> deadlines.remove(((Command.EndSession) command).id()));
        tombstones(state, now).ifPresent(due::add);
        return due;
    }

    private Optional<Command> tombstones(State state, Instant now) {
        if (marks.isEmpty() || now.isAfter(marks.getLast().at().plus(TOMBSTONE_GRAIN))) {
            marks.addLast(new Mark(now, state.index()));
        }
        long upTo = 0;
        while (!marks.isEmpty() && now.isAfter(marks.getFirst().at().plus(TOMBSTONE_AGE))) {
            upTo = marks.removeFirst().index();
        }
        return upTo > 0 && state.keys().tombstones().size() > 0
                ? Optional.of(new Command.CollectTombstones(upTo))
                : Optional.empty();
    }

    private void restart(State state, Instant now) {
        lockDelays.clear();
        beginTtls(state, now);
    }

    private void beginTtls(State state, Instant now) {
        deadlines.clear();
        marks.clear();
        state.sessions().all().forEach(session -> renew(session, now));
    }
}
