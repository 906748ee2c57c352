package muster.template.watch;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import muster.registry.client.HealthCheck;
import muster.registry.client.Indexed;
import muster.registry.client.Node;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.ServiceSummary;
import muster.registry.client.View;

/**
 * Which services of a datacenter have to be read again, by three lists: its checks and its services' names say which; that
 * something else of a service or a node moved, only their indexes say, and then it may be any. Once all three lists are known, and
 * again after each failure, all are read. Any thread may call.
 */
final class ServiceNews {
    /** Requests that are open at a time. */
    static final int WATCHES = 3;

    /** Reads services, by their names; "" stands for all. Quick. */
    interface Orders {
        void readNow(Set<String> names);

        void readAllSoon();

        void failed(Optional<String> why);
    }

    private enum Part { CHECKS, SERVICES, NODES }

    private final Query.Scope scope;
    private final Orders orders;
    private final ServiceChanges changes = new ServiceChanges();
    private final Set<Part> good = EnumSet.noneOf(Part.class);

    ServiceNews(Query.Scope scope, Orders orders) {
        this.scope = scope;
        this.orders = orders;
    }

    List<RegistryClient.Watch> watch(RegistryClient registry) {
        return List.of(
                registry.watch(new Query.ChecksInState("any", scope), this::checks),
                registry.watch(new Query.Stamped<>(new Query.Services(scope)), this::services),
                registry.watch(new Query.Stamped<>(new Query.Nodes("", scope)), this::nodes));
    }

    private synchronized void checks(View<List<HealthCheck>> view) {
        Set<String> changed = view.failure().isPresent() ? Set.of() : changes.ofChecks(view.value().orElse(List.of()));
        if (goesOn(Part.CHECKS, view)) {
            orders.readNow(changed);
        }
    }

    private synchronized void services(View<Indexed<List<ServiceSummary>>> view) {
        Set<String> changed = view.failure().isPresent() ? Set.of() : changes.ofNames(view.value().map(Indexed::value).orElse(List.of()));
        if (goesOn(Part.SERVICES, view)) {
            orders.readNow(changed);
            orders.readAllSoon();
        }
    }

    private synchronized void nodes(View<Indexed<List<Node>>> view) {
        if (goesOn(Part.NODES, view)) {
            orders.readAllSoon();
        }
    }

    /** Whether all is well as it was before; where all has become well just now, everything is read. */
    private boolean goesOn(Part part, View<?> view) {
        if (view.failure().isPresent()) {
            good.remove(part);
            orders.failed(view.failure());
            return false;
        }
        boolean all = good.size() == WATCHES;
        if (good.add(part) && good.size() == WATCHES) {
            orders.readNow(Set.of(""));
        }
        return all;
    }
}
