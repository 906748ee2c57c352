package muster.cli;

import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** {@code volume ...} and {@code plugin status}: there are no plugins for storage here, so there is nothing that they could list. */
final class Volumes {
    static final Command STATUS = new Command("volume status", "Display status information about a volume", """
            Usage: nomad volume status [options] <id>

              Lists volumes, or shows one.

            Status Options:

              -type=<type>           of this type alone, as csi
              -short                 without allocations
              -verbose               whole ids
            """ + Formatted.HELP, Volumes::status);
    static final Command PLUGINS = new Command("plugin status", "Display status information about a plugin", """
            Usage: nomad plugin status [options] <plugin>

              Lists plugins, or shows one.

            Status Options:

              -type=<type>           of this type alone, as csi
              -short                 without allocations
              -verbose               whole ids
            """ + Formatted.HELP, Volumes::plugins);

    private Volumes() {}

    static List<Command> all() {
        List<Command> all = new ArrayList<>();
        all.add(STATUS);
        all.add(PLUGINS);
        for (String verb : List.of("create", "register")) {
            all.add(refused("volume " + verb, verb.equals("create") ? "Create an external volume" : "Create or update volumes", "input",
                    "This command takes one argument: <input>"));
        }
        all.add(refused("volume deregister", "Remove volumes", "id", "This command takes one argument: <id>"));
        all.add(refused("volume delete", "Delete a volume", "id", "This command takes one argument: <vol id>"));
        all.add(refused("volume detach", "Detach a volume", "id", "This command takes two arguments: <vol id> <node id>"));
        all.add(refused("volume snapshot create", "Snapshot a volume", "volume id", "This command takes at least one argument: <vol id>"));
        all.add(refused("volume snapshot delete", "Delete a snapshot", "plugin id> <snapshot id", "This command takes two arguments: <plugin id> <snapshot id>"));
        all.add(refused("volume snapshot list", "Display a list of volume snapshots for plugin", "", "This command takes no arguments"));
        all.add(refused("volume init", "Create an example volume specification file", "", "This command takes no arguments"));
        all.add(refused("volume claim list", "List existing volume claims", "", "This command takes no arguments"));
        all.add(refused("volume claim delete", "Delete an existing volume claim", "claim id", "This command takes one argument: <claim id>"));
        return all;
    }

    private static Command refused(String path, String synopsis, String argument, String wanted) {
        return new Command(path, synopsis, "Usage: nomad " + path + " [options]" + (argument.isEmpty() ? "" : " <" + argument + ">") + "\n\n  Needs a plugin for storage, which there is none of here.",
                (console, args) -> {
                    GoFlags flags = Formatted.flags(NomadApi.flags()).switches("force", "yes", "detach", "verbose", "policy-override")
                            .lists("secret", "parameter").texts("plugin", "per-page", "page-token", "type", "id", "job", "group", "volume-name").parse(args);
                    int arguments = wanted.contains(" two ") ? 2 : wanted.contains(" no ") ? 0 : 1;
                    if (wanted.contains("at least") ? flags.rest().isEmpty() : flags.rest().size() != arguments) {
                        return NomadApi.usage(console, wanted, path);
                    }
                    return console.fail("Error: there are no plugins for storage: host volumes are named in the client's configuration"
                            + " (client { host_volume \"name\" { path = \"...\" } })");
                });
    }

    private static int status(Console console, List<String> args) {
        return answer(console, args, "volume", "/v1/volumes", "/v1/volume/csi/", "No CSI volumes");
    }

    private static int plugins(Console console, List<String> args) {
        return answer(console, args, "plugin", "/v1/plugins", "/v1/plugin/csi/", "No CSI plugins");
    }

    private static int answer(Console console, List<String> args, String noun, String list, String one, String none) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("short", "stats", "verbose").texts("type").parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes either no arguments or one: <" + (noun.equals("plugin") ? "plugin" : "id") + ">", noun + " status");
        }
        Api api = NomadApi.api(flags, console);
        try {
            Doc found = flags.rest().isEmpty() ? api.get(NomadApi.target(list, flags, console, noun.equals("volume") ? "type=csi" : ""))
                    : api.get(NomadApi.target(one + NomadApi.idPath(flags.rest().getFirst()), flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, found.value());
            }
            console.out().println("Container Storage Interface\n" + none);
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying " + noun + (flags.rest().isEmpty() ? "s" : "") + ": " + e.getMessage());
        }
    }
}
