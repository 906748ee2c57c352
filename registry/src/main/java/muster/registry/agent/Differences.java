package muster.registry.agent;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Node;
import muster.registry.state.Service;

/**
 * What has to be changed in the catalog so that it holds of a node what the node's agent holds. Pure.
 *
 * <p>A push of a change looks only at what changed. A full comparison looks at everything and also removes what the agent
 * does not know, except what the servers themselves keep there: the node's liveness check and, on a server, its own
 * service. A check goes in one command with its service, so that no reader sees the one without the other.
 */
public final class Differences {
    private final Node node;
    private final LocalState local;
    private final NodeRows catalog;
    private final Set<String> reserved;
    private final boolean full;
    private final List<Command> commands = new ArrayList<>();

    private Differences(Node node, LocalState local, NodeRows catalog, Set<String> reserved, boolean full) {
        this.node = node;
        this.local = local;
        this.catalog = catalog;
        this.reserved = reserved;
        this.full = full;
    }

    /**
     * Which rows to look at; an empty selection is a full comparison.
     *
     * @param reserved ids of services and checks that the agent leaves alone
     */
    public static List<Command> between(
            Node node, LocalState local, NodeRows catalog, Optional<LocalState.Unpushed> selection, Set<String> reserved) {
        Differences differences = new Differences(node, local, catalog, reserved, selection.isEmpty());
        if (selection.isPresent()) {
            differences.compare(selection.get().services(), selection.get().checks());
        } else {
            Set<String> services = new TreeSet<>(local.services().keySet());
            services.addAll(catalog.services().keySet());
            Set<String> checks = new TreeSet<>(local.checks().keySet());
            checks.addAll(catalog.checks().keySet());
            differences.compare(services, checks);
        }
        return List.copyOf(differences.commands);
    }

    private void compare(Set<String> serviceIds, Set<String> checkIds) {
        Set<String> leaving = new HashSet<>();
        for (String id : new TreeSet<>(serviceIds)) {
            if (!local.services().containsKey(id) && catalog.services().containsKey(id) && !reserved.contains(id)) {
                leaving.add(id);
                commands.add(new Command.Deregister(node.name(), id, ""));
            }
        }
        Map<String, List<Check>> stale = new LinkedHashMap<>();
        for (String id : new TreeSet<>(checkIds)) {
            LocalCheck check = local.checks().get(id);
            Check row = catalog.checks().get(id);
            if (check != null && (row == null || !same(check, row))) {
                stale.computeIfAbsent(check.serviceId(), key -> new ArrayList<>()).add(check.row(node.name()));
            } else if (check == null && row != null && !reserved.contains(id) && !leaving.contains(row.serviceId())) {
                commands.add(new Command.Deregister(node.name(), "", id));
            }
        }
        for (String id : new TreeSet<>(serviceIds)) {
            Service service = local.services().get(id);
            if (service != null && isStale(service)) {
                register(Optional.of(wanted(service)), stale.getOrDefault(id, List.of()));
                stale.remove(id);
            }
        }
        stale.values().forEach(checks -> register(Optional.empty(), checks));
    }

    private void register(Optional<Service> service, List<Check> checks) {
        commands.add(new Command.Register(node, true, service, checks));
    }

    private boolean isStale(Service service) {
        Service row = catalog.services().get(service.id());
        return row == null || !plain(row).equals(plain(wanted(service)));
    }

    /**
     * Where the service says so, the catalog's tags are the right ones; a push of a new registration brings those of the
     * registration, as in the original.
     */
    private Service wanted(Service service) {
        Service row = catalog.services().get(service.id());
        return full && row != null && service.enableTagOverride() ? tagged(service, row.tags()) : service;
    }

    /** The service's name and tags in a check's row are the catalog's own copy; they are no reason to write. */
    private boolean same(LocalCheck check, Check row) {
        Check wanted = check.row(node.name());
        boolean outputMatters = check.outputDue().isEmpty();
        return wanted.name().equals(row.name())
                && wanted.status().equals(row.status())
                && wanted.notes().equals(row.notes())
                && wanted.serviceId().equals(row.serviceId())
                && wanted.type().equals(row.type())
                && wanted.definition().equals(row.definition())
                && (!outputMatters || wanted.output().equals(row.output()));
    }

    private Service plain(Service service) {
        return new Service(node.name(), service.id(), service.name(), service.kind(), service.tags(), service.address(),
                service.port(), service.taggedAddresses(), service.meta(), service.weights(), service.enableTagOverride(),
                service.proxy(), service.connectNative(), 0, 0);
    }

    static Service tagged(Service service, List<String> tags) {
        return new Service(service.node(), service.id(), service.name(), service.kind(), tags, service.address(),
                service.port(), service.taggedAddresses(), service.meta(), service.weights(), service.enableTagOverride(),
                service.proxy(), service.connectNative(), service.createIndex(), service.modifyIndex());
    }
}
