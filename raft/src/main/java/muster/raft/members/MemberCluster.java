package muster.raft.members;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import muster.raft.LogGroup;
import muster.raft.Member;
import muster.raft.RatisLogGroup;

/** The agents of a {@link Membership}, and the servers of this server's log where it has one. */
public final class MemberCluster implements Cluster {
    private static final String STATE = "log.health";
    private static final long ANSWER_MILLIS = 1_500;
    /** A server that heard the leader so long ago does not do well. */
    private static final Duration STALE = Duration.ofSeconds(2);

    private final Membership members;
    private final Optional<RatisLogGroup> log;

    /** @param log this server's; none on an agent without one */
    public MemberCluster(Membership members, Optional<RatisLogGroup> log) {
        this.members = members;
        this.log = log;
        log.ifPresent(group -> members.answer(STATE, (from, body, gone) -> CompletableFuture.completedFuture(state(group))));
    }

    @Override
    public AgentMember self() {
        return members.self();
    }

    @Override
    public List<AgentMember> members() {
        return members.members();
    }

    @Override
    public List<Server> servers() {
        if (log.isEmpty()) {
            return List.of();
        }
        List<AgentMember> agents = members();
        Optional<String> leader = log.get().leader();
        return log.get().members().stream().map(member -> server(member, agents, leader.filter(member.address()::equals).isPresent())).toList();
    }

    private static Server server(Member member, List<AgentMember> agents, boolean leads) {
        return holder(member, agents).map(agent -> new Server(agent.id(), agent.name(), member.address(), leads))
                .orElseGet(() -> new Server(member.id(), "(unknown)", member.address(), leads));
    }

    private static Optional<AgentMember> holder(Member member, List<AgentMember> agents) {
        return agents.stream().filter(agent -> Quorum.seatOf(agent).filter(seat -> seat.id().equals(member.id())).isPresent())
                .min(java.util.Comparator.comparing(AgentMember::status));
    }

    @Override
    public CompletableFuture<List<Health>> health() {
        List<AgentMember> agents = members();
        List<CompletableFuture<Health>> asked = new ArrayList<>();
        for (Server server : servers()) {
            Optional<AgentMember> agent = agents.stream().filter(member -> member.name().equals(server.node())).findFirst();
            asked.add(agent.filter(AgentMember::isAlive).isEmpty()
                    ? CompletableFuture.completedFuture(unwell(server, agent))
                    : members.ask(server.node(), STATE, new byte[0]).orTimeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                            .thenApply(bytes -> health(server, agent.get(), bytes)).exceptionally(failure -> unwell(server, agent)));
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(done -> asked.stream().map(CompletableFuture::join).toList());
    }

    private static Health unwell(Server server, Optional<AgentMember> agent) {
        return new Health(server, agent.map(member -> member.status().name().toLowerCase(Locale.ROOT)).orElse("none"), Optional.empty(), 0, 0,
                false, agent.map(AgentMember::since).orElse(0L));
    }

    private static byte[] state(RatisLogGroup group) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(group.appliedIndex());
            out.writeLong(group.term());
            out.writeLong(group.lastContact().map(Duration::toMillis).orElse(-1L));
            out.writeBoolean(group.leader().isPresent());
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written to", e);
        }
        return bytes.toByteArray();
    }

    private static Health health(Server server, AgentMember agent, byte[] state) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
            long index = in.readLong();
            long term = in.readLong();
            long contact = in.readLong();
            boolean led = in.readBoolean();
            return new Health(server, "alive", contact < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(contact)), term, index,
                    led && contact < STALE.toMillis(), agent.since());
        } catch (IOException e) {
            throw new UncheckedIOException("the state of server " + server.node() + " can't be read", e);
        }
    }

    @Override
    public Joined join(List<String> addresses) throws InterruptedException {
        Membership.Joined joined = members.join(addresses);
        return new Joined(joined.count(), joined.problems());
    }

    @Override
    public boolean forceLeave(String name, boolean prune) {
        return members.forceLeave(name, prune);
    }

    @Override
    public void remove(Server server) {
        change(server, RatisLogGroup::remove);
    }

    @Override
    public void transfer(Server server) {
        change(server, RatisLogGroup::transfer);
    }

    private void change(Server server, BiConsumer<RatisLogGroup, String> change) {
        RatisLogGroup group = log.orElseThrow(() -> new IllegalStateException("this agent is no server"));
        List<AgentMember> agents = members();
        Member member = group.members().stream().filter(each -> server(each, agents, false).address().equals(server.address())).findFirst()
                .orElseThrow(() -> new IllegalStateException("address \"" + server.address() + "\" was not found in the Raft configuration"));
        try {
            change.accept(group, member.id());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(group.members().size() == 1 ? "need at least one voter in configuration: {[]}" : e.getMessage(), e);
        }
    }

    /** For what is asked of the log itself. */
    public Optional<? extends LogGroup> log() {
        return log;
    }
}
