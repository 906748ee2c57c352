package muster.dns.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static muster.dns.lookup.Registry.instance;
import static muster.dns.lookup.Registry.node;
import static muster.dns.lookup.Registry.passing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.dns.answer.DnsSettings;
import muster.dns.answer.Draft;
import muster.registry.client.HealthCheck.Status;
import muster.registry.client.Node;
import muster.registry.client.ServiceInstance.Weights;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** From a name to the draft of its answer, over a registry in memory. */
class LookupTest {
    private static final String SOA = "consul. 0 SOA ns.consul. hostmaster.consul. 1700000000 3600 600 86400 0";

    private final FakeRegistry registry = new FakeRegistry("srv", "10.0.0.1", "dc1", InstantSource.system());
    private DnsSettings settings = DnsSettings.of("dc1");

    private void fill() {
        Node meta = node("meta", "10.5.0.3", Map.of("k1", "v1", "rfc1035-txt", "plain \\ \"text\"", "a=b", "c`"));
        Node v6 = node("v6", "2001:db8::1", Map.of());
        Node host = node("host", "host.example.com", Map.of());
        registry.addNode("meta", meta.address(), meta.meta());
        registry.addNode("dots.x", "10.5.0.5", Map.of());
        registry.add(passing(v6, "on6", "on6", "", 6));
        registry.add(passing(host, "onhost", "onhost", "", 7));
        registry.add(passing(meta, "consul", "consul", "", 8300));
        registry.add(passing(meta, "web", "web-1", "10.9.0.1", 80, "Blue"));
        registry.add(instance(meta, "web", "web-2", "10.9.0.2", 81, Status.WARNING, new Weights(7, 3), "green"));
        registry.add(instance(meta, "web", "web-3", "10.9.0.3", 82, Status.CRITICAL, Weights.DEFAULT, "green"));
        registry.add(passing(meta, "alias", "alias", "svc.example.com", 90));
        registry.add(passing(meta, "six", "six", "2001:db8::5", 91));
        registry.add(passing(v6, "dup", "dup-1", "", 1));
        registry.add(passing(v6, "dup", "dup-2", "", 2));
        registry.add(passing(v6, "dup", "dup-3", "", 2));
        registry.add(instance(v6, "down", "down", "", 1, Status.CRITICAL, Weights.DEFAULT));
        registry.add(passing(v6, "bad", "bad", "no name..", 1));
    }

