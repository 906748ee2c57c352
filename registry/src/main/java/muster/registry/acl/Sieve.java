package muster.registry.acl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import muster.registry.state.Catalog;
import muster.registry.state.Check;
import muster.registry.state.KeyValue;
import muster.registry.state.Node;
import muster.registry.state.Service;
import muster.registry.state.Session;

/** Leaves out of one answer what its caller may not read, and knows whether it did. One for each answer, of one thread. */
public final class Sieve {
    private static final Sieve OPEN = new Sieve(Caller.UNRESTRICTED);

    private final Caller caller;
    private boolean leftOut;

    private Sieve(Caller caller) {
        this.caller = caller;
    }

    /** For one answer to the caller. */
    public static Sieve of(Caller caller) {
        return caller == Caller.UNRESTRICTED ? OPEN : new Sieve(caller);
    }

    public Caller caller() {
        return caller;
    }

    /** Whether anything was left out so far. */
    public boolean leftOut() {
        return leftOut;
    }

    /** The rows that the caller may read by the given rule. */
    public <T> List<T> keep(List<T> rows, Predicate<? super T> readable) {
        if (caller == Caller.UNRESTRICTED) {
            return rows;
        }
        List<T> kept = new ArrayList<>(rows.size());
        for (T row : rows) {
            if (shows(readable.test(row))) {
                kept.add(row);
            }
        }
        return kept;
    }

    /** The rows whose names the caller may read as names of the resource. */
    public <V> Map<String, V> keep(Map<String, V> rows, Resource resource) {
        if (caller == Caller.UNRESTRICTED) {
            return rows;
        }
        Map<String, V> kept = new LinkedHashMap<>();
        rows.forEach((name, row) -> {
            if (shows(caller.mayRead(resource, name))) {
                kept.put(name, row);
            }
        });
        return kept;
    }

    public boolean shows(Node node) {
        return shows(caller.mayRead(Resource.NODE, node.name()));
    }

    /** A service by itself: its node's name is not looked at. */
    public boolean shows(Service service) {
        return shows(caller.mayRead(Resource.SERVICE, service.name()));
    }

    public List<Node> nodes(List<Node> nodes) {
        return keep(nodes, node -> caller.mayRead(Resource.NODE, node.name()));
    }

    public List<Service> services(List<Service> services) {
        return keep(services, service -> caller.mayRead(Resource.SERVICE, service.name()));
    }

    public List<Catalog.Instance> instances(List<Catalog.Instance> instances) {
        return keep(instances, instance -> caller.mayRead(Resource.NODE, instance.node().name())
                && caller.mayRead(Resource.SERVICE, instance.service().name()));
    }

    public List<Check> checks(List<Check> checks) {
        return keep(checks, check -> caller.mayRead(Resource.NODE, check.node())
                && (check.serviceName().isEmpty() || caller.mayRead(Resource.SERVICE, check.serviceName())));
    }

    public List<Session> sessions(List<Session> sessions) {
        return keep(sessions, session -> caller.mayRead(Resource.SESSION, session.node()));
    }

    public List<KeyValue> entries(List<KeyValue> entries) {
        return keep(entries, entry -> caller.mayRead(Resource.KEY, entry.key()));
    }

    public List<String> keys(List<String> keys) {
        return keep(keys, key -> caller.mayRead(Resource.KEY, key));
    }

    private boolean shows(boolean readable) {
        leftOut |= !readable;
        return readable;
    }
}
