package muster.dns.server;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import muster.dns.answer.DnsSettings;
import muster.dns.answer.Fit;
import muster.dns.lookup.Lookup;
import muster.dns.lookup.Reads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A DNS server for the registry's names, on one port, over UDP and TCP. */
public final class DnsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);
    /** For port 0: the port that TCP got may be taken for UDP. */
    private static final int BIND_ATTEMPTS = 20;
    private static final int BACKLOG = 256;
    private static final int UDP_RECEIVE_BUFFER = 1 << 20;
    private static final long CLOSE_SECONDS = 2;

    private final InetSocketAddress address;
    private final UdpListener udp;
    private final TcpListener tcp;
    private final ExecutorService threads;
    private final Reads reads;

    private DnsServer(Sockets sockets, Responder responder, Reads reads, ServerLimits limits) {
        this.address = (InetSocketAddress) sockets.tcp().getLocalSocketAddress();
        this.reads = reads;
        this.threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("dns-", 0).factory());
        this.udp = new UdpListener(sockets.udp(), responder, threads, limits);
        this.tcp = new TcpListener(sockets.tcp(), responder, threads, limits);
    }

    /** As the longer one, with the usual limits. */
    public static DnsServer start(InetSocketAddress listen, DnsSettings settings, Reads reads, InstantSource clock,
            RandomGenerator random) throws IOException {
        return start(listen, settings, reads, clock, random, ServerLimits.DEFAULT);
    }

    /**
     * Binds and answers from now on. With port 0, UDP and TCP get the same free port.
     *
     * @param reads closed with the server
     * @param random safe for threads; decides the order of instances, and the ids of questions passed on
     * @throws IOException naming the address and the protocol, when it can't be bound
     */
    public static DnsServer start(InetSocketAddress listen, DnsSettings settings, Reads reads, InstantSource clock,
            RandomGenerator random, ServerLimits limits) throws IOException {
        Sockets sockets = bind(listen);
        Recursor recursor = new Recursor(withoutItself(settings.recursion(), sockets), random);
        Responder responder = new Responder(new Lookup(settings, reads, clock, random), new Fit(settings, random), recursor, clock,
                random, settings.form().compressed());
        DnsServer server = new DnsServer(sockets, responder, reads, limits);
        server.udp.start();
        server.tcp.start();
        LOG.info("DNS server listens address={} domain={} datacenter={}", server.address, settings.domain(),
                settings.datacenter());
        return server;
    }

    /** A server that is its own recursor would ask itself until its time runs out. */
    private static DnsSettings.Recursion withoutItself(DnsSettings.Recursion recursion, Sockets sockets) {
        List<InetSocketAddress> others = recursion.recursors().stream().filter(recursor -> {
            boolean own = recursor.equals(sockets.tcp().getLocalSocketAddress());
            if (own) {
                LOG.warn("recursor left out, it is this server itself recursor={}", recursor);
            }
            return !own;
        }).toList();
        return new DnsSettings.Recursion(others, recursion.timeout(), recursion.strategy());
    }

    /** Where it listens, over UDP and TCP. */
    public InetSocketAddress address() {
        return address;
    }

    /** Stops listening, drops connections, and waits a moment for answers under way. */
    @Override
    public void close() {
        udp.close();
        tcp.close();
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("questions are still being answered at the end address={}", address);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reads.close();
    }

    private record Sockets(ServerSocket tcp, DatagramChannel udp) {}

    private static Sockets bind(InetSocketAddress listen) throws IOException {
        if (listen.isUnresolved()) {
            throw new IOException("DNS address " + listen.getHostString() + " is unknown; give an address of this machine");
        }
        IOException last = null;
        for (int attempt = 0; attempt < (listen.getPort() == 0 ? BIND_ATTEMPTS : 1); attempt++) {
            ServerSocket tcp = bindTcp(listen);
            try {
                return new Sockets(tcp, bindUdp(new InetSocketAddress(listen.getAddress(), tcp.getLocalPort())));
            } catch (IOException e) {
                last = new IOException("DNS can't listen on " + listen + " over UDP: " + e.getMessage(), e);
                tcp.close();
            }
        }
        throw last;
    }

    private static DatagramChannel bindUdp(InetSocketAddress listen) throws IOException {
        DatagramChannel udp = DatagramChannel.open(
                listen.getAddress() instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            udp.setOption(StandardSocketOptions.SO_RCVBUF, UDP_RECEIVE_BUFFER);
            return udp.bind(listen);
        } catch (IOException e) {
            udp.close();
            throw e;
        }
    }

    private static ServerSocket bindTcp(InetSocketAddress listen) throws IOException {
        ServerSocket tcp = new ServerSocket();
        try {
            tcp.setReuseAddress(true);
            tcp.bind(listen, BACKLOG);
            return tcp;
        } catch (IOException e) {
            tcp.close();
            throw new IOException("DNS can't listen on " + listen + " over TCP: " + e.getMessage(), e);
        }
    }
}
