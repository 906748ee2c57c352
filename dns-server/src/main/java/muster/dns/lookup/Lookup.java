package muster.dns.lookup;

import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
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

    /**
     * What was found.
     *
     * @param draft empty where other servers have to be asked: names of other domains, and addresses nobody here has
     * @param basis what the draft was made from, where it can be said whether that is still so
     */
    public record Found(Optional<Draft> draft, Optional<Basis> basis) {}

    /** A query that had this revision before it was read. */
    public record Basis(Query<?> query, long revision) {}

    /** Whether what was made from it would be made from the same now. Returns at once. */
    public boolean isCurrent(Basis basis) {
        OptionalLong now = reads.revision(basis.query);
        return now.isPresent() && now.getAsLong() == basis.revision;
    }

    /** A number that stays as long as all that is current stays so; empty where there is none. Returns at once. */
    public OptionalLong moment() {
        return reads.moment();
    }

    /** The draft alone. */
    public Optional<Draft> draft(Name name, int type) {
        return find(name, type).draft();
    }

    /** Finds what there is to answer. */
    public Found find(Name name, int type) {
        AskedName asked = answers.domains().read(name, type);
        try {
            return switch (asked) {
                case AskedName.Foreign foreign -> new Found(Optional.empty(), Optional.empty());
                case AskedName.Reverse reverse -> new Found(reverse(name, reverse), Optional.empty());
                case AskedName.OfNode node -> inDomain(name, type, node);
                case AskedName.OfService service -> inDomain(name, type, service);
                case AskedName.OfAddress address -> inDomain(name, type, address);
                case AskedName.OfQuery query -> inDomain(name, type, query);
                case AskedName.OfConnect connect -> inDomain(name, type, connect);
                case AskedName.OfIngress ingress -> inDomain(name, type, ingress);
                case AskedName.Unknown unknown -> inDomain(name, type, unknown);
            };
        } catch (RegistryException e) {
            LOG.warn("question can't be answered name={} type={} reason={}", name, Type.string(type), e.getMessage());
            return found(Draft.code(Rcode.SERVFAIL));
        }
    }

    private static Found found(Draft draft) {
        return new Found(Optional.of(draft), Optional.empty());
    }

    private Found inDomain(Name name, int type, AskedName asked) {
        Name domain = answers.domains().of(name).orElse(answers.domains().primary());
        Question question = new Question(name, type, domain, clock.instant());
        if (type == Type.SOA || type == Type.NS) {
            return found(answers.zone(question, read(health(SERVERS, "", "")), random));
        }
        if (type == Type.AXFR || type == Type.IXFR) {
            return found(Draft.code(Rcode.NOTIMP));
        }
        try {
            return switch (asked) {
                case AskedName.OfNode node when !answers.concernsNodes(type) -> found(answers.empty());
                case AskedName.OfNode node -> from(new Query.NodeServices(node.node(), scope(node.datacenter())),
                        found -> found.map(NodeWithServices::node)
                                .map(there -> answers.node(question, there))
                                .orElseGet(() -> answers.missing(question)));
                case AskedName.OfService service -> from(health(service.service(), service.tag(), service.datacenter()),
                        instances -> answers.service(question, service, instances));
                case AskedName.OfAddress address -> found(answers.address(question, address.address()));
                case AskedName.OfQuery query -> from(new Query.Execute(query.query(), scope(query.datacenter())),
                        answer -> answers.prepared(question, query, answer));
                case AskedName.OfConnect connect -> from(new Query.ConnectService(connect.service(), scope(connect.datacenter())),
                        instances -> answers.service(question,
                                new AskedName.OfService(connect.service(), "", connect.datacenter()), instances));
                case AskedName.OfIngress ingress -> from(new Query.IngressService(ingress.service(), scope(ingress.datacenter())),
                        instances -> answers.service(question,
                                new AskedName.OfService(ingress.service(), "", ingress.datacenter()), instances));
                case AskedName.Unknown unknown -> found(answers.missing(question));
                case AskedName.Reverse reverse -> throw new IllegalStateException("a reverse name is in no domain of ours");
                case AskedName.Foreign foreign -> throw new IllegalStateException("a foreign name is in no domain of ours");
            };
        } catch (RegistryException e) {
            if (String.valueOf(e.getMessage()).contains(NO_SUCH_DATACENTER)) {
                return found(answers.missing(question));
            }
            throw e;
        }
    }

    /** A draft made from one query's answer. The revision is taken first: what comes after it is newer at worst. */
    private <T> Found from(Query<T> query, Function<T, Draft> form) {
        OptionalLong revision = reads.revision(query);
        Reads.Found<T> found = inTime(query);
        boolean keeps = revision.isPresent() && found.age().isZero();
        return new Found(Optional.of(form.apply(found.value())),
                keeps ? Optional.of(new Basis(query, revision.getAsLong())) : Optional.empty());
    }

    private <T> T read(Query<T> query) {
        return inTime(query).value();
    }

    /** The answer unless it is older than may be. (dns_config: allow_stale, max_stale) */
    private <T> Reads.Found<T> inTime(Query<T> query) {
        Reads.Found<T> found = reads.read(query);
        DnsSettings.Reading allowed = settings.reading();
        Duration most = allowed.allowStale() ? allowed.maxStale() : Duration.ZERO;
        if (found.age().compareTo(most) > 0) {
            throw new RegistryException("the last answer for " + query + " is " + found.age().toSeconds()
                    + " s old, which is more than max_stale (" + most.toSeconds() + " s) allows", 0, null);
        }
        return found;
    }

    private static List<String> tags(String tag) {
        return tag.isEmpty() ? List.of() : List.of(tag);
    }

    private Query.HealthService health(String service, String tag, String datacenter) {
        return new Query.HealthService(service, tags(tag), false, "", scope(datacenter));
    }

    /** Stale reads: a name's answer may be a moment old anyway, and any server can give it. (dns_config: allow_stale) */
    private Query.Scope scope(String datacenter) {
        boolean own = datacenter.equalsIgnoreCase(settings.datacenter());
        return new Query.Scope(own ? "" : datacenter,
                settings.reading().allowStale() ? Query.Consistency.STALE : Query.Consistency.DEFAULT);
    }

    private Optional<Draft> reverse(Name name, AskedName.Reverse asked) {
        if (asked.address().isEmpty()) {
            return Optional.empty();
        }
        InetAddress address = asked.address().get();
        List<Node> nodes = read(new Query.Nodes("", scope(""))).stream()
                .filter(node -> isAt(node.address(), address))
                .toList();
        Draft draft = answers.reverse(name, nodes, nodes.isEmpty() ? servicesAt(address) : List.of());
        return draft.entries().isEmpty() ? Optional.empty() : Optional.of(draft);
    }

    private List<ServiceInstance> servicesAt(InetAddress address) {
        List<ServiceInstance> found = new ArrayList<>();
        List<ServiceSummary> services = read(new Query.Services(scope("")));
        for (ServiceSummary service : services.subList(0, Math.min(services.size(), MOST_SERVICES_SEARCHED))) {
            read(new Query.CatalogService(service.name(), List.of(), "", scope(""))).stream()
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
