package muster.registry.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The operations of a transaction. Each sees what those before it did; all are run, so that every failure is reported, and
 * one failure undoes them all. (Consul HTTP API: txn)
 */
final class Steps {
    private final Draft draft;
    private final List<Result.Row> rows = new ArrayList<>();

    Steps(Draft draft) {
        this.draft = draft;
    }

    Result run(List<Operation> operations) {
        List<Result.Failure> failures = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            Optional<String> failure = switch (operations.get(i)) {
                case Operation.OnKey step -> key(step.operation());
                case Operation.OnNode step -> node(step.verb(), step.node());
                case Operation.OnService step -> service(step.verb(), step.service());
                case Operation.OnCheck step -> check(step.verb(), step.check());
            };
            if (failure.isPresent()) {
                failures.add(new Result.Failure(i, failure.get()));
            }
        }
        return failures.isEmpty() ? new Result.Committed(rows) : new Result.Failed(failures);
    }

    private Optional<String> key(KeyOperation step) {
        String key = "\"" + step.key() + "\"";
        Optional<KeyValue> present = draft.entries.get(step.key());
        return switch (step.verb()) {
            case SET -> answer(draft.entries.set(step.key(), step.value(), step.flags()));
            case CAS -> answer(draft.keys.compareAndSet(step), "failed to set key " + key + ", index is stale");
            case LOCK -> {
                Optional<Result.Refused> refusal = draft.keys.sessionRefusal(step.session());
                yield refusal.isPresent()
                        ? Optional.of(refusal.get().message())
                        : answer(draft.keys.lock(step), "failed to lock key " + key + ", lock is already held");
            }
            case UNLOCK -> answer(draft.keys.unlock(step),
                    "failed to unlock key " + key + ", lock isn't held, or is held by another session");
            case GET -> {
                present.ifPresent(entry -> rows.add(new Result.Row.OfKey(entry, true)));
                yield present.isPresent() ? Optional.empty() : Optional.of("key " + key + " doesn't exist");
            }
            case GET_TREE -> {
                draft.entries.under(step.key()).forEach(entry -> rows.add(new Result.Row.OfKey(entry, true)));
                yield Optional.empty();
            }
            case CHECK_INDEX -> present.isEmpty()
                    ? Optional.of("failed to check index, key " + key + " doesn't exist")
                    : answer(present.filter(entry -> entry.modifyIndex() == step.index()),
                            "failed index check for key " + key + ", current modify index "
                                    + present.get().modifyIndex() + " != " + step.index());
            case CHECK_SESSION -> present.isEmpty()
                    ? Optional.of("failed to check session, key " + key + " doesn't exist")
                    : answer(present.filter(entry -> entry.session().equals(step.session())),
                            "failed session check for key " + key + ", current session \"" + present.get().session()
                                    + "\" != \"" + step.session() + "\"");
            case CHECK_NOT_EXISTS -> present.isPresent() ? Optional.of("key " + key + " exists") : Optional.empty();
            case DELETE -> {
                draft.entries.delete(step.key());
                yield Optional.empty();
            }
            case DELETE_TREE -> {
                draft.entries.deleteTree(step.key());
                yield Optional.empty();
            }
            case DELETE_CAS -> draft.keys.compareAndDelete(step)
                    ? Optional.empty()
                    : Optional.of("failed to delete key " + key + ", index is stale");
        };
    }

    private Optional<String> answer(KeyValue entry) {
        rows.add(new Result.Row.OfKey(entry, false));
        return Optional.empty();
    }

    private Optional<String> answer(Optional<KeyValue> entry, String failure) {
        return entry.isPresent() ? answer(entry.get()) : Optional.of(failure);
    }

    private Optional<String> node(Operation.Verb verb, Node node) {
        Optional<Node> present = draft.catalog.node(node.name());
        String named = "node \"" + node.name() + "\"";
        boolean stale = present.map(Node::modifyIndex).orElse(0L) != node.modifyIndex();
        return switch (verb) {
            case SET -> setNode(node);
            case CAS -> stale ? Optional.of("failed to set " + named + ", index is stale") : setNode(node);
            case GET -> {
                present.ifPresent(found -> rows.add(new Result.Row.OfNode(found)));
                yield present.isPresent() ? Optional.empty() : Optional.of(named + " doesn't exist");
            }
            case DELETE -> {
                present.ifPresent(draft.registration::removeNode);
                yield Optional.empty();
            }
            case DELETE_CAS -> {
                if (stale) {
                    yield Optional.of("failed to delete " + named + ", index is stale");
                }
                present.ifPresent(draft.registration::removeNode);
                yield Optional.empty();
            }
        };
    }

    private Optional<String> setNode(Node node) {
        Optional<String> refused = message(draft.registration.putNode(node));
        if (refused.isEmpty()) {
            draft.catalog.node(node.name()).ifPresent(stored -> rows.add(new Result.Row.OfNode(stored)));
        }
        return refused;
    }

    private Optional<String> service(Operation.Verb verb, Service service) {
        Optional<Service> present = draft.catalog.service(service.node(), service.id());
        String named = "service \"" + service.id() + "\" on node \"" + service.node() + "\"";
        boolean stale = present.map(Service::modifyIndex).orElse(0L) != service.modifyIndex();
        return switch (verb) {
            case SET -> setService(service);
            case CAS -> stale ? Optional.of("failed to set " + named + ", index is stale") : setService(service);
            case GET -> {
                present.ifPresent(found -> rows.add(new Result.Row.OfService(found)));
                yield present.isPresent() ? Optional.empty() : Optional.of(named + " doesn't exist");
            }
            case DELETE -> {
                present.ifPresent(draft.registration::removeService);
                yield Optional.empty();
            }
            case DELETE_CAS -> {
                if (stale) {
                    yield Optional.of("failed to delete " + named + ", index is stale");
                }
                present.ifPresent(draft.registration::removeService);
                yield Optional.empty();
            }
        };
    }

    private Optional<String> setService(Service service) {
        Optional<String> refused = message(draft.registration.putService(service));
        if (refused.isEmpty()) {
            draft.catalog.service(service.node(), service.id())
                    .ifPresent(stored -> rows.add(new Result.Row.OfService(stored)));
        }
        return refused;
    }

    private Optional<String> check(Operation.Verb verb, Check check) {
        Optional<Check> present = draft.catalog.check(check.node(), check.id());
        String named = "check \"" + check.id() + "\" on node \"" + check.node() + "\"";
        boolean stale = present.map(Check::modifyIndex).orElse(0L) != check.modifyIndex();
        return switch (verb) {
            case SET -> setCheck(check);
            case CAS -> stale ? Optional.of("failed to set " + named + ", index is stale") : setCheck(check);
            case GET -> {
                present.ifPresent(found -> rows.add(new Result.Row.OfCheck(found)));
                yield present.isPresent() ? Optional.empty() : Optional.of(named + " doesn't exist");
            }
            case DELETE -> {
                present.ifPresent(draft.registration::removeCheck);
                yield Optional.empty();
            }
            case DELETE_CAS -> {
                if (stale) {
                    yield Optional.of("failed to delete " + named + ", index is stale");
                }
                present.ifPresent(draft.registration::removeCheck);
                yield Optional.empty();
            }
        };
    }

    private Optional<String> setCheck(Check check) {
        Optional<String> refused = message(draft.registration.putCheck(check));
        if (refused.isEmpty()) {
            draft.catalog.check(check.node(), check.id()).ifPresent(stored -> rows.add(new Result.Row.OfCheck(stored)));
        }
        return refused;
    }

    private static Optional<String> message(Optional<Result.Refused> refusal) {
        return refusal.map(Result.Refused::message);
    }
}
