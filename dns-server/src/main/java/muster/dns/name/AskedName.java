package muster.dns.name;

import java.net.InetAddress;
import java.util.Optional;

/** What a question's name asks for. Texts are in lower case; an empty datacenter is the server's own. */
public sealed interface AskedName {
    /** {@code NODE.node[.DC].DOMAIN}; a node's name may have dots. */
    record OfNode(String node, String datacenter) implements AskedName {}

    /** {@code [TAG.]SERVICE.service[.DC].DOMAIN} or RFC 2782's {@code _SERVICE._TAG...}; an empty tag is none. */
    record OfService(String service, String tag, String datacenter) implements AskedName {}

    /** {@code HEX.addr[.DC].DOMAIN}: the address is in the name. */
    record OfAddress(InetAddress address) implements AskedName {}

    /** {@code NAME.query[.DC].DOMAIN}: a prepared query. */
    record OfQuery(String query, String datacenter) implements AskedName {}

    /** {@code SERVICE.connect[.DC].DOMAIN}: the mesh's way to a service. */
    record OfConnect(String service, String datacenter) implements AskedName {}

    /** {@code SERVICE.ingress[.DC].DOMAIN}: the gateways that lead to a service. */
    record OfIngress(String service, String datacenter) implements AskedName {}

    /** Under in-addr.arpa or ip6.arpa; empty where that is not the name of one whole address. */
    record Reverse(Optional<InetAddress> address) implements AskedName {}

    /** In the domain, but of no known form; the domain itself too. */
    record Unknown() implements AskedName {}

    /** In another domain. */
    record Foreign() implements AskedName {}
}
