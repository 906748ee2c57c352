package muster.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import muster.dns.answer.DnsSettings;
import muster.dns.lookup.Reads;
import muster.dns.server.DnsServer;
import muster.registry.client.RegistryClient;

/** The DNS interface. */
final class DnsPart implements Part {
    private static final int DNS = 53;
    private final DnsServer server;

    private DnsPart(DnsServer server) {
        this.server = server;
    }

    static DnsPart start(AgentOptions options, RegistryClient registry, InstantSource clock, RandomGenerator random) throws IOException {
        DnsSettings usual = DnsSettings.of(options.datacenter());
        List<InetSocketAddress> recursors = new ArrayList<>();
        for (String recursor : options.recursors()) {
            int colon = recursor.lastIndexOf(':');
            recursors.add(colon < 0
                    ? new InetSocketAddress(recursor, DNS)
                    : new InetSocketAddress(recursor.substring(0, colon), Integer.parseInt(recursor.substring(colon + 1))));
        }
        DnsSettings settings = usual.with(new DnsSettings.Zone(options.domain(), "", options.datacenter()))
                .with(new DnsSettings.Recursion(recursors, usual.recursion().timeout(), usual.recursion().strategy()));
        InetSocketAddress listen = new InetSocketAddress(options.host(), options.ports().dns());
        return new DnsPart(DnsServer.start(listen, settings, Reads.direct(registry), clock, random));
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