    private Optional<Draft> draft(String name, String type) {
        InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000));
        try {
            return new Lookup(settings, Reads.direct(registry), clock, SeededRandom.of(1))
                    .draft(Name.fromString(name), Type.value(type));
        } catch (org.xbill.DNS.TextParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Code, then answers, {@code /} authority and {@code +} additional records; each sorted, since answers are shuffled. */
    private static String text(Draft draft) {
        List<String> parts = new ArrayList<>(List.of(Rcode.string(draft.rcode())));
        List<Record> additional = new ArrayList<>(draft.additional());
        draft.entries().forEach(entry -> additional.addAll(entry.additional()));
        draft.entries().stream().map(entry -> line(entry.answer())).sorted().forEach(parts::add);
        draft.authority().stream().map(record -> "/ " + line(record)).sorted().forEach(parts::add);
        additional.stream().map(record -> "+ " + line(record)).sorted().forEach(parts::add);
        return String.join(" ; ", parts);
    }

    private static String line(Record record) {
        return record.getName() + " " + record.getTTL() + " " + Type.string(record.getType()) + " " + record.rdataToString();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            node with a dot                 | dots.x.node.consul. A    | NOERROR ; dots.x.node.consul. 0 A 10.5.0.5
            letter case is kept             | DOTS.x.Node.dc1.consul. A | NOERROR ; DOTS.x.Node.dc1.consul. 0 A 10.5.0.5
            node of the other family        | v6.node.consul. A        | NOERROR
            node of that family             | v6.node.consul. AAAA     | NOERROR ; v6.node.consul. 0 AAAA 2001:db8:0:0:0:0:0:1
            node whose address is a name    | host.node.consul. ANY    | NOERROR ; host.node.consul. 0 CNAME host.example.com.
            node and a type it never has    | none.node.consul. SRV    | NOERROR
            unknown node                    | none.node.consul. A      | NXDOMAIN ; / SOA
            service, critical left out      | web.service.consul. A    | NOERROR ; web.service.consul. 0 A 10.9.0.1 ; web.service.consul. 0 A 10.9.0.2
            service with a tag              | blue.web.service.consul. A | NOERROR ; blue.web.service.consul. 0 A 10.9.0.1
            tag that nobody has             | red.web.service.consul. A | NXDOMAIN ; / SOA
            tag of a critical one only      | _web._red.service.consul. SRV | NXDOMAIN ; / SOA
            wrong family of a service       | web.service.consul. AAAA | NOERROR ; / SOA
            TXT of a service is its address | six.service.consul. TXT  | NOERROR ; six.service.consul. 0 AAAA 2001:db8:0:0:0:0:0:5
            MX of a service                 | six.service.consul. MX   | NOERROR ; / SOA
            service whose address is a name | alias.service.consul. A  | NOERROR ; alias.service.consul. 0 CNAME svc.example.com.
            SRV to a name                   | onhost.service.consul. SRV | NOERROR ; onhost.service.consul. 0 SRV 1 1 7 host.example.com.
            SRV to a node                   | on6.service.consul. SRV  | NOERROR ; on6.service.consul. 0 SRV 1 1 6 v6.node.dc1.consul. ; + v6.node.dc1.consul. 0 AAAA 2001:db8:0:0:0:0:0:1
            SRV of two ports, not of twins  | dup.service.consul. SRV  | NOERROR ; dup.service.consul. 0 SRV 1 1 1 v6.node.dc1.consul. ; dup.service.consul. 0 SRV 1 1 2 v6.node.dc1.consul. ; + v6.node.dc1.consul. 0 AAAA 2001:db8:0:0:0:0:0:1 ; + v6.node.dc1.consul. 0 AAAA 2001:db8:0:0:0:0:0:1
            one address once                | dup.service.consul. AAAA | NOERROR ; dup.service.consul. 0 AAAA 2001:db8:0:0:0:0:0:1
            all critical                    | down.service.consul. A   | NXDOMAIN ; / SOA
            an address that is nothing      | bad.service.consul. SRV  | NOERROR ; / SOA
            unknown service                 | none.service.consul. ANY | NXDOMAIN ; / SOA
            unknown datacenter              | web.service.nope.consul. A | NXDOMAIN ; / SOA
            address in the name             | 0a000001.addr.consul. A  | NOERROR ; 0a000001.addr.consul. 0 A 10.0.0.1
            address of another family       | 0a000001.addr.consul. AAAA | NOERROR ; + 0a000001.addr.consul. 0 A 10.0.0.1
            domain itself                   | consul. ANY              | NXDOMAIN ; / SOA
            SOA                             | consul. SOA              | NOERROR ; SOA ; / consul. 0 NS meta.node.dc1.consul. ; + meta.node.dc1.consul. 0 A 10.5.0.3
            NS                              | consul. NS               | NOERROR ; consul. 0 NS meta.node.dc1.consul. ; + meta.node.dc1.consul. 0 A 10.5.0.3
            prepared query                  | q.query.consul. A        | NXDOMAIN ; / SOA
            zone transfer                   | consul. AXFR             | NOTIMP
            reverse of a node               | 5.0.5.10.in-addr.arpa. PTR | NOERROR ; 5.0.5.10.in-addr.arpa. 0 PTR dots.x.node.dc1.consul.
            reverse of a service            | 1.0.9.10.in-addr.arpa. ANY | NOERROR ; 1.0.9.10.in-addr.arpa. 0 PTR web.service.consul.
            """)
    void answers(String name, String question, String answer) {
        fill();
        String[] parts = question.split(" ");
        assertThat(text(draft(parts[0], parts[1]).orElseThrow())).isEqualTo(answer.replace("SOA", SOA));
    }

    @Test
    void metadata_is_text_with_its_key_unless_the_key_asks_for_the_bare_value() {
        fill();
        List<String> texts = draft("meta.node.consul.", "TXT").orElseThrow().entries().stream()
                .map(entry -> ((TXTRecord) entry.answer()).getStringsAsByteArrays())
                .map(strings -> new String(strings.getFirst(), StandardCharsets.UTF_8))
                .toList();
        assertThat(texts).containsExactlyInAnyOrder("k1=v1", "plain \\ \"text\"", "a`=b=c`");
    }

    @Test
    void a_service_with_an_address_of_its_own_has_an_addr_target_and_its_nodes_metadata() {
        registry.addNode("srv.local", "10.0.0.9", Map.of("consul-network-segment", ""));
        registry.add(passing(node("srv.local", "10.0.0.9", Map.of("consul-network-segment", "")), "greet", "g", "127.0.0.1", 28098));
        assertThat(text(draft("greet.service.consul.", "SRV").orElseThrow())).isEqualTo("NOERROR"
                + " ; greet.service.consul. 0 SRV 1 1 28098 7f000001.addr.dc1.consul."
                + " ; + 7f000001.addr.dc1.consul. 0 A 127.0.0.1"
                + " ; + srv.local.node.dc1.consul. 0 TXT consul-network-segment=");
    }

    @Test
    void weights_follow_the_state() {
        fill();
        assertThat(text(draft("green.web.service.consul.", "SRV").orElseThrow())).contains(" SRV 1 3 81 ");
        registry.setStatus("web-2", Status.PASSING);
        assertThat(text(draft("green.web.service.consul.", "SRV").orElseThrow())).contains(" SRV 1 7 81 ");
    }

    @Test
    void names_of_others_and_addresses_of_nobody_are_not_ours_to_answer() {
        assertThat(draft("example.com.", "A")).isEmpty();
        assertThat(draft("9.9.9.9.in-addr.arpa.", "PTR")).isEmpty();
        assertThat(draft("9.9.in-addr.arpa.", "PTR")).isEmpty();
    }

    @Test
    void an_unreachable_registry_is_a_failure_not_an_absence() {
        fill();
        registry.fail("No cluster leader");
        assertThat(text(draft("web.service.consul.", "A").orElseThrow())).isEqualTo("SERVFAIL");
    }

    @Test
    void settings_change_domain_ttls_limits_and_filters() {
        fill();
        settings = settings.with(new DnsSettings.Zone("example.", "alt", "dc7"))
                .with(new DnsSettings.Ttls(Duration.ofSeconds(7), Map.of("*", Duration.ofSeconds(3), "W*", Duration.ofSeconds(9),
                        "six", Duration.ofSeconds(11))))
                .with(new DnsSettings.Soa(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(4)))
                .with(new DnsSettings.Reading(true, true, Duration.ofHours(1)))
                .with(new DnsSettings.Form(false, true));
        assertThat(text(draft("web.service.alt.", "A").orElseThrow())).isEqualTo("NOERROR ; web.service.alt. 9 A 10.9.0.1");
        assertThat(text(draft("six.service.alt.", "SRV").orElseThrow())).isEqualTo("NOERROR"
                + " ; six.service.alt. 11 SRV 1 1 91 20010db8000000000000000000000005.addr.dc7.alt."
                + " ; + 20010db8000000000000000000000005.addr.dc7.alt. 11 AAAA 2001:db8:0:0:0:0:0:5");
        assertThat(text(draft("dup.service.example.", "AAAA").orElseThrow())).contains(" 3 AAAA ");
        assertThat(text(draft("meta.node.example.", "A").orElseThrow())).isEqualTo("NOERROR ; meta.node.example. 7 A 10.5.0.3");
        assertThat(text(draft("none.node.alt.", "A").orElseThrow()))
                .isEqualTo("NXDOMAIN ; / example. 4 SOA ns.example. hostmaster.example. 1700000000 1 2 3 4");
        assertThat(draft("web.service.consul.", "A")).isEmpty();
    }
}
