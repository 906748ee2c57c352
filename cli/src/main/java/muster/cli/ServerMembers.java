package muster.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import muster.wire.GoFlags;

/** {@code server members}. */
final class ServerMembers {
    static final Command COMMAND = new Command("server members", "Display a list of known servers and their status", """
            Usage: nomad server members [options]

              Lists the scheduler's servers.

              -detailed              print each member's tags
              -verbose               as without; accepted
            """ + Formatted.HELP, ServerMembers::run);

    private ServerMembers() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("detailed", "verbose").parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "server members");
        }
        Api api = NomadApi.api(flags, console);
        try {
            Doc all = api.get("/v1/agent/members").at("Members");
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, all.value());
            }
            List<Doc> members = all.list();
            String leader = flags.on("detailed") ? "" : api.get("/v1/status/leader").text();
            List<String> rows = new ArrayList<>();
            rows.add(flags.on("detailed") ? "Name|Address|Port|Tags" : "Name|Address|Port|Status|Leader|Protocol|Build|Datacenter|Region");
            for (Doc member : members) {
                Doc tags = member.at("Tags");
                String start = member.text("Name") + "|" + member.text("Addr") + "|" + member.text("Port") + "|";
                if (flags.on("detailed")) {
                    List<String> pairs = new ArrayList<>();
                    new TreeMap<>(tags.members()).forEach((key, value) -> pairs.add(key + "=" + value.text()));
                    rows.add(start + String.join(",", pairs));
                } else {
                    rows.add(start + member.text("Status") + "|" + leader.equals(member.text("Addr") + ":" + tags.text("port")) + "|"
                            + member.text("ProtocolCur") + "|" + tags.text("build") + "|" + tags.text("dc") + "|" + tags.text("region"));
                }
            }
            console.out().println(Layout.table(rows));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying servers: " + e.getMessage());
        }
    }
}
