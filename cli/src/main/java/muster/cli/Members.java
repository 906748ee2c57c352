package muster.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import muster.wire.GoFlags;

/** {@code members}. Exit code 2 when no member has the wanted status. */
final class Members {
    static final Command COMMAND = new Command("members", "Lists the members of a Consul cluster", """
            Usage: consul members [options]

              Lists the members that the agent knows of, with address and state.

              -detailed           print each member's tags
              -status=<regexp>    only members whose status matches
              -wan                the servers of all datacenters""", Members::run);

    private static final String[] STATUS = {"none", "alive", "leaving", "left", "failed"};

    private Members() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().switches("detailed", "wan").texts("status", "segment").parse(args);
        Pattern wanted;
        try {
            wanted = Pattern.compile(flags.text("status", ".*"));
        } catch (PatternSyntaxException e) {
            return console.fail("Failed to compile status regexp: " + e.getMessage());
        }
        boolean json = ConsulApi.json(flags);
        List<Doc> members;
        try {
            members = new ArrayList<>(ConsulApi.api(flags, console)
                    .get(ConsulApi.target("/v1/agent/members", flags, flags.on("wan") ? "wan=1" : ""))
                    .list());
        } catch (ApiException e) {
            return console.fail("Error retrieving members: " + e.getMessage());
        }
        members.removeIf(member -> !wanted.matcher(status(member)).find());
        if (members.isEmpty()) {
            return 2;
        }
        members.sort(Comparator.comparing((Doc member) -> member.at("Tags").text("dc"))
                .thenComparing(member -> member.text("Name")));
        if (json) {
            return ConsulApi.printJson(console, new Doc(members.stream().map(Doc::value).toList()));
        }
        List<String> rows = new ArrayList<>();
        rows.add(flags.on("detailed") ? "Node|Address|Status|Tags" : "Node|Address|Status|Type|Build|Protocol|DC|Segment");
        for (Doc member : members) {
            String start = member.text("Name") + "|" + member.text("Addr") + ":" + member.text("Port") + "|" + status(member) + "|";
            Doc tags = member.at("Tags");
            boolean server = tags.text("role").equals("consul");
            if (flags.on("detailed")) {
                List<String> pairs = new ArrayList<>();
                new TreeMap<>(tags.members()).forEach((key, value) -> pairs.add(key + "=" + value.text()));
                rows.add(start + String.join(",", pairs));
            } else {
                String segment = server ? "<all>" : tags.text("segment").isEmpty() ? "<default>" : tags.text("segment");
                rows.add(start + (server ? "server" : "client") + "|" + tags.text("build").split(":")[0] + "|"
                        + (tags.text("vsn").isEmpty() ? "2" : tags.text("vsn")) + "|" + tags.text("dc") + "|" + segment);
            }
        }
        console.out().println(Layout.columns(rows, "  ", ""));
        return 0;
    }

    private static String status(Doc member) {
        int status = (int) member.number("Status");
        return status >= 0 && status < STATUS.length ? STATUS[status] : "unknown";
    }
}
