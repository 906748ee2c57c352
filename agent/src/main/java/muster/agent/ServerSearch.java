package muster.agent;

import java.util.List;
import java.util.concurrent.TimeUnit;
import muster.raft.members.AgentMember;
import muster.raft.members.Membership;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the scheduler's servers in the registry, where the configuration names none: they list themselves there as {@code nomad}
 * with the tag {@code serf}. Looks until another server is known. (Nomad agent configuration: consul.client_auto_join)
 */
final class ServerSearch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerSearch.class);
    private static final long PAUSE_SECONDS = 3;

    private final RegistryClient registry;
    private final Membership members;
    private final Thread thread = Thread.ofVirtual().name("server-search").unstarted(this::run);

    ServerSearch(RegistryClient registry, Membership members) {
        this.registry = registry;
        this.members = members;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!isFound()) {
                look();
                TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
            }
        } catch (InterruptedException e) {
            LOG.debug("search for servers ends");
        }
    }

    private boolean isFound() {
        String own = members.self().name();
        return members.servers().stream().map(AgentMember::name).anyMatch(name -> !name.equals(own));
    }

    private void look() throws InterruptedException {
        try {
            List<ServiceInstance> listed = registry.read(new Query.CatalogService("nomad", List.of("serf"), "", Query.Scope.LOCAL)).value();
            List<String> addresses = listed.stream().map(one -> Suite.hostPort(one.address(), one.port()))
                    .filter(address -> !address.equals(members.self().address())).distinct().toList();
            if (!addresses.isEmpty()) {
                LOG.info("servers found in the registry addresses={} joined={}", addresses, members.join(addresses).count());
            }
        } catch (RegistryException e) {
            LOG.debug("servers not looked for reason={}", e.getMessage());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
