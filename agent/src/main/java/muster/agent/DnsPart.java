package muster.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import muster.dns.lookup.Reads;
import muster.dns.server.DnsServer;
import muster.registry.client.RegistryClient;

/** The DNS interface. */
final class DnsPart implements Part {
    private final DnsServer server;

    private DnsPart(DnsServer server) {
        this.server = server;
    }

    static DnsPart start(AgentOptions options, RegistryClient registry, InstantSource clock, RandomGenerator random) throws IOException {
        InetSocketAddress listen = new InetSocketAddress(options.registry().addresses().dns(), options.ports().dns());
        return new DnsPart(DnsServer.start(listen, options.registry().dns(), Reads.direct(registry), clock, random));
    }

    @Override
    public List<Listening> listening() {
        InetSocketAddress address = server.address();
        return List.of(new Listening("DNS (UDP and TCP)", Suite.hostPort(address.getAddress().getHostAddress(), address.getPort())));
    }

    @Override
    public void close() {
        server.close();
    }
}
