package muster.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import muster.raft.ClusterSettings;
import muster.raft.LogGroup;
import muster.raft.RatisLogGroup;
import muster.raft.Sockets;
import muster.raft.members.AgentMember;
import muster.raft.members.Cluster;
import muster.raft.members.MemberCluster;
import muster.raft.members.MemberSettings;
import muster.raft.members.Membership;
import muster.raft.members.Quorum;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This agent among the others: the port for them and, on a server whose log is kept, its seat in the log. */
final class ClusterPart implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterPart.class);
    private static final Duration REQUEST = Duration.ofSeconds(2);
    private static final Duration HOLD = Duration.ofSeconds(7);
    private static final Duration LEAVE = Duration.ofSeconds(15);
    /** In the data folder; where it is, the log is another one's past and is put away at the next start. */
    private static final String REMOVED = "log.removed";
    private static final String PARTS = "parts";

    private final AgentOptions options;
    private final Membership members;
    private final Optional<RatisLogGroup> log;
    private final Cluster cluster;
    private Optional<Quorum> quorum = Optional.empty();

    /**
     * @param log started; none on an agent without one
     * @param tags what the agent tells of itself, given its server port
     */
    ClusterPart(AgentOptions options, String nodeId, Optional<LogGroup> log, Sockets sockets, Map<String, String> tags, InstantSource clock) {
        this.options = options;
        this.log = log.filter(group -> group instanceof RatisLogGroup).map(group -> (RatisLogGroup) group);
        ClusterOptions cluster = options.cluster();
        members = new Membership(
                new MemberSettings(Suite.hostPort(cluster.bind(), cluster.ports().join()), Optional.of(options.advertise()), sockets, cluster.secret(),
                        cluster.join(), cluster.times(), options.dataDir().map(dir -> dir.resolve("members"))),
                new AgentMember(options.node(), nodeId, options.advertise(), 0, cluster.isServer(), group(options), with(options, tags), 0,
                        AgentMember.Status.ALIVE, 0), clock);
        members.admit(this::refusal);
        this.cluster = new MemberCluster(members, this.log);
    }

    /** Agents of the registry have their datacenter in common, those of the scheduler alone their region. */
    private static String group(AgentOptions options) {
        return options.parts().contains(AgentOptions.Part.REGISTRY) ? options.datacenter() : options.region();
    }

    private static Map<String, String> with(AgentOptions options, Map<String, String> tags) {
        Map<String, String> more = new TreeMap<>(tags);
        more.put(PARTS, parts(options));
        return more;
    }

    private static String parts(AgentOptions options) {
        return Stream.of(AgentOptions.Part.REGISTRY, AgentOptions.Part.SCHEDULER).filter(options.parts()::contains)
                .map(part -> part.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining("+"));
    }

    /** One log is of certain parts; who has others is of another cluster, and joined this one by its port alone. */
    private Optional<String> refusal(AgentMember other) {
        String theirs = other.tag(PARTS);
        String own = parts(options);
        boolean fits = theirs.isEmpty() || (other.server() && options.cluster().isServer() ? theirs.equals(own)
                : List.of(own.split("\\+")).containsAll(List.of(theirs.split("\\+"))) || List.of(theirs.split("\\+")).containsAll(List.of(own.split("\\+"))));
        return fits ? Optional.empty() : Optional.of("Member '" + other.name() + "' is an agent of " + theirs + ", this one of " + own
                + "; join the port of an agent of the same parts");
    }

    /** The others, as APIs show them. */
    Cluster cluster() {
        return cluster;
    }

    /**
     * Looks for the others from now on, and for a log where this server has none.
     *
     * @param rules asked while this server leads
     * @param removed called when the others went on without this server
     */
    void start(Supplier<Quorum.Rules> rules, Runnable removed) throws IOException {
        quorum = log.map(group -> new Quorum(group, members, options.cluster().expect(), rules, () -> {
            markRemoved();
            removed.run();
        }));
        members.start();
        quorum.ifPresent(Quorum::start);
    }

    Membership members() {
        return members;
    }

    /** The log that is kept, where this is a server of one. */
    Optional<RatisLogGroup> log() {
        return log;
    }

    /** A log among several, in the data folder. */
    static RatisLogGroup open(AgentOptions options, Sockets sockets) throws IOException {
        Path dir = options.dataDir().orElseThrow();
        putAway(dir);
        ClusterOptions cluster = options.cluster();
        return RatisLogGroup.clustered(dir.resolve("log"), new ClusterSettings(Suite.hostPort(cluster.bind(), cluster.ports().server()),
                Optional.of(Suite.hostPort(options.advertise(), cluster.ports().server())), sockets, cluster.secret(), cluster.election(), REQUEST,
                HOLD));
    }

    /** A log that goes on elsewhere without this server is moved aside, so that the server is added as a new one. */
    private static void putAway(Path dir) throws IOException {
        Path mark = dir.resolve(REMOVED);
        Path log = dir.resolve("log");
        if (Files.exists(mark) && Files.exists(log)) {
            Path aside = dir.resolve("log.before-" + System.currentTimeMillis());
            Files.move(log, aside);
            LOG.warn("this server was removed from its log and begins anew; the former state is kept folder={}", aside);
        }
        Files.deleteIfExists(mark);
    }

    private void markRemoved() {
        try {
            Files.writeString(options.dataDir().orElseThrow().resolve(REMOVED), "This server gave up its seat in the log in this folder.\n");
        } catch (IOException e) {
            LOG.error("log not marked as removed, move it away before the next start folder={} reason={}",
                    options.dataDir().orElseThrow().resolve("log"), e.getMessage());
        }
    }

    /** Gives up the seat in the log, and tells the others that this agent goes for good. Blocks for seconds at most. */
    void leave() throws InterruptedException {
        if (quorum.isPresent() && quorum.get().leave(LEAVE)) {
            markRemoved();
        }
        members.leave(options.cluster().rejoin());
    }

    @Override
    public List<Listening> listening() {
        AgentMember self = members.self();
        return List.of(new Listening("cluster (" + (self.server() ? "server" : "client") + ")", self.address()
                + log.map(group -> ", log " + group.self().address()).orElse("")));
    }

    @Override
    public void close() {
        quorum.ifPresent(Quorum::close);
        members.close();
    }
}
