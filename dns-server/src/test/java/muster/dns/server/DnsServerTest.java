package muster.dns.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import muster.dns.answer.DnsSettings;
import muster.dns.answer.Fit;
import muster.dns.lookup.Lookup;
import muster.dns.lookup.Reads;
import muster.dns.lookup.Registry;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The server's sockets, with a client of plain ones. */
@Timeout(60)
class DnsServerTest {
    private final FakeRegistry registry = new FakeRegistry();
    private final List<AutoCloseable> open = new ArrayList<>();
    private DnsServer server;

    @BeforeEach
    void start() throws IOException {
        Registry.many(registry, 40);
        server = server(DnsSettings.of("dc1"), ServerLimits.DEFAULT);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private DnsServer server(DnsSettings settings, ServerLimits limits) throws IOException {
        DnsServer started = DnsServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), settings,
                Reads.direct(registry), InstantSource.system(), new Random(1), limits);
        open.add(started);
        return started;
    }

    private static byte[] question(String name, int type) throws IOException {
        return Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN)).toWire();
    }

    private Message udp(byte[] question) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(20_000);
            socket.send(new DatagramPacket(question, question.length, server.address()));
            DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
            socket.receive(packet);
            return new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(20_000);
        open.add(socket);
        return socket;
    }

    private static void send(Socket socket, byte[] message) throws IOException {
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeShort(message.length);
        out.write(message);
    }

    private static Message receive(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] message = new byte[in.readUnsignedShort()];
        in.readFully(message);
        return new Message(message);
    }

    @Test
    void answers_over_udp_and_tcp() throws Exception {
        assertThat(udp(question("many.service.consul.", Type.A)).getSection(Section.ANSWER)).hasSize(3);
        Socket socket = connect();
        send(socket, question("many.service.consul.", Type.A));
        assertThat(receive(socket).getSection(Section.ANSWER)).hasSize(40);
    }

    @Test
    void names_of_others_are_refused_and_addresses_of_nobody_fail() throws Exception {
        Message refused = udp(question("example.com.", Type.A));
        assertThat(refused.getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(refused.getHeader().getFlag(Flags.AA)).isFalse();
        assertThat(refused.getHeader().getFlag(Flags.RA)).isFalse();
        Message failed = udp(question("9.9.9.9.in-addr.arpa.", Type.PTR));
        assertThat(failed.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(failed.getHeader().getFlag(Flags.AA)).isFalse();
        assertThat(failed.getHeader().getFlag(Flags.RA)).isTrue();
    }

    @Test
    void questions_of_one_connection_may_be_sent_at_once() throws Exception {
        Socket socket = connect();
        Set<Integer> asked = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            byte[] question = question("m" + (i % 40 + 1) + ".node.consul.", Type.A);
            question[0] = 0;
            question[1] = (byte) i;
            asked.add(i);
            send(socket, question);
        }
        socket.shutdownOutput();
        Set<Integer> answered = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Message answer = receive(socket);
            assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
            answered.add(answer.getHeader().getID());
        }
        assertThat(answered).isEqualTo(asked);
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void idle_connections_end() throws Exception {
        server = server(DnsSettings.of("dc1"), new ServerLimits(2, 4, 16, Duration.ofMillis(300)));
        Socket first = connect();
        send(first, question("m1.node.consul.", Type.A));
        receive(first);
        assertThat(first.getInputStream().read()).isEqualTo(-1);
    }

    /** Plan: 1,000 connections that ask nothing, on a server that takes 64; a question is answered at once all the same. */
    @Test
    void idle_connections_keep_nobody_out() throws Exception {
        server = server(DnsSettings.of("dc1"), new ServerLimits(64, 4, 16, Duration.ofMinutes(1)));
        for (int i = 0; i < 1_000; i++) {
            connect();
        }
        Socket asking = connect();
        send(asking, question("m1.node.consul.", Type.A));
        assertThat(receive(asking).getSection(Section.ANSWER)).hasSize(1);
    }

    /** Plan: half a question, then nothing, then a question a byte at a time: both connections end, though bytes kept coming. */
    @Test
    void slow_senders_get_no_more_time_than_others() throws Exception {
        server = server(DnsSettings.of("dc1"), new ServerLimits(16, 4, 16, Duration.ofMillis(400)));
        Socket silent = connect();
        silent.getOutputStream().write(new byte[] {0, 40, 1, 2, 3});
        assertThat(silent.getInputStream().read()).isEqualTo(-1);
        Socket slow = connect();
        slow.getOutputStream().write(new byte[] {127, 0});
        slow.setSoTimeout(50);
        Eventually.passes("the connection ends", () -> {
            try {
                slow.getOutputStream().write(1);
                assertThat(slow.getInputStream().read()).isEqualTo(-1);
            } catch (SocketTimeoutException e) {
                throw new AssertionError("still open", e);
            } catch (IOException e) {
                assertThat(e).hasMessageMatching(".*(reset|pipe).*");
            }
        });
    }

    /** Plan: what is prepared stays so across letter case, and follows every change; what is gone is no longer answered. */
    @Test
    void prepared_answers_follow_the_registry() throws Exception {
        registry.add(registry.instance("new", "new-1", "10.9.9.1", 1));
        for (String name : List.of("new.service.consul.", "NEW.service.consul.", "new.SERVICE.consul.")) {
            assertThat(udp(question(name, Type.A)).getSection(Section.ANSWER)).hasSize(1);
        }
        registry.add(registry.instance("new", "new-2", "10.9.9.2", 1));
        assertThat(udp(question("new.service.consul.", Type.A)).getSection(Section.ANSWER)).hasSize(2);
        registry.deregister("new-1");
        registry.deregister("new-2");
        assertThat(udp(question("new.service.consul.", Type.A)).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    }

    @Test
    void an_unknown_edns_version_is_told_the_known_one_and_another_class_is_refused() throws Exception {
        Message query = new Message(question("m1.node.consul.", Type.A));
        query.addRecord(new OPTRecord(1232, 0, 3), Section.ADDITIONAL);
        Message answer = udp(query.toWire());
        assertThat(answer.getRcode()).isEqualTo(Rcode.BADVERS);
        assertThat(answer.getOPT().getVersion()).isZero();
        Record chaos = Record.newRecord(Name.fromString("version.bind."), Type.TXT, DClass.CH);
        assertThat(udp(Message.newQuery(chaos).toWire()).getRcode()).isEqualTo(Rcode.REFUSED);
    }

    /** Plan: an answer sent as a question goes unanswered, over both transports; the next question is answered. */
    @Test
    void an_answer_is_not_answered() throws Exception {
        Message answer = new Message(question("m1.node.consul.", Type.A));
        answer.getHeader().setFlag(Flags.QR);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(20_000);
            for (byte[] packet : List.of(answer.toWire(), new byte[0], new byte[3], question("m2.node.consul.", Type.A))) {
                socket.send(new DatagramPacket(packet, packet.length, server.address()));
            }
            DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
            socket.receive(packet);
            assertThat(new Message(Arrays.copyOf(packet.getData(), packet.getLength())).getQuestion().getName())
                    .hasToString("m2.node.consul.");
        }
        Socket socket = connect();
        send(socket, answer.toWire());
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    /** Plan: two servers are each other's recursor; a name of neither comes round and ends as a failure. */
    @Test
    void a_ring_of_recursors_ends() throws Exception {
        DatagramSocket place = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        InetSocketAddress second = new InetSocketAddress(InetAddress.getLoopbackAddress(), place.getLocalPort());
        place.close();
        server = server(recursing(List.of(second)), ServerLimits.DEFAULT);
        DnsServer other = DnsServer.start(second, recursing(List.of(server.address())), Reads.direct(registry),
                InstantSource.system(), new Random(2), ServerLimits.DEFAULT);
        open.add(other);
        Message failed = udp(question("example.com.", Type.A));
        assertThat(failed.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(udp(question("many.service.consul.", Type.A)).getSection(Section.ANSWER)).hasSize(3);
    }

    private static DnsSettings recursing(List<InetSocketAddress> recursors) {
        return DnsSettings.of("dc1").with(
                new DnsSettings.Recursion(recursors, Duration.ofMillis(300), DnsSettings.Strategy.RANDOM));
    }

    /** Plan: a recursor that refuses, and one that answers another question first, then the right one. */
    @Test
    void refusals_are_passed_over_and_answers_to_other_questions_ignored() throws Exception {
        try (DatagramSocket forging = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try {
                    DatagramPacket packet = new DatagramPacket(new byte[512], 512);
                    forging.receive(packet);
                    Message asked = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
                    for (String name : List.of("evil.com.", "example.com.")) {
                        Message reply = new Message(asked.getHeader().getID());
                        reply.getHeader().setFlag(Flags.QR);
                        reply.addRecord(Record.newRecord(Name.fromString(name), Type.A, DClass.IN), Section.QUESTION);
                        byte[] bytes = reply.toWire();
                        forging.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            InetSocketAddress forger = new InetSocketAddress(InetAddress.getLoopbackAddress(), forging.getLocalPort());
            server = server(DnsSettings.of("dc1").with(new DnsSettings.Recursion(List.of(server.address(), forger),
                    Duration.ofSeconds(10), DnsSettings.Strategy.SEQUENTIAL)), ServerLimits.DEFAULT);
            Message answer = udp(question("example.com.", Type.A));
            assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(answer.getQuestion().getName()).hasToString("example.com.");
        }
    }

    @Test
    void what_is_no_question_is_told_so_and_harms_nothing() throws Exception {
        byte[] truncated = Arrays.copyOf(question("many.service.consul.", Type.A), 20);
        assertThat(udp(truncated).getRcode()).isEqualTo(Rcode.FORMERR);
        Message update = new Message(7);
        update.getHeader().setOpcode(Opcode.UPDATE);
        assertThat(udp(update.toWire()).getRcode()).isEqualTo(Rcode.NOTIMP);
        assertThat(udp(new Message(8).toWire()).getRcode()).isEqualTo(Rcode.FORMERR);
        assertThat(udp(question("m1.node.consul.", Type.A)).getRcode()).isEqualTo(Rcode.NOERROR);
    }

    /** Plan: random bytes, mutated questions and cut ones go straight in; only answers with the asker's id may come out. */
    @Test
    void no_packet_makes_the_server_fail() throws Exception {
        DnsSettings settings = DnsSettings.of("dc1");
        byte[] good = question("_many._tcp.service.dc1.consul.", Type.SRV);
        byte[] edns = Message.newQuery(Record.newRecord(Name.fromString("7f000001.addr.consul."), Type.ANY, DClass.IN)).toWire();
        Message withOpt = new Message(good);
        withOpt.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
        List<byte[]> seeds = List.of(good, edns, withOpt.toWire());
        SeededRandom.rounds(3_000, random -> {
            Responder responder = new Responder(
                    new Lookup(settings, Reads.direct(registry), InstantSource.system(), random), new Fit(settings, random),
                    new Recursor(settings.recursion(), random), InstantSource.system(), random, true);
            byte[] packet;
            if (random.nextInt(4) == 0) {
                packet = new byte[random.nextInt(600)];
                random.nextBytes(packet);
            } else {
                packet = seeds.get(random.nextInt(seeds.size())).clone();
                for (int i = random.nextInt(6); i > 0; i--) {
                    packet[random.nextInt(packet.length)] = (byte) random.nextInt(256);
                }
                packet = random.nextInt(3) == 0 ? Arrays.copyOf(packet, random.nextInt(packet.length + 1)) : packet;
            }
            Fit.Transport transport = random.nextBoolean() ? Fit.Transport.UDP : Fit.Transport.TCP;
            Optional<byte[]> answer = responder.respond(packet, transport);
            if (answer.isPresent()) {
                byte[] bytes = answer.get();
                assertThat(bytes.length).isBetween(12, 65_535);
                assertThat(bytes[0]).isEqualTo(packet[0]);
                assertThat(bytes[1]).isEqualTo(packet[1]);
                assertThat(bytes[2] & 0x80).isNotZero();
                new Message(bytes);
                // Asked again the answer may be prepared, and is as good.
                Optional<byte[]> again = responder.respondAtOnce(packet, transport);
                if (again.isPresent()) {
                    assertThat(new Message(again.get()).getRcode()).isEqualTo(new Message(bytes).getRcode());
                }
            }
        });
    }

    /** Plan: one server is the recursor of another; what is foreign to the second is answered by the first; a dead one is skipped. */
    @Test
    void foreign_names_go_to_recursors_in_order() throws Exception {
        DnsSettings of = DnsSettings.of("dc1");
        try (DatagramSocket dead = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            DnsSettings.Recursion recursion = new DnsSettings.Recursion(
                    List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), dead.getLocalPort()), server.address()),
                    Duration.ofMillis(200), DnsSettings.Strategy.SEQUENTIAL);
            server = server(of.with(new DnsSettings.Zone("other.", "", "dc1")).with(recursion),
                    ServerLimits.DEFAULT);
            byte[] question = question("many.service.consul.", Type.A);
            Message answer = udp(question);
            assertThat(answer.getSection(Section.ANSWER)).hasSize(3);
            assertThat(answer.getHeader().getID()).isEqualTo(new Message(question).getHeader().getID());
            assertThat(udp(question("x.service.other.", Type.A)).getHeader().getFlag(Flags.RA)).isTrue();
            Socket socket = connect();
            send(socket, question);
            assertThat(receive(socket).getSection(Section.ANSWER)).hasSize(40);
        }
    }

    @Test
    void an_alias_in_the_own_domain_is_followed_as_far_as_it_goes() throws Exception {
        registry.add(registry.instance("one", "one", "two.service.consul", 1));
        registry.add(registry.instance("two", "two", "m1.node.consul", 2));
        registry.add(registry.instance("ring", "ring", "ring.service.consul", 3));
        assertThat(udp(question("one.service.consul.", Type.A)).getSection(Section.ANSWER)).map(Record::rdataToString)
                .containsExactly("two.service.consul.", "m1.node.consul.", "10.8.0.1");
        Message srv = udp(question("two.service.consul.", Type.SRV));
        assertThat(srv.getSection(Section.ADDITIONAL)).map(record -> record.getName() + " " + record.rdataToString())
                .contains("m1.node.consul. 10.8.0.1");
        assertThat(udp(question("ring.service.consul.", Type.A)).getSection(Section.ANSWER)).isNotEmpty()
                .allMatch(record -> record.getType() == Type.CNAME);
    }

    /** Plan: a second server, of another domain, has a service at a name of the first one's domain, which is its recursor. */
    @Test
    void an_alias_in_another_domain_is_followed_through_a_recursor() throws Exception {
        registry.add(registry.instance("far", "far", "m2.node.consul", 1));
        DnsSettings of = DnsSettings.of("dc1");
        DnsSettings.Recursion recursion = new DnsSettings.Recursion(List.of(server.address()), Duration.ofSeconds(10), DnsSettings.Strategy.SEQUENTIAL);
        server = server(of.with(new DnsSettings.Zone("other.", "", "dc1")).with(recursion),
                ServerLimits.DEFAULT);
        assertThat(udp(question("far.service.other.", Type.A)).getSection(Section.ANSWER)).map(Record::rdataToString)
                .containsExactly("m2.node.consul.", "10.8.0.2");
        assertThat(udp(question("far.service.other.", Type.SRV)).getSection(Section.ADDITIONAL)).map(Record::rdataToString)
                .contains("10.8.0.2");
    }

    @Test
    void no_recursor_that_answers_is_a_failure() throws Exception {
        DnsSettings of = DnsSettings.of("dc1");
        try (DatagramSocket dead = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            DnsSettings.Recursion recursion = new DnsSettings.Recursion(
                    List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), dead.getLocalPort())), Duration.ofMillis(50), DnsSettings.Strategy.SEQUENTIAL);
            server = server(of.with(new DnsSettings.Zone("other.", "", "dc1")).with(recursion),
                    ServerLimits.DEFAULT);
            Message failed = udp(question("example.com.", Type.A));
            assertThat(failed.getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(failed.getHeader().getFlag(Flags.RA)).isTrue();
        }
    }

    @Test
    void a_taken_port_is_named() {
        assertThatThrownBy(() -> DnsServer.start(server.address(), DnsSettings.of("dc1"), Reads.direct(registry),
                        InstantSource.system(), new Random(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(server.address().toString())
                .hasMessageContaining("TCP");
    }
}
