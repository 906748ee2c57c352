package muster.dns.lookup;

import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import muster.dns.answer.Answers;
import muster.dns.answer.DnsSettings;
import muster.dns.answer.Draft;
import muster.dns.answer.Question;
import muster.dns.name.AskedName;
import muster.registry.client.Node;
import muster.registry.client.NodeWithServices;
import muster.registry.client.Query;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceSummary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** Finds what a question is about and drafts the answer. Any thread may call; reads may block it for a bounded time. */
public final class Lookup {
    private static final Logger LOG = LoggerFactory.getLogger(Lookup.class);

    /** Under which the registry's own servers are in the catalog. */
    private static final String SERVERS = "consul";
    /** A reverse lookup has to look through the services, one read each. */
    private static final int MOST_SERVICES_SEARCHED = 500;
    private static final String NO_SUCH_DATACENTER = "No path to datacenter";

    private final DnsSettings settings;
    private final Answers answers;
    private final Reads reads;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** The randomness, which must be safe for threads, decides the order of instances. */
    public Lookup(DnsSettings settings, Reads reads, InstantSource clock, RandomGenerator random) {
        this.settings = settings;
        this.answers = new Answers(settings);
        this.reads = reads;
        this.clock = clock;
        this.random = random;
    }

    /** The draft, or empty where other servers have to be asked: names of other domains, and addresses nobody here has. */
    public Optional<Draft> draft(Name name, int type) {
        AskedName asked = answers.domains().read(name, type);
        try {
            return switch (asked) {
                case AskedName.Foreign foreign -> Optional.empty();
                case AskedName.Reverse reverse -> reverse(name, reverse);
                case AskedName.OfNode node -> Optional.of(inDomain(name, type, node));
                case AskedName.OfService service -> Optional.of(inDomain(name, type, service));
                case AskedName.OfAddress address -> Optional.of(inDomain(name, type, address));
                case AskedName.OfQuery query -> Optional.of(inDomain(name, type, query));
                case AskedName.Unknown unknown -> Optional.of(inDomain(name, type, unknown));
            };
        } catch (RegistryException e) {
            LOG.warn("question can't be answered name={} type={} reason={}", name, Type.string(type), e.getMessage());
            return Optional.of(Draft.code(Rcode.SERVFAIL));
        }
    }

    private Draft inDomain(Name name, int type, AskedName asked) {
        Name domain = answers.domains().of(name).orElse(answers.domains().primary());
        Question question = new Question(name, type, domain, clock.instant());
        if (type == Type.SOA || type == Type.NS) {
            return answers.zone(question, health(SERVERS, "", ""), random);
        }
        if (type == Type.AXFR) {
            return Draft.code(Rcode.NOTIMP);
        }
        try {
            return switch (asked) {
                case AskedName.OfNode node when !answers.concernsNodes(type) -> answers.empty();
                case AskedName.OfNode node -> reads.read(new Query.NodeServices(node.node(), scope(node.datacenter())))
                        .map(NodeWithServices::node)
                        .map(found -> answers.node(question, found))
                        .orElseGet(() -> answers.missing(question));
                case AskedName.OfService service -> answers.service(
                        question, service, health(service.service(), service.tag(), service.datacenter()), random);
                case AskedName.OfAddress address -> answers.address(question, address.address());
                case AskedName.OfQuery query -> answers.missing(question);
                case AskedName.Unknown unknown -> answers.missing(question);
                case AskedName.Reverse reverse -> throw new IllegalStateException("a reverse name is in no domain of ours");
                case AskedName.Foreign foreign -> throw new IllegalStateException("a foreign name is in no domain of ours");
            };
        } catch (RegistryException e) {
            if (String.valueOf(e.getMessage()).contains(NO_SUCH_DATACENTER)) {
                return answers.missing(question);
            }
            throw e;
        }
    }

    private List<ServiceInstance> health(String service, String tag, String datacenter) {
        List<String> tags = tag.isEmpty() ? List.of() : List.of(tag);
        return reads.read(new Query.HealthService(service, tags, false, "", scope(datacenter)));
    }

    /** Stale reads: a name's answer may be a moment old anyway, and any server can give it. (dns_config: allow_stale) */
    private Query.Scope scope(String datacenter) {
        boolean own = datacenter.equalsIgnoreCase(settings.datacenter());
        return new Query.Scope(own ? "" : datacenter, Query.Consistency.STALE);
    }

    private Optional<Draft> reverse(Name name, AskedName.Reverse asked) {
        if (asked.address().isEmpty()) {
            return Optional.empty();
        }
        InetAddress address = asked.address().get();
        List<Node> nodes = reads.read(new Query.Nodes("", scope(""))).stream()
                .filter(node -> isAt(node.address(), address))
                .toList();
        Draft draft = answers.reverse(name, nodes, nodes.isEmpty() ? servicesAt(address) : List.of());
        return draft.entries().isEmpty() ? Optional.empty() : Optional.of(draft);
    }

    private List<ServiceInstance> servicesAt(InetAddress address) {
        List<ServiceInstance> found = new ArrayList<>();
        List<ServiceSummary> services = reads.read(new Query.Services(scope("")));
        for (ServiceSummary service : services.subList(0, Math.min(services.size(), MOST_SERVICES_SEARCHED))) {
            reads.read(new Query.CatalogService(service.name(), List.of(), "", scope(""))).stream()
                    .filter(instance -> isAt(instance.address(), address))
                    .findFirst()
                    .ifPresent(found::add);
        }
        return found;
    }

    private static boolean isAt(String text, InetAddress address) {
        try {
            return !text.isEmpty() && InetAddress.ofLiteral(text).equals(address);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
