package muster.registry.state;

import java.util.Optional;

/** Registrations and deregistrations of nodes, services and checks. */
final class Registration {
    private final Draft draft;
    private final CatalogDraft catalog;

    Registration(Draft draft) {
        this.draft = draft;
        this.catalog = draft.catalog;
    }

    /** All of the registration or nothing. */
    Result register(Command.Register register) {
        String name = register.node().name();
        if (!register.skipNodeUpdate() || catalog.node(name).isEmpty()) {
            Optional<Result.Refused> refused = putNode(register.node());
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        if (register.service().isPresent()) {
            Optional<Result.Refused> refused = putService(register.service().get());
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        for (Check check : register.checks()) {
            Optional<Result.Refused> refused = putCheck(check);
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        return new Result.Done();
    }

    Result deregister(Command.Deregister deregister) {
        if (!deregister.serviceId().isEmpty()) {
            catalog.service(deregister.node(), deregister.serviceId()).ifPresent(this::removeService);
        } else if (!deregister.checkId().isEmpty()) {
            catalog.check(deregister.node(), deregister.checkId()).ifPresent(this::removeCheck);
        } else {
            catalog.node(deregister.node()).ifPresent(this::removeNode);
        }
        return new Result.Done();
    }

    /**
     * Sets a node. A known id under another name renames it, by removing the node of the old name with all it has; a name
     * that belongs to another id is only taken from a node that is not alive. Gives the refusal, if any.
     */
    Optional<Result.Refused> putNode(Node node) {
        Optional<Node> sameId = catalog.nodeWithId(node.id());
        Optional<Node> sameName = catalog.node(node.name());
        if (!node.id().isEmpty() && sameName.isPresent() && !sameName.get().id().equals(node.id())) {
            Node other = sameName.get();
            boolean renaming = sameId.isPresent();
            boolean nameIsFree = other.id().isEmpty() && !renaming || isDead(other);
            if (!nameIsFree) {
                return Optional.of(new Result.Refused("failed inserting node: Error while renaming Node ID: \""
                        + node.id() + "\": Node name " + node.name() + " is reserved by node " + other.id()
                        + " with name " + other.name() + " (" + other.address() + ")"));
            }
        }
        sameId.filter(old -> !old.name().equalsIgnoreCase(node.name())).ifPresent(this::removeNode);
        catalog.putNode(node);
        return Optional.empty();
    }

    private boolean isDead(Node node) {
        return catalog.check(node.name(), Check.SERF_HEALTH).filter(Check::isCritical).isPresent();
    }

    /** Sets a service of an existing node. Gives the refusal, if any. */
    Optional<Result.Refused> putService(Service service) {
        if (service.id().isEmpty()) {
            return Optional.of(new Result.Refused(
                    "failed inserting service: failed inserting service: object missing primary index"));
        }
        Optional<Node> node = catalog.node(service.node());
        if (node.isEmpty()) {
            return Optional.of(new Result.Refused("Missing node registration"));
        }
        catalog.putService(service.node().equals(node.get().name()) ? service : service.movedTo(node.get().name()));
        return Optional.empty();
    }

    /** Sets a check of an existing node and, where it names one, service. Gives the refusal, if any. */
    Optional<Result.Refused> putCheck(Check check) {
        Optional<Node> node = catalog.node(check.node());
        if (node.isEmpty()) {
            return Optional.of(new Result.Refused("Missing node registration"));
        }
        Check full = check.status().isEmpty() ? check.named(check.id(), Check.CRITICAL) : check;
        if (!full.node().equals(node.get().name())) {
            full = full.movedTo(node.get().name());
        }
        if (!check.serviceId().isEmpty()) {
            Optional<Service> service = catalog.service(check.node(), check.serviceId());
            if (service.isEmpty()) {
                return Optional.of(new Result.Refused("Missing service registration"));
            }
            full = full.of(service.get().name(), service.get().tags());
        }
        catalog.putCheck(full);
        if (full.isCritical()) {
            draft.leases.endAllOfCheck(full.node(), full.id());
        }
        return Optional.empty();
    }

    void removeCheck(Check check) {
        catalog.removeCheck(check);
        draft.leases.endAllOfCheck(check.node(), check.id());
    }

    void removeService(Service service) {
        for (Check check : catalog.checksOf(service.node())) {
            if (check.serviceId().equalsIgnoreCase(service.id())) {
                removeCheck(check);
            }
        }
        catalog.removeService(service);
    }

    void removeNode(Node node) {
        for (Service service : catalog.servicesOf(node.name())) {
            removeService(service);
        }
        for (Check check : catalog.checksOf(node.name())) {
            removeCheck(check);
        }
        catalog.removeNode(node);
        draft.mesh().removeCoordinates(node.name());
        draft.leases.endAllOfNode(node.name());
    }
}
