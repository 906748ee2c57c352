package muster.registry.local;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import muster.registry.Registry;
import muster.registry.acl.AccessControl;
import muster.registry.acl.Caller;
import muster.registry.acl.CatalogRights;
import muster.registry.agent.CatalogLink;
import muster.registry.agent.NodeRows;
import muster.registry.query.Reads;
import muster.registry.state.Catalog;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Result;
import muster.registry.state.Service;

/** The catalog of the server in the same process: reads its state, writes through its log. */
public final class ServerCatalog implements CatalogLink {
    private static final long APPLY_SECONDS = 7;

    private final Registry registry;

    public ServerCatalog(Registry registry) {
        this.registry = registry;
    }

    @Override
    public NodeRows rows(String node) {
        Catalog catalog = registry.snapshot().catalog();
        Map<String, Service> services =
                catalog.servicesOf(node).stream().collect(Collectors.toMap(Service::id, Function.identity()));
        Map<String, Check> checks = catalog.checksOf(node).stream().collect(Collectors.toMap(Check::id, Function.identity()));
        return new NodeRows(catalog.node(node), services, checks);
    }

    @Override
    public int nodes() {
        return registry.snapshot().catalog().nodes().size();
    }

    @Override
    public void apply(Command command) throws InterruptedException {
        try {
            Result result = registry.propose(command).get(APPLY_SECONDS, TimeUnit.SECONDS).result();
            if (result instanceof Result.Refused(String message)) {
                throw new CatalogUnavailableException(message, null);
            }
        } catch (ExecutionException e) {
            throw new CatalogUnavailableException(String.valueOf(e.getCause().getMessage()), e.getCause());
        } catch (TimeoutException e) {
            throw new CatalogUnavailableException("the log did not take the change within " + APPLY_SECONDS + " s", e);
        }
    }

    @Override
    public void apply(Command command, String secret) throws InterruptedException {
        AccessControl access = registry.access();
        if (access.isOn()) {
            Caller caller = access.caller(secret.isEmpty() ? access.tokens().of(command) : secret);
            CatalogRights rights = new CatalogRights(caller, registry.snapshot().catalog());
            switch (command) {
                case Command.Register register -> rights.require(register);
                case Command.Deregister deregister -> rights.require(deregister);
                default -> throw new IllegalArgumentException("an agent writes nothing but registrations, not " + command.getClass());
            }
        }
        apply(command);
    }

    @Override
    public AutoCloseable watch(String node, Runnable changed) {
        return registry.subscribe(new Reads.ChecksOfNode(node),
                answer -> Thread.ofVirtual().name("alias " + node).start(changed));
    }
}
