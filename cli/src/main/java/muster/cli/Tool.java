package muster.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import muster.wire.Json;

/** Whose command line this is. {@code muster} has the commands of both, each under its own words. */
enum Tool {
    CONSUL, NOMAD, MUSTER;

    private static final String VERSION = "0.1.0";

    /** Nomad's older names of commands. */
    private static final Map<String, String> NOMAD_ALIASES = Map.ofEntries(
            Map.entry("run", "job run"), Map.entry("plan", "job plan"), Map.entry("stop", "job stop"),
            Map.entry("inspect", "job inspect"), Map.entry("validate", "job validate"), Map.entry("logs", "alloc logs"),
            Map.entry("fs", "alloc fs"), Map.entry("exec", "alloc exec"), Map.entry("alloc-status", "alloc status"), Map.entry("node-status", "node status"),
            Map.entry("eval-status", "eval status"), Map.entry("server-members", "server members"),
            Map.entry("init", "job init"), Map.entry("node-drain", "node drain"), Map.entry("keygen", "operator keygen"),
            Map.entry("keyring", "operator keyring"), Map.entry("debug", "operator debug"), Map.entry("client-config", "node config"),
            Map.entry("server-join", "server join"), Map.entry("server-force-leave", "server force-leave"), Map.entry("start", "job start"),
            Map.entry("action", "job action"));

    private static final String OPERATOR = """

              Provides cluster-level tools for Nomad operators, such as interacting with
              the Raft subsystem. NOTE: Use this command with extreme caution, as improper
              use could lead to a Nomad outage and even loss of data.

              Please see the individual subcommand help for detailed usage information.
            """;

    /** What is said of a word that only begins commands, where the original says more than that. */
    private static final Map<String, String> GROUPS = Map.ofEntries(
            Map.entry("operator autopilot", "Provides tools for modifying Autopilot configuration"),
            Map.entry("operator raft", "Provides access to the Raft subsystem"),
            Map.entry("operator snapshot", "Saves and inspects snapshots of Nomad server state"),
            Map.entry("job periodic", "Interact with periodic jobs"),
            Map.entry("job tag", "Manage job version tags"),
            Map.entry("node meta", "Interact with node metadata"),
            Map.entry("node pool", "Interact with node pools"),
            Map.entry("acl policy", "Interact with ACL policies"),
            Map.entry("acl token", "Interact with ACL tokens"),
            Map.entry("acl role", "Interact with ACL roles"),
            Map.entry("operator gossip", "Provides access to the Gossip protocol"),
            Map.entry("operator gossip keyring", "Manages gossip layer encryption keys"),
            Map.entry("operator root", "Manages root encryption keys"),
            Map.entry("operator root keyring", "Manages root encryption keys"),
            Map.entry("volume claim", "Interact with volume claims"),
            Map.entry("volume snapshot", "Interact with volume snapshots"),
            Map.entry("scaling policy", "Interact with Nomad scaling policies"),
            Map.entry("system reconcile", "Perform system reconciliation tasks"));

    /** Commands of later versions, which are there as {@code nomad} too, but which the list of an earlier one's does not show. */
    private static final List<String> UNLISTED = List.of("operator api", "fmt", "job restart", "var lock", "job tag apply", "job tag unset",
            "job start", "job action", "node meta apply", "node meta read", "alloc checks", "node pool apply", "node pool delete", "node pool info",
            "node pool init", "node pool jobs", "node pool list", "node pool nodes", "operator gossip keyring generate",
            "operator gossip keyring install", "operator gossip keyring list", "operator gossip keyring remove", "operator gossip keyring use",
            "operator root keyring list", "operator root keyring remove", "operator root keyring rotate", "operator utilization", "alloc pause",
            "volume claim delete", "volume claim list");

    static Tool of(String name) {
        return switch (name) {
            case "consul" -> CONSUL;
            case "nomad" -> NOMAD;
            default -> MUSTER;
        };
    }

    List<Command> commands() {
        return switch (this) {
            case CONSUL -> ConsulCommands.all();
            case NOMAD -> NomadCommands.all();
            case MUSTER -> {
                List<Command> both = new ArrayList<>(ConsulCommands.all());
                both.addAll(NomadCommands.all());
                both.addAll(NomadCommands.later());
                yield both;
            }
        };
    }

