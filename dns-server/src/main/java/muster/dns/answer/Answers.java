package muster.dns.answer;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import muster.dns.name.AskedName;
import muster.dns.name.Domains;
import muster.registry.client.HealthCheck;
import muster.registry.client.Node;
import muster.registry.client.PreparedAnswer;
import muster.registry.client.ServiceInstance;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Type;

/** Answers to the questions of the registry's domain, as Consul gives them. Safe for threads: nothing in it changes. */
public final class Answers {
    private static final int MOST_NAME_SERVERS = 3;
    private static final int MAX_WEIGHT = 65_535;
    private static final int PRIORITY = 1;

    private final DnsSettings settings;
    private final Domains domains;

    public Answers(DnsSettings settings) {
        this.settings = settings;
        this.domains = new Domains(settings.zone().domain(), settings.zone().altDomain());
    }

    public Domains domains() {
        return domains;
    }

    /** There is no such name: with the SOA, from which a resolver takes how long it may remember that (RFC 2308). */
    public Draft missing(Question question) {
        return Draft.missing(soa(question));
    }

    /** Whether a question about a node has to be looked up at all; of other types nodes have nothing. */
    public boolean concernsNodes(int type) {
        return type == Type.A || type == Type.AAAA || type == Type.TXT || type == Type.ANY;
    }

    /** The answer without records, for a type of which a name that may exist has none. */
    public Draft empty() {
        return Draft.good(List.of());
    }

    /** A node's address and metadata. */
    public Draft node(Question question, Node node) {
        Duration ttl = settings.ttls().node();
        List<Draft.Entry> entries = new ArrayList<>();
        if (question.type() != Type.TXT) {
            addressOrAlias(question, ttl, node.address()).ifPresent(record -> entries.add(Draft.Entry.of(record)));
        }
        List<Record> metadata = Records.metadata(question.name(), ttl, node.meta());
        if (question.type() == Type.TXT || question.type() == Type.ANY) {
            metadata.forEach(record -> entries.add(Draft.Entry.of(record)));
            return Draft.good(entries);
        }
        return Draft.good(entries, List.of(), settings.form().nodeMetaTxt() ? metadata : List.of());
    }

    /** The address that is in the name; where another type is asked, as an additional record. */
    public Draft address(Question question, InetAddress address) {
        Record record = Records.ofAddress(question.name(), settings.ttls().node(), address);
        boolean asked = record.getType() == Type.A ? question.wantsV4() : question.wantsV6();
        return asked
                ? Draft.good(List.of(Draft.Entry.of(record)))
                : Draft.good(List.of(), List.of(), List.of(record));
    }

    /**
     * A service's instances, those in service.
     *
     * @param instances all of the service with the tag, with their checks
     */
    public Draft service(Question question, AskedName.OfService asked, List<ServiceInstance> instances) {
        List<ServiceInstance> inService = instances.stream().filter(this::isInService).toList();
        return inService.isEmpty()
                ? missing(question)
                : instances(question, asked.datacenter(), settings.ttls().of(asked.service()), inService);
    }

    /** What a prepared query found. The query chose the instances by its own rules, and its own TTL comes before the settings'. */
    public Draft prepared(Question question, AskedName.OfQuery asked, Optional<PreparedAnswer> answer) {
        return answer.filter(found -> !found.instances().isEmpty())
                .map(found -> instances(question, asked.datacenter(),
                        found.dnsTtl().orElseGet(() -> settings.ttls().of(found.service())), found.instances()))
                .orElseGet(() -> missing(question));
    }

    /**
     * Instances that somebody chose.
     *
     * @param datacenter that they are of, "" for the own
     */
    public Draft instances(Question question, String datacenter, Duration ttl, List<ServiceInstance> instances) {
        Draft draft = question.type() == Type.SRV
                ? Draft.choice(targets(question, datacenter.isEmpty() ? settings.datacenter() : datacenter, ttl, instances))
                : addresses(question, ttl, instances);
        return draft.entries().isEmpty() ? draft.withAuthority(soa(question)) : draft;
    }

    /**
     * The domain's SOA or NS, which any name in it has.
     *
     * @param servers the instances of the registry's own service
     */
    public Draft zone(Question question, List<ServiceInstance> servers, RandomGenerator random) {
        List<ServiceInstance> shuffled = new ArrayList<>(servers);
        shuffle(shuffled, random);
        Duration ttl = settings.ttls().node();
        List<Record> names = new ArrayList<>();
        List<Record> glue = new ArrayList<>();
        for (ServiceInstance server : shuffled) {
            Optional<InetAddress> address = Records.address(server.effectiveAddress());
            Optional<Name> target = Records.nodeName(server.node().name(), settings.datacenter(), question.domain());
            if (address.isPresent() && target.isPresent() && names.size() < MOST_NAME_SERVERS) {
                names.add(new NSRecord(question.domain(), DClass.IN, ttl.toSeconds(), target.get()));
                glue.add(Records.ofAddress(target.get(), ttl, address.get()));
            }
        }
        return question.type() == Type.NS
                ? Draft.good(names.stream().map(Draft.Entry::of).toList(), List.of(), glue)
                : Draft.good(List.of(Draft.Entry.of(soa(question))), names, glue);
    }

