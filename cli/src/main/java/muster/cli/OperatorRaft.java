package muster.cli;

import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** {@code operator raft list-peers} and {@code remove-peer}. */
final class OperatorRaft {
    static final Command LIST = new Command("operator raft list-peers", "Display the current Raft peer configuration", """
            Usage: consul operator raft list-peers [options]

              Lists the servers of the log, and who leads.""", OperatorRaft::list);

    static final Command REMOVE = new Command("operator raft remove-peer", "Remove a Consul server from the Raft configuration", """
            Usage: consul operator raft remove-peer [options]

              Takes a server that is gone for good out of the log's configuration.

              -address=<string>    its address
              -id=<string>         its id""", OperatorRaft::remove);

    private OperatorRaft() {}

    private static int list(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().parse(args);
        boolean json = ConsulApi.json(flags);
        Doc configuration;
        try {
            configuration = ConsulApi.api(flags, console).get(ConsulApi.target("/v1/operator/raft/configuration", flags));
        } catch (ApiException e) {
            return console.fail("Error getting peers: Failed to retrieve raft configuration: " + e.getMessage());
        }
        if (json) {
            return ConsulApi.printJson(console, configuration);
        }
        List<String> rows = new ArrayList<>(List.of("Node|ID|Address|State|Voter|RaftProtocol"));
        for (Doc server : configuration.list("Servers")) {
            rows.add(server.text("Node") + "|" + server.text("ID") + "|" + server.text("Address") + "|"
                    + (server.is("Leader") ? "leader" : "follower") + "|" + server.is("Voter") + "|"
                    + (server.text("ProtocolVersion").isEmpty() ? "<=1" : server.text("ProtocolVersion")));
        }
        console.out().println(Layout.columns(rows, "  ", ""));
        return 0;
    }

    private static int remove(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("address", "id").parse(args);
        String address = flags.text("address");
        String id = flags.text("id");
        if (address.isEmpty() == id.isEmpty()) {
            return console.fail("Error removing peer: "
                    + (id.isEmpty() ? "an address or id is required for the peer to remove" : "cannot give both an address and id"));
        }
        try {
            Api.good(ConsulApi.api(flags, console).call("DELETE", ConsulApi.target("/v1/operator/raft/peer", flags,
                    id.isEmpty() ? "address=" + ConsulApi.encode(address) : "id=" + ConsulApi.encode(id)), new byte[0]));
            console.out().println("Removed peer with " + (id.isEmpty() ? "address \"" + address : "id \"" + id) + "\"");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error removing peer: " + e.getMessage());
        }
    }
}