    /** What an older name stands for. Where a program has a command of that name itself, as {@code muster exec}, it is none. */
    String alias(String word) {
        boolean ofItsOwn = this == CONSUL || this == MUSTER && commands().stream().anyMatch(command -> command.path().equals(word));
        return ofItsOwn ? word : NOMAD_ALIASES.getOrDefault(word, word);
    }

    /** The first line is what scripts look at: the version whose behaviour is offered. */
    String version() {
        return switch (this) {
            case CONSUL -> "Consul v1.8.7\nRevision muster-" + VERSION
                    + "\nProtocol 2 spoken by default, understands 2 to 3 (agent will automatically use protocol >2 when speaking to"
                    + " compatible agents)\n";
            case NOMAD -> "Nomad v1.1.2";
            case MUSTER -> "Muster v" + VERSION + " (answers as Consul v1.8.7 and Nomad v1.1.2)";
        };
    }

    /** The same for programs. */
    String versionJson() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("Version", switch (this) {
            case CONSUL -> "1.8.7";
            case NOMAD -> "1.1.2";
            case MUSTER -> VERSION;
        });
        facts.put("Revision", "muster-" + VERSION);
        facts.put("Prerelease", "");
        return new String(Json.write(facts, true), StandardCharsets.UTF_8);
    }

    boolean hasGroup(String words) {
        return commands().stream().anyMatch(c -> c.path().startsWith(words + " "));
    }

    /** The list of commands: Nomad prints it on standard output, Consul on standard error when asked for nothing. */
    void overview(Console console) {
        PrintStream out = this == CONSUL ? console.err() : console.out();
        out.println(switch (this) {
            case CONSUL -> "Usage: consul [--version] [--help] <command> [<args>]\n\nAvailable commands are:";
            case NOMAD -> "Usage: nomad [-version] [-help] [-autocomplete-(un)install] <command> [args]\n\nCommands:";
            case MUSTER -> "Usage: muster [--version] [--help] <command> [<args>]\n\n"
                    + "    agent -dev    everything in one process; `muster demo` shows what it does\n\nCommands:";
        });
        list(listed().toList(), 0, out);
    }

    private Stream<Command> listed() {
        return commands().stream().filter(command -> this != NOMAD || !UNLISTED.contains(command.path()));
    }

    void groupHelp(String group, Console console) {
        PrintStream out = this == CONSUL ? console.err() : console.out();
        out.println("Usage: " + word() + " " + group + " <subcommand> [options]"
                + (this == NOMAD && !group.equals("operator") ? " [args]" : "") + "\n" + (this == NOMAD && group.equals("operator") ? OPERATOR : "")
                + "\nSubcommands:");
        int depth = group.split(" ").length;
        List<Command> below = listed().filter(c -> c.path().startsWith(group + " ")).toList();
        list(below.isEmpty() ? commands().stream().filter(c -> c.path().startsWith(group + " ")).toList() : below, depth, out);
    }

    private static void list(List<Command> commands, int depth, PrintStream out) {
        Map<String, String> lines = new TreeMap<>();
        for (Command command : commands) {
            String[] words = command.path().split(" ");
            lines.merge(words[depth], words.length == depth + 1 ? command.synopsis() : "has subcommands",
                    (a, b) -> a.equals("has subcommands") ? b : a);
            if (words.length > depth + 1) {
                String group = String.join(" ", List.of(words).subList(0, depth + 1));
                lines.computeIfPresent(words[depth], (word, synopsis) -> GROUPS.getOrDefault(group, synopsis));
            }
        }
        lines.forEach((word, synopsis) -> out.println(String.format("    %-16s %s", word, synopsis)));
    }

    String help(Command command) {
        return command.usage() + "\n\n" + switch (toolOf(command)) {
            case CONSUL -> ConsulApi.FLAGS_HELP;
            case NOMAD, MUSTER -> NomadApi.FLAGS_HELP;
        };
    }

    private static Tool toolOf(Command command) {
        return command.usage().startsWith("Usage: consul") ? CONSUL : NOMAD;
    }

    /** A wrong flag: Consul prints text and help on standard error, Nomad the help on standard output. */
    int flagError(Command command, String message, Console console) {
        console.err().println(message);
        (toolOf(command) == CONSUL ? console.err() : console.out()).println(help(command));
        return command.path().equals("job plan") ? 255 : 1;
    }

    private String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
