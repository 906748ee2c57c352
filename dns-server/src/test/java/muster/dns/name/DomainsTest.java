package muster.dns.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

class DomainsTest {
    private final Domains domains = new Domains("consul", "alt.test.");

    @ParameterizedTest(name = "{0} {1} is {2}")
    @CsvSource(delimiter = '|', textBlock = """
            n1.node.consul.                     | A    | OfNode[node=n1, datacenter=]
            n1.dots.x.node.dc2.consul.          | A    | OfNode[node=n1.dots.x, datacenter=dc2]
            N1.Node.Consul.                     | A    | OfNode[node=n1, datacenter=]
            n1.node.alt.test.                   | A    | OfNode[node=n1, datacenter=]
            node.consul.                        | A    | Unknown[]
            n1.node.a.b.consul.                 | A    | Unknown[]
            web.service.consul.                 | A    | OfService[service=web, tag=, datacenter=]
            web.service.dc2.consul.             | SRV  | OfService[service=web, tag=, datacenter=dc2]
            v1.web.service.consul.              | A    | OfService[service=web, tag=v1, datacenter=]
            a.b.web.service.consul.             | A    | OfService[service=web, tag=a.b, datacenter=]
            _web._tcp.service.consul.           | SRV  | OfService[service=web, tag=, datacenter=]
            _web._TCP.service.consul.           | A    | OfService[service=web, tag=, datacenter=]
            _web._udp.service.consul.           | SRV  | OfService[service=web, tag=udp, datacenter=]
            _web._amqp.service.dc1.consul.      | SRV  | OfService[service=web, tag=amqp, datacenter=dc1]
            _web._tcp.consul.                   | SRV  | OfService[service=web, tag=, datacenter=]
            _web._tcp.consul.                   | A    | Unknown[]
            a_b.service.consul.                 | A    | OfService[service=a_b, tag=, datacenter=]
            service.consul.                     | A    | Unknown[]
            7f000001.addr.consul.               | A    | OfAddress[address=/127.0.0.1]
            7f000001.addr.dc1.consul.           | A    | OfAddress[address=/127.0.0.1]
            7f00000g.addr.consul.               | A    | Unknown[]
            7f0001.addr.consul.                 | A    | Unknown[]
            x.7f000001.addr.consul.             | A    | Unknown[]
            q.dots.query.consul.                | A    | OfQuery[query=q.dots, datacenter=]
            web.connect.consul.                 | A    | OfConnect[service=web, datacenter=]
            web.ingress.dc2.consul.             | A    | OfIngress[service=web, datacenter=dc2]
            consul.                             | A    | Unknown[]
            other.consul.                       | A    | Unknown[]
            example.com.                        | A    | Foreign[]
            notconsul.                          | A    | Foreign[]
            .                                   | A    | Foreign[]
            1.0.77.10.in-addr.arpa.             | PTR  | Reverse[address=Optional[/10.77.0.1]]
            0.77.10.in-addr.arpa.               | PTR  | Reverse[address=Optional.empty]
            1.0.77.256.in-addr.arpa.            | PTR  | Reverse[address=Optional.empty]
            x.0.77.10.in-addr.arpa.             | PTR  | Reverse[address=Optional.empty]
            7.7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. | PTR | Reverse[address=Optional[/2001:db8:0:0:0:0:0:77]]
            7.ip6.arpa.                         | PTR  | Reverse[address=Optional.empty]
            """)
    void names(String name, String type, String asked) throws Exception {
        assertThat(domains.read(Name.fromString(name), Type.value(type))).hasToString(asked);
    }

    @Test
    void an_address_of_16_bytes_is_ipv6() throws Exception {
        assertThat(domains.read(Name.fromString("20010db8000000000000000000000005.addr.consul."), Type.AAAA))
                .hasToString("OfAddress[address=/2001:db8:0:0:0:0:0:5]");
    }

    @Test
    void targets_are_named_in_the_domain_that_was_asked() throws Exception {
        assertThat(domains.of(Name.fromString("a.ALT.test."))).hasToString("Optional[alt.test.]");
        assertThat(domains.of(Name.fromString("a.consul."))).hasToString("Optional[consul.]");
        assertThat(new Domains("test", "sub.test").of(Name.fromString("a.sub.test."))).hasToString("Optional[sub.test.]");
    }

    @Test
    void a_domain_that_is_no_name_is_refused() {
        assertThatThrownBy(() -> new Domains("a..b", "")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"a..b\"");
    }
}
