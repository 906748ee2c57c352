package muster.dns.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import muster.dns.answer.DnsSettings;
import muster.registry.client.testing.FakeConsul;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

@Timeout(60)
class DnsCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private DnsCommand start(String... args) throws DnsCommand.NotStarted {
        return DnsCommand.start(List.of(args), Map.of(), new Random(1), new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static Message ask(int port, String name, int type) throws Exception {
        byte[] question = Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN)).toWire();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(20_000);
            socket.send(new DatagramPacket(question, question.length, InetAddress.getLoopbackAddress(), port));
            DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
            socket.receive(packet);
            return new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        }
    }

    /** Plan: a registry over HTTP; the program answers from it, follows it, and goes on after it is gone. */
    @Test
    void it_answers_from_a_registry_over_http_and_goes_on_without_it() throws Exception {
        FakeRegistry registry = new FakeRegistry();
        registry.add(registry.instance("web", "web-1", "10.0.0.1", 80));
        FakeConsul consul = new FakeConsul(registry);
        try (DnsCommand running = start("-http-addr", consul.address(), "-port=0", "-service-ttl=web=7s")) {
            assertThat(out.toString(StandardCharsets.UTF_8)).contains("muster dns answers on 127.0.0.1:" + running.port());
            Message answer = ask(running.port(), "web.service.consul.", Type.A);
            assertThat(answer.getSection(Section.ANSWER)).singleElement().matches(record -> record.getTTL() == 7);
            registry.add(registry.instance("web", "web-2", "10.0.0.2", 80));
            Eventually.passes("the second instance is known", () ->
                    assertThat(ask(running.port(), "web.service.consul.", Type.A).getSection(Section.ANSWER)).hasSize(2));
            consul.close();
            assertThat(ask(running.port(), "web.service.consul.", Type.A).getSection(Section.ANSWER)).hasSize(2);
        }
    }

    @Test
    void all_arguments_are_read() throws Exception {
        DnsArguments arguments = DnsArguments.parse(List.of("-bind=::1", "-port=53", "-domain=corp", "-alt-domain=other.",
                "-recursor=10.0.0.1", "-recursor=10.0.0.2:5353", "-recursor=[::1]:54", "-recursor=fe80::1", "-recursor-strategy=random",
                "-recursor-timeout=500ms", "-node-ttl=3s", "-service-ttl=*=1s", "-service-ttl=web*=2s", "-only-passing",
                "-enable-truncate", "-udp-answer-limit=2", "-a-record-limit=1", "-disable-compression", "-max-stale=1m",
                "-datacenter=dc9", "-token=t"), Map.of("CONSUL_HTTP_ADDR", "https://consul:8501", "CONSUL_HTTP_TOKEN_FILE", "/t"));
        DnsSettings settings = arguments.settings();
        assertThat(arguments.listen()).isEqualTo(new InetSocketAddress("::1", 53));
        assertThat(arguments.registry()).isEqualTo("https://consul:8501");
        assertThat(arguments.token()).isEqualTo("t");
        assertThat(arguments.tokenFile()).contains(Path.of("/t"));
        assertThat(settings.zone()).isEqualTo(new DnsSettings.Zone("corp", "other.", "dc9"));
        assertThat(settings.recursion()).isEqualTo(new DnsSettings.Recursion(List.of(new InetSocketAddress("10.0.0.1", 53),
                new InetSocketAddress("10.0.0.2", 5353), new InetSocketAddress("::1", 54), new InetSocketAddress("fe80::1", 53)),
                Duration.ofMillis(500), DnsSettings.Strategy.RANDOM));
        assertThat(settings.ttls().node()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.ttls().of("website")).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.limits()).isEqualTo(new DnsSettings.Limits(2, 1, true));
        assertThat(settings.reading()).isEqualTo(new DnsSettings.Reading(true, true, Duration.ofMinutes(1)));
        assertThat(settings.form().compressed()).isFalse();
    }

    @Test
    void all_that_is_wrong_is_named_at_once() {
        assertThatThrownBy(() -> DnsArguments.parse(List.of("-bind=here", "-port=70000", "-domain=a..b", "-recursor=1.2.3.4:x",
                        "-recursor-strategy=best", "-node-ttl=3", "-service-ttl=web", "-udp-answer-limit=9", "more"), Map.of()))
                .isInstanceOf(DnsArguments.Refused.class)
                .hasMessageContainingAll("-bind=here", "-port=70000", "a..b", "-recursor=1.2.3.4:x", "-recursor-strategy=best", "-node-ttl",
                        "-service-ttl=web", "-udp-answer-limit=9", "\"more\"");
    }

    @Test
    void it_says_what_keeps_it_from_starting() throws Exception {
        assertThat(catchThrowableOfType(DnsCommand.NotStarted.class, () -> start("-nonsense")).exit()).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("flag provided but not defined: -nonsense", "Usage: muster dns");
        assertThat(catchThrowableOfType(DnsCommand.NotStarted.class, () -> start("-help")).exit()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Usage: muster dns [options]");
        assertThat(catchThrowableOfType(DnsCommand.NotStarted.class, () -> start("-token-file=/none/such")).exit()).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("/none/such");
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            start("-http-addr=127.0.0.1:1", "-port=" + taken.getLocalPort(), "-datacenter=dc1").close();
        } catch (DnsCommand.NotStarted e) {
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("UDP");
        }
        assertThat(catchThrowableOfType(DnsCommand.NotStarted.class, () -> start("-http-addr=127.0.0.1:1", "-port=0")).exit()).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("127.0.0.1:1", "-datacenter=NAME");
    }
}
