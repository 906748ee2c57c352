package muster.registry.state;

import java.util.Optional;

/** Operations on the KV store with what they answer when asked for one at a time. */
final class KeyWrites {
    private final Draft draft;

    KeyWrites(Draft draft) {
        this.draft = draft;
    }

    Result write(KeyOperation operation) {
        return switch (operation.verb()) {
            case SET -> {
                draft.entries.set(operation.key(), operation.value(), operation.flags());
                yield new Result.Decided(true);
            }
            case CAS -> new Result.Decided(compareAndSet(operation).isPresent());
            case LOCK -> sessionRefusal(operation.session()).<Result>map(refused -> refused)
                    .orElseGet(() -> new Result.Decided(lock(operation).isPresent()));
            case UNLOCK -> operation.session().isEmpty()
                    ? new Result.Refused("missing session")
                    : new Result.Decided(unlock(operation).isPresent());
            case DELETE -> {
                draft.entries.delete(operation.key());
                yield new Result.Decided(true);
            }
            case DELETE_CAS -> new Result.Decided(compareAndDelete(operation));
            case DELETE_TREE -> {
                draft.entries.deleteTree(operation.key());
                yield new Result.Decided(true);
            }
            case GET, GET_TREE, CHECK_INDEX, CHECK_SESSION, CHECK_NOT_EXISTS ->
                new Result.Refused("Invalid KVS operation: " + operation.verb());
        };
    }

    /** Why the session can't lock anything; empty when it can. */
    Optional<Result.Refused> sessionRefusal(String session) {
        if (session.isEmpty()) {
            return Optional.of(new Result.Refused("missing session"));
        }
        if (draft.sessions.get(session).isEmpty()) {
            return Optional.of(new Result.Refused("invalid session \"" + session + "\""));
        }
        return Optional.empty();
    }

    Optional<KeyValue> compareAndSet(KeyOperation operation) {
        long present = draft.entries.get(operation.key()).map(KeyValue::modifyIndex).orElse(0L);
        return present == operation.index()
                ? Optional.of(draft.entries.set(operation.key(), operation.value(), operation.flags()))
                : Optional.empty();
    }

    /** Takes the lock for an existing session, or writes on while it holds it; empty when another one does. */
    Optional<KeyValue> lock(KeyOperation operation) {
        Optional<KeyValue> present = draft.entries.get(operation.key());
        String holder = present.map(KeyValue::session).orElse("");
        if (!holder.isEmpty() && !holder.equals(operation.session())) {
            return Optional.empty();
        }
        long acquisitions = present.map(KeyValue::lockIndex).orElse(0L) + (holder.isEmpty() ? 1 : 0);
        return Optional.of(draft.entries.store(new KeyValue(operation.key(), operation.value(), operation.flags(),
                operation.session(), acquisitions, 0, 0)));
    }

    /** Gives the lock back; empty when the session does not hold it. */
    Optional<KeyValue> unlock(KeyOperation operation) {
        Optional<KeyValue> held = draft.entries.get(operation.key())
                .filter(entry -> entry.session().equals(operation.session()));
        return held.map(entry -> draft.entries.store(new KeyValue(operation.key(), operation.value(), operation.flags(),
                "", entry.lockIndex(), 0, 0)));
    }

    /** Whether the key is gone now: it was absent, or last changed at the operation's index. */
    boolean compareAndDelete(KeyOperation operation) {
        Optional<KeyValue> present = draft.entries.get(operation.key());
        if (present.isPresent() && present.get().modifyIndex() != operation.index()) {
            return false;
        }
        draft.entries.delete(operation.key());
        return true;
    }
}
