package muster.registry.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.raft.members.AgentMember;
import muster.registry.state.Catalog;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Node;
import muster.registry.state.Service;

/**
 * What the leader writes so that the catalog says of agents what the servers know of them: one that is there has its node and a
 * passing {@code serfHealth}, one that failed a critical one, one that left has nothing. Pure but for what it remembers;
 * used by one thread.
 */
public final class MemberDuties {
    private static final String ALIVE = "Agent alive and reachable";
    private static final String FAILED = "Agent not live or unreachable";

    /** What was proposed is not proposed again for a while: a refusal would be one again. */
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private record Proposed(Command command, Instant at) {}

    private final Map<String, Proposed> proposed = new HashMap<>();

    /**
     * @param self the name of the agent whose server leads: it keeps its own rows
     * @return in the order of the members
     */
    public List<Command> due(String self, List<AgentMember> members, Catalog catalog, Instant now) {
        List<Command> due = new ArrayList<>();
        proposed.values().removeIf(done -> done.at().plus(AGAIN).isBefore(now));
        for (AgentMember member : members) {
            if (!member.name().equals(self)) {
                of(member, catalog).filter(command -> isNew(member.name(), command, now)).ifPresent(due::add);
            }
        }
        return due;
    }

    private boolean isNew(String member, Command command, Instant now) {
        Proposed before = proposed.get(member);
        if (before != null && before.command().equals(command)) {
            return false;
        }
        proposed.put(member, new Proposed(command, now));
        return true;
    }

    private static Optional<Command> of(AgentMember member, Catalog catalog) {
        Optional<Node> node = catalog.node(member.name());
        Optional<Check> health = catalog.checksOf(member.name()).stream().filter(check -> check.id().equals(Check.SERF_HEALTH)).findFirst();
        return switch (member.status()) {
            case ALIVE, LEAVING -> {
                boolean known = node.filter(row -> row.address().equals(member.host()) && (row.id().isEmpty() || row.id().equals(member.id())))
                        .isPresent() && health.filter(check -> check.status().equals(Check.PASSING)).isPresent();
                yield known ? Optional.empty() : Optional.of(new Command.Register(row(member, node), false, service(member, catalog),
                        List.of(check(member, Check.PASSING, ALIVE))));
            }
            case FAILED -> node.isEmpty() || health.filter(check -> check.status().equals(Check.CRITICAL)).isPresent()
                    ? Optional.empty()
                    : Optional.of(new Command.Register(node.get(), true, Optional.empty(), List.of(check(member, Check.CRITICAL, FAILED))));
            case LEFT, GONE -> node.filter(row -> row.id().equals(member.id())).map(row -> new Command.Deregister(member.name(), "", ""));
        };
    }

    private static Node row(AgentMember member, Optional<Node> known) {
        String host = member.host();
        String family = host.contains(":") ? "ipv6" : "ipv4";
        return new Node(member.id(), member.name(), host, member.datacenter(),
                Map.of("lan", host, "wan", host, "lan_" + family, host, "wan_" + family, host),
                known.map(Node::meta).orElse(Map.of("consul-network-segment", "")), 0, 0);
    }

    /** A server is an instance of the service {@code consul}; its own agent adds the rest of the row. */
    private static Optional<Service> service(AgentMember member, Catalog catalog) {
        boolean there = catalog.servicesOf(member.name()).stream().anyMatch(service -> service.id().equals("consul"));
        if (!member.server() || there || !member.tag("port").matches("\\d{1,5}")) {
            return Optional.empty();
        }
        return Optional.of(new Service(member.name(), "consul", "consul", "", List.of(), "", Integer.parseInt(member.tag("port")), Map.of(), Map.of(),
                Service.Weights.DEFAULT, false, Optional.empty(), false, 0, 0));
    }

    private static Check check(AgentMember member, String status, String output) {
        return new Check(member.name(), Check.SERF_HEALTH, "Serf Health Status", status, "", output, "", "", List.of(), "",
                Check.Definition.NONE, 0, 0);
    }
}
