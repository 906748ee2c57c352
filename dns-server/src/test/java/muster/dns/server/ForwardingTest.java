package muster.dns.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import muster.dns.answer.DnsSettings;
import muster.dns.lookup.Reads;
import muster.dns.lookup.Registry;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The page on forwarding, tried: its blocks configure real resolvers, which then answer the registry's names. */
@Timeout(120)
class ForwardingTest {
    private final FakeRegistry registry = new FakeRegistry();
    private DnsServer server;
    private Process resolver;
    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        Registry.many(registry, 40);
        server = DnsServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), DnsSettings.of("dc1"),
                Reads.direct(registry), InstantSource.system(), new Random(1));
    }

    @AfterEach
    void stop() throws Exception {
        if (resolver != null) {
            resolver.destroyForcibly().waitFor();
        }
        server.close();
    }

    @Test
    void dnsmasq_forwards_as_the_page_says() throws Exception {
        Path program = program("dnsmasq");
        int port = freePort();
        Path config = folder.resolve("dnsmasq.conf");
        Files.writeString(config, block("dnsmasq").replace("#8600", "#" + server.address().getPort()));
        resolver = start(program.toString(), "--no-daemon", "--conf-file=" + config, "--port=" + port, "--listen-address=127.0.0.1",
                "--bind-interfaces", "--no-resolv", "--no-hosts", "--user=" + System.getProperty("user.name"), "--pid-file");
        registryAnswersThrough(port);
        assertThat(ask(port, "7.0.8.10.in-addr.arpa.", Type.PTR).getSection(Section.ANSWER)).map(Record::rdataToString)
                .containsExactly("m7.node.dc1.consul.");
    }

    @Test
    void unbound_forwards_as_the_page_says() throws Exception {
        Path program = program("unbound");
        int port = freePort();
        Path config = folder.resolve("unbound.conf");
        Files.writeString(config, "server:\n  port: " + port + "\n  interface: 127.0.0.1\n  username: \"\"\n  chroot: \"\"\n  directory: \""
                + folder + "\"\n  use-syslog: no\n  pidfile: \"\"\n  num-threads: 1\n"
                + block("unbound").replace("@8600", "@" + server.address().getPort()));
        resolver = start(program.toString(), "-d", "-c", config.toString());
        registryAnswersThrough(port);
    }

    /** Plan: a service by its name and with its ports, a node, and a name that does not exist, each through the resolver. */
    private void registryAnswersThrough(int port) throws Exception {
        Eventually.passes("the resolver answers", () -> {
            assertThat(resolver.isAlive()).as("the resolver runs; it said %s", said()).isTrue();
            assertThat(ask(port, "m1.node.consul.", Type.A).getSection(Section.ANSWER)).map(Record::rdataToString).containsExactly("10.8.0.1");
        });
        assertThat(ask(port, "many.service.consul.", Type.A).getSection(Section.ANSWER)).isNotEmpty()
                .allMatch(record -> record.rdataToString().startsWith("10.8.0."));
        assertThat(ask(port, "_many._tcp.service.consul.", Type.SRV).getSection(Section.ANSWER)).isNotEmpty();
        assertThat(ask(port, "none.service.consul.", Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    }

    private static Path program(String name) {
        Optional<Path> found = Stream.concat(Arrays.stream(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
                .map(folder -> Path.of(folder, name)).filter(Files::isExecutable).findFirst();
        if (found.isEmpty()) {
            System.err.println("SKIPPED: " + name + " is not installed, so forwarding by it is not tried (Debian: apt-get install " + name + ")");
        }
        assumeTrue(found.isPresent(), name + " is not installed");
        return found.orElseThrow();
    }

    private Process start(String... line) throws IOException {
        return new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile()).start();
    }

    private String said() throws IOException, InterruptedException {
        return resolver.waitFor(0, TimeUnit.SECONDS) ? Files.readString(folder.resolve("said")) : "nothing yet";
    }

    /** A block of the page by its language. */
    private static String block(String language) throws IOException {
        Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/dns-forwarding.md")));
        assertThat(block.find()).as("the page has a block for " + language).isTrue();
        return block.group(1);
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Message ask(int port, String name, int type) throws IOException {
        Message query = Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
        // Room for all forty instances in one datagram.
        query.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);
        byte[] question = query.toWire();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(5_000);
            socket.send(new DatagramPacket(question, question.length, InetAddress.getLoopbackAddress(), port));
            DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
            socket.receive(packet);
            return new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        }
    }
}
