package muster.registry.agent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Node;
import muster.registry.state.Service;

/** The rows that an agent has in the catalog for itself: its node, the node's liveness and, of a server, the {@code consul} service. Pure. */
final class OwnRows {
    private static final String SERVER_SERVICE = "consul";

    private final Node node;
    private final Optional<Service> server;
    private final Check liveness;

    OwnRows(AgentSettings settings) {
        String address = settings.address();
        Map<String, String> meta = new HashMap<>(settings.nodeMeta());
        meta.put("consul-network-segment", "");
        String family = address.contains(":") ? "ipv6" : "ipv4";
        node = new Node(settings.nodeId(), settings.nodeName(), address, settings.datacenter(),
                Map.of("lan", address, "wan", address, "lan_" + family, address, "wan_" + family, address), meta, 0, 0);
        server = !settings.isServer() ? Optional.empty() : Optional.of(new Service(settings.nodeName(), SERVER_SERVICE, SERVER_SERVICE, "", List.of(), "", settings.serverPort(),
                Map.of(), Map.of("raft_version", "3", "serf_protocol_current", "2", "serf_protocol_min", "1",
                        "serf_protocol_max", "5", "version", settings.version()),
                Service.Weights.DEFAULT, false, Optional.empty(), false, 0, 0));
        liveness = new Check(settings.nodeName(), Check.SERF_HEALTH, "Serf Health Status", Check.PASSING, "",
                "Agent alive and reachable", "", "", List.of(), "", Check.Definition.NONE, 0, 0);
    }

    Node node() {
        return node;
    }

    /** Ids of rows that are not registrations with the agent. */
    Set<String> reserved() {
        return server.isPresent() ? Set.of(Check.SERF_HEALTH, SERVER_SERVICE) : Set.of(Check.SERF_HEALTH);
    }

    /** What writes those of them that the catalog lacks or holds differently. */
    List<Command> missing(NodeRows rows) {
        boolean same = rows.node().filter(row -> isSame(row)).isPresent()
                && (server.isEmpty() || Optional.ofNullable(rows.services().get(SERVER_SERVICE)).filter(this::isSame).isPresent())
                && Optional.ofNullable(rows.checks().get(Check.SERF_HEALTH)).filter(this::isSame).isPresent();
        List<Command> commands = new ArrayList<>();
        if (!same) {
            commands.add(new Command.Register(node, false, server, List.of(liveness)));
        }
        return commands;
    }

    private boolean isSame(Node row) {
        return new Node(row.id(), row.name(), row.address(), row.datacenter(), row.taggedAddresses(), row.meta(), 0, 0)
                .equals(node);
    }

    private boolean isSame(Service row) {
        return row.port() == server.orElseThrow().port() && row.meta().equals(server.get().meta());
    }

    private boolean isSame(Check row) {
        return row.status().equals(liveness.status()) && row.output().equals(liveness.output());
    }
}
