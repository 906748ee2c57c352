package muster.cli;

import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** Nomad's {@code operator raft list-peers}, {@code remove-peer} and {@code transfer-leadership}. */
final class SchedulerRaft {
    static final Command LIST = new Command("operator raft list-peers", "Display the current Raft peer configuration", """
            Usage: nomad operator raft list-peers [options]

              Lists the servers of the log, and who leads.

              -stale    from what the asked server knows, also without a leader""", SchedulerRaft::list);

    static final Command REMOVE = new Command("operator raft remove-peer", "Remove a Nomad server from the Raft configuration", """
            Usage: nomad operator raft remove-peer [options]

              Takes a server that is gone for good out of the log's configuration.

              -peer-address=<string>    its address
              -peer-id=<string>         its id""", SchedulerRaft::remove);

    static final Command TRANSFER = new Command("operator raft transfer-leadership", "Transfer leadership to a specified Nomad server", """
            Usage: nomad operator raft transfer-leadership [options]

              Hands the lead to another server.

              -peer-address=<string>    its address
              -peer-id=<string>         its id""", SchedulerRaft::transfer);

    private SchedulerRaft() {}

    private static int list(Console console, List<String> args) {
        // Words behind the flags mean nothing here, as in the original.
        GoFlags flags = NomadApi.flags().switches("stale").parse(args);
        Doc configuration;
        try {
            configuration = NomadApi.api(flags, console).get(NomadApi.target("/v1/operator/raft/configuration", flags, console,
                    flags.on("stale") ? "stale" : ""));
        } catch (ApiException e) {
            return console.fail("Failed to retrieve raft configuration: " + e.getMessage());
        }
        List<String> rows = new ArrayList<>(List.of("Node|ID|Address|State|Voter|RaftProtocol"));
        for (Doc server : configuration.list("Servers")) {
            rows.add(server.text("Node") + "|" + server.text("ID") + "|" + server.text("Address") + "|"
                    + (server.is("Leader") ? "leader" : "follower") + "|" + server.is("Voter") + "|"
                    + (server.text("RaftProtocol").isEmpty() ? "unknown" : server.text("RaftProtocol")));
        }
        console.out().println(Layout.table(rows));
        return 0;
    }

    private static int remove(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("peer-address", "peer-id").parse(args);
        String mistake = mistake(flags, "to remove");
        if (!mistake.isEmpty()) {
            return console.fail("Error removing peer: " + mistake);
        }
        try {
            Api.good(NomadApi.api(flags, console).call("DELETE", NomadApi.target("/v1/operator/raft/peer", flags, console, peer(flags)), new byte[0]));
            console.out().println("Removed peer with " + named(flags));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error removing peer: " + e.getMessage());
        }
    }

    private static int transfer(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("peer-address", "peer-id").parse(args);
        String mistake = mistake(flags, "to lead");
        if (!mistake.isEmpty()) {
            return console.fail("Error transferring leadership to peer: " + mistake);
        }
        try {
            Api.good(NomadApi.api(flags, console).call("PUT",
                    NomadApi.target("/v1/operator/raft/transfer-leadership", flags, console, peer(flags)), new byte[0]));
            console.out().println("Transferred leadership to peer with " + named(flags));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error transferring leadership to peer: " + e.getMessage());
        }
    }

    private static String mistake(GoFlags flags, String what) {
        boolean address = flags.text("peer-address").isEmpty();
        boolean id = flags.text("peer-id").isEmpty();
        return address != id ? "" : id ? "an address or id is required for the peer " + what : "cannot give both an address and id";
    }

    private static String peer(GoFlags flags) {
        return flags.text("peer-id").isEmpty() ? "address=" + ConsulApi.encode(flags.text("peer-address")) : "id=" + ConsulApi.encode(flags.text("peer-id"));
    }

    private static String named(GoFlags flags) {
        return (flags.text("peer-id").isEmpty() ? "address \"" + flags.text("peer-address") : "id \"" + flags.text("peer-id")) + "\"";
    }
}
