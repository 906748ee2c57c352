package muster.registry.acl;

import java.util.Optional;
import muster.registry.state.Catalog;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.KeyOperation;
import muster.registry.state.Node;
import muster.registry.state.Operation;
import muster.registry.state.Result;
import muster.registry.state.Service;

/**
 * What writing rows of the catalog takes: the right to write the node, for what belongs to the node, and the right to write
 * the service, for the rest. What is there already counts too, so that nobody takes over a row that is not theirs. All
 * methods throw {@link DeniedException}. Pure.
 */
public record CatalogRights(Caller caller, Catalog catalog) {
    /** A registration; a node that stays as it is needs no right to it. */
    public void require(Command.Register register) {
        if (caller == Caller.UNRESTRICTED) {
            return;
        }
        String node = register.node().name();
        Optional<Node> present = catalog.node(node);
        if (present.isEmpty() || !register.skipNodeUpdate() && !present.get().holdsSame(register.node())) {
            require(Resource.NODE, node);
        }
        register.service().ifPresent(service -> requireService(node, service.id(), service.name()));
        for (Check check : register.checks()) {
            if (check.serviceId().isEmpty()) {
                require(Resource.NODE, node);
                continue;
            }
            Optional<String> ofBody = register.service().filter(service -> service.id().equals(check.serviceId())).map(Service::name);
            String name = ofBody.or(() -> catalog.service(node, check.serviceId()).map(Service::name)).orElseThrow(
                    () -> DeniedException.unknown("Unknown service '" + check.serviceId() + "' for check '" + check.id() + "'"));
            require(Resource.SERVICE, name);
            requireOwner(node, check.id());
        }
    }

    /** A deregistration; the right to write the node is enough for all that is on it. */
    public void require(Command.Deregister deregister) {
        String node = deregister.node();
        if (caller == Caller.UNRESTRICTED || caller.may(Access.WRITE, Resource.NODE, node)) {
            return;
        }
        if (!deregister.serviceId().isEmpty()) {
            Service service = catalog.service(node, deregister.serviceId()).orElseThrow(
                    () -> DeniedException.unknown("Unknown service '" + deregister.serviceId() + "'"));
            require(Resource.SERVICE, service.name());
        } else if (!deregister.checkId().isEmpty()) {
            Check check = catalog.check(node, deregister.checkId()).orElseThrow(
                    () -> DeniedException.unknown("Unknown check '" + deregister.checkId() + "'"));
            require(check);
        } else {
            require(Resource.NODE, node);
        }
    }

    /** An operation of a transaction. Reads need nothing here: what they find is looked at afterwards. */
    public void require(Operation operation) {
        if (caller == Caller.UNRESTRICTED) {
            return;
        }
        switch (operation) {
            case Operation.OnKey(KeyOperation key) -> require(key);
            case Operation.OnNode(Operation.Verb verb, Node node) -> {
                if (verb != Operation.Verb.GET) {
                    require(Resource.NODE, node.name());
                }
            }
            case Operation.OnService(Operation.Verb verb, Service service) -> {
                if (verb != Operation.Verb.GET) {
                    requireService(service.node(), service.id(), service.name());
                }
            }
            case Operation.OnCheck(Operation.Verb verb, Check check) -> {
                if (verb != Operation.Verb.GET) {
                    requireOwner(check.node(), check.id());
                    require(check);
                }
            }
        }
    }

    private void require(KeyOperation key) {
        switch (key.verb()) {
            case GET, GET_TREE -> { }
            // Their outcome alone would tell what the key holds.
            case CHECK_INDEX, CHECK_SESSION, CHECK_NOT_EXISTS -> require(Permission.of(Access.READ, Resource.KEY, key.key()));
            case DELETE_TREE -> require(Permission.writeUnder(key.key()));
            case SET, CAS, LOCK, UNLOCK, DELETE, DELETE_CAS -> require(Resource.KEY, key.key());
        }
    }

    /** Whether a row in the answer of a transaction may be shown. */
    public boolean mayRead(Result.Row row) {
        return switch (row) {
            case Result.Row.OfKey key -> caller.mayRead(Resource.KEY, key.entry().key());
            case Result.Row.OfNode node -> caller.mayRead(Resource.NODE, node.node().name());
            case Result.Row.OfService service -> caller.mayRead(Resource.SERVICE, service.service().name());
            case Result.Row.OfCheck check -> check.check().serviceName().isEmpty()
                    ? caller.mayRead(Resource.NODE, check.check().node())
                    : caller.mayRead(Resource.SERVICE, check.check().serviceName());
        };
    }

    private void requireService(String node, String id, String name) {
        Optional<String> present = catalog.service(node, id).map(Service::name);
        present.ifPresent(other -> require(Resource.SERVICE, other));
        if (present.isEmpty() || !name.isEmpty()) {
            require(Resource.SERVICE, name);
        }
    }

    /** A check that is there belongs to somebody. */
    private void requireOwner(String node, String id) {
        catalog.check(node, id).ifPresent(this::require);
    }

    private void require(Check check) {
        if (check.serviceId().isEmpty()) {
            require(Resource.NODE, check.node());
        } else {
            require(Resource.SERVICE, catalog.service(check.node(), check.serviceId()).map(Service::name).orElse(check.serviceName()));
        }
    }

    private void require(Resource resource, String name) {
        require(Permission.of(Access.WRITE, resource, name));
    }

    private void require(Permission permission) {
        caller.require(Need.of(permission));
    }
}