    /** The names of the nodes, or else of the services, at an address. */
    public Draft reverse(Name asked, List<Node> nodes, List<ServiceInstance> services) {
        List<Draft.Entry> entries = new ArrayList<>();
        Set<Name> named = new HashSet<>();
        for (Node node : nodes) {
            String datacenter = node.datacenter().isEmpty() ? settings.datacenter() : node.datacenter();
            Records.nodeName(node.name(), datacenter, domains.primary()).filter(named::add)
                    .ifPresent(name -> entries.add(pointer(asked, name)));
        }
        if (entries.isEmpty()) {
            for (ServiceInstance service : services) {
                Records.name(service.name() + ".service." + domains.primary()).filter(named::add)
                        .ifPresent(name -> entries.add(pointer(asked, name)));
            }
        }
        return Draft.good(entries);
    }

    private Draft.Entry pointer(Name asked, Name target) {
        return Draft.Entry.of(new PTRRecord(asked, DClass.IN, settings.ttls().node().toSeconds(), target));
    }

    private boolean isInService(ServiceInstance instance) {
        return switch (instance.status()) {
            case PASSING -> true;
            case WARNING -> !settings.reading().onlyPassing();
            case CRITICAL, MAINTENANCE -> false;
        };
    }

    /**
     * One A or AAAA for each address, with the weights of all that are there. Where there are host names alone, aliases to
     * choose one of.
     */
    private static Draft addresses(Question question, Duration ttl, List<ServiceInstance> instances) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        instances.forEach(instance -> weights.merge(instance.effectiveAddress(), weight(instance), Integer::sum));
        List<Draft.Entry> addresses = new ArrayList<>();
        List<Draft.Entry> aliases = new ArrayList<>();
        weights.forEach((address, weight) -> addressOrAlias(question, ttl, address).ifPresent(record ->
                (record.getType() == Type.CNAME ? aliases : addresses).add(new Draft.Entry(record, List.of(), weight))));
        return addresses.isEmpty() && !aliases.isEmpty()
                ? Draft.choice(aliases, Draft.Trait.ALIASES)
                : Draft.choice(addresses, Draft.Trait.ADDRESSES);
    }

    /**
     * The record that leads from the asked name to an address. A question for TXT is answered with the address too, whatever
     * its family: there is no TXT of a service, and clients of the original rely on what it says instead.
     */
    private static Optional<Record> addressOrAlias(Question question, Duration ttl, String text) {
        Optional<InetAddress> address = Records.address(text);
        if (address.isEmpty()) {
            return Records.name(text).map(target -> new CNAMERecord(question.name(), DClass.IN, ttl.toSeconds(), target));
        }
        Record record = Records.ofAddress(question.name(), ttl, address.get());
        boolean asked = question.type() == Type.TXT
                || (record.getType() == Type.A ? question.wantsV4() : question.wantsV6());
        return asked ? Optional.of(record) : Optional.empty();
    }

    private List<Draft.Entry> targets(Question question, String datacenter, Duration ttl, List<ServiceInstance> instances) {
        List<Draft.Entry> entries = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ServiceInstance instance : instances) {
            String node = instance.node().name();
            if (!seen.add(node + " " + instance.address() + " " + instance.port())) {
                continue;
            }
            Optional<InetAddress> address = Records.address(instance.effectiveAddress());
            Optional<Name> nodeName = Records.nodeName(node, datacenter, question.domain());
            Optional<Name> target = address.isEmpty() ? Records.name(instance.effectiveAddress())
                    : instance.address().isEmpty() ? nodeName
                    : Records.addressName(address.get(), datacenter, question.domain());
            if (target.isEmpty()) {
                continue;
            }
            List<Record> additional = new ArrayList<>();
            address.ifPresent(found -> additional.add(Records.ofAddress(target.get(), ttl, found)));
            if (settings.form().nodeMetaTxt() && nodeName.isPresent()) {
                additional.addAll(Records.metadata(nodeName.get(), ttl, instance.node().meta()));
            }
            Record srv = new SRVRecord(question.name(), DClass.IN, ttl.toSeconds(), PRIORITY, weight(instance),
                    Math.clamp(instance.port(), 0, 65_535), target.get());
            // Askers use the weights of SRV records themselves (RFC 2782); by order they would count twice.
            entries.add(new Draft.Entry(srv, additional));
        }
        return entries;
    }

    private static int weight(ServiceInstance instance) {
        int weight = instance.status() == HealthCheck.Status.WARNING
                ? instance.weights().warning()
                : instance.weights().passing();
        return Math.clamp(weight, 0, MAX_WEIGHT);
    }

    private Record soa(Question question) {
        DnsSettings.Soa soa = settings.soa();
        Name domain = domains.primary();
        return new SOARecord(domain, DClass.IN, soa.minTtl().toSeconds(), Records.name("ns." + domain).orElse(domain),
                Records.name("hostmaster." + domain).orElse(domain), question.now().getEpochSecond() & 0xffff_ffffL,
                soa.refresh().toSeconds(), soa.retry().toSeconds(), soa.expire().toSeconds(), soa.minTtl().toSeconds());
    }

    /** Every order equally likely, so that first answers spread over all instances. */
    private static void shuffle(List<ServiceInstance> instances, RandomGenerator random) {
        for (int i = instances.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            ServiceInstance other = instances.set(i, instances.get(j));
            instances.set(j, other);
        }
    }
}
