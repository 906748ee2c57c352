package muster.dns.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import muster.dns.answer.DnsSettings;
import muster.dns.lookup.Reads;
import muster.registry.client.http.HttpRegistryClient;
import muster.registry.client.http.HttpRegistrySettings;

/**
 * The DNS server alone, beside a registry that speaks HTTP, for tests by hand. Arguments: port, the registry's address, and
 * {@code watched} to answer from watches.
 */
final class DnsBesideRegistry {
    private DnsBesideRegistry() {}

    public static void main(String[] args) throws Exception {
        Random random = new Random();
        try (HttpRegistryClient client =
                new HttpRegistryClient(HttpRegistrySettings.of(args[1]), InstantSource.system(), random)) {
            boolean watched = args.length > 2 && args[2].equals("watched");
            Reads reads = watched ? Reads.watched(client, InstantSource.system()) : Reads.direct(client);
            InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
            try (DnsServer server = DnsServer.start(
                    listen, DnsSettings.of(client.self().datacenter()), reads, InstantSource.system(), random)) {
                System.out.println("ready on " + server.address());
                new CountDownLatch(1).await();
            }
        }
    }
}
