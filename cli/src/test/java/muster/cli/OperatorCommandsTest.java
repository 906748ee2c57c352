package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import muster.cli.FakeAgent.Ran;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands around the cluster, older names of commands, and what is refused with its reason. */
class OperatorCommandsTest {
    private static final String ALLOC = "aaaaaaaa-1111-2222-3333-444444444444";
    private FakeAgent agent;

    @BeforeEach
    void start() throws IOException {
        agent = new FakeAgent()
                .on("GET /v1/agent/members", "{\"Members\":[{\"Name\":\"s1.global\",\"Addr\":\"10.0.0.1\",\"Port\":4648,\"Status\":\"alive\"}]}")
                .on("GET /v1/status/leader", "\"10.0.0.1:4647\"")
                .on("GET /v1/agent/servers", "[\"a:4647\"]")
                .on("PUT /v1/agent/join?address=b", "{\"num_joined\":1,\"error\":\"\"}")
                .on("PUT /v1/search", "{\"Matches\":{\"jobs\":[\"web\",\"web-2\"],\"allocs\":[],\"nodes\":[]}}")
                .on("PUT /v1/search?namespace=n", "{\"Matches\":{\"jobs\":[],\"allocs\":[\"" + ALLOC + "\"],\"nodes\":[]}}")
                .on("PUT /v1/search?namespace=none", "{\"Matches\":{}}")
                .on("GET /v1/deployments?per_page=1", "[]")
                .on("GET /v1/node/pools?filter=Name+%3D%3D+a", "[{\"Name\":\"a\"}]")
                .on("GET /v1/allocations?prefix=aaaa", "[{\"ID\":\"" + ALLOC + "\"}]")
                .on("GET /v1/allocation/" + ALLOC, "{\"ID\":\"" + ALLOC + "\",\"TaskGroup\":\"g\",\"Job\":{\"TaskGroups\":"
                        + "[{\"Name\":\"g\",\"Tasks\":[{\"Name\":\"t\"},{\"Name\":\"u\"}]}]}}")
                .on("GET /v1/job/web/allocations", "[{\"ID\":\"" + ALLOC + "\",\"TaskGroup\":\"g\"}]")
                .on("GET /v1/client/fs/logs/" + ALLOC + "?task=u&type=stdout&follow=false&plain=true&origin=start&offset=0", "out\n")
                .on("GET /v1/client/fs/logs/" + ALLOC + "?task=u&type=stderr&follow=false&plain=true&origin=start&offset=0", "err\n")
                .on("PUT /v1/recommendations/apply", 501, "Nomad Enterprise only endpoint")
                .on("DELETE /v1/job/web?eval_priority=90", "{\"EvalID\":\"e1\"}")
                .on("GET /v1/jobs?prefix=web", "[{\"ID\":\"web\"}]");
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    static List<CommandLine> cases() {
        String gossip = "error: servers do not gossip, so there is no keyring: their connections are encrypted by the tls block of the configuration\n";
        String volumes = "Error: there are no plugins for storage: host volumes are named in the client's configuration"
                + " (client { host_volume \"name\" { path = \"...\" } })\n";
        return List.of(
                new CommandLine("server members -t {{range.}}{{.Name}}{{end}}", 0, "s1.global\n", ""),
                new CommandLine("client-config -servers", 0, "a:4647\n", ""),
                new CommandLine("server-join b", 0, "Joined 1 servers successfully\n", ""),
                new CommandLine("keyring -list", 1, "", gossip),
                new CommandLine("operator gossip keyring list", 1, "", gossip),
                new CommandLine("operator gossip keyring use", 1, "", "This command takes one argument: <key>\n"
                        + "For additional help try 'nomad operator gossip keyring use -help'\n"),
                new CommandLine("operator root keyring rotate -full", 1, "", "error: variables are not encrypted at rest, so there are no root keys:"
                        + " keep the servers' data folder, and snapshots, as safe as what they hold\n"),
                new CommandLine("recommendation apply", 1, "", "This command takes at least one argument: <recommendation_ids>\n"
                        + "For additional help try 'nomad recommendation apply -help'\n"),
                new CommandLine("recommendation apply a b", 1, "",
                        "Error applying recommendations: Unexpected response code: 501 (Nomad Enterprise only endpoint)\n"),
                new CommandLine("volume snapshot list -plugin=p", 1, "", volumes),
                new CommandLine("volume detach v", 1, "", "This command takes two arguments: <vol id> <node id>\n"
                        + "For additional help try 'nomad volume detach -help'\n"),
                new CommandLine("ui -namespace=n aaaa", 0, "Opening URL \"ADDRESS/ui/allocations/" + ALLOC + "\"\n", ""),
                new CommandLine("ui web", 0, "Opening URL \"ADDRESS/ui/jobs/web\"\n", ""),
                new CommandLine("ui we", 1, "", "Multiple matches found for id \"we\"\n\nJobs:\nweb, web-2\n"),
                new CommandLine("ui -namespace=none x", 1, "", "Unable to resolve ID: \"x\"\n"),
                new CommandLine("deployment list -per-page=1", 0, "No deployments found\n", ""),
                new CommandLine("alloc logs -task=u -stdout -stderr aaaa", 0, "out\nerr\n", ""),
                new CommandLine("alloc logs -job -group=g -task=u web", 0, "out\n", ""),
                new CommandLine("alloc logs -job -group=h web", 1, "",
                        "Error fetching allocations: job \"web\" doesn't exist or it has no allocations\n"),
                new CommandLine("job stop -detach -eval-priority=90 web", 0, "e1\n", ""));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void answersOrSaysWhyNot(CommandLine given) {
        Ran ran = agent.run("nomad", given.words());
        given.matches(new Ran(ran.exit(), ran.out().replace("http://" + agent.address(), "ADDRESS"), ran.err()));
    }

    @Test
    void aListIsFilteredByTheServer() {
        assertThat(agent.run("nomad", "node", "pool", "list", "-filter", "Name == a").out()).isEqualTo("Name  Description\na     <none>\n");
    }

    @Test
    void aLoginForAProxyIsSentAlong() throws IOException {
        assertThat(FakeAgent.run("nomad", "", java.util.Map.of("NOMAD_ADDR", "http://" + agent.address(), "NOMAD_HTTP_AUTH", "a:b"),
                java.nio.file.Path.of(""), "server", "members").exit()).isZero();
        assertThat(agent.lastHeader("Authorization")).isEqualTo("Basic YTpi");
    }

    /** What every command's help has to say: how it is called, what it does, and each flag that it lists is one that it takes. */
    @Test
    void helpListsFlagsThatAreTaken() {
        List<String> wrong = NomadCommands.all().stream().filter(command -> !command.path().equals("fmt")).flatMap(command -> {
            Ran help = agent.run("nomad", (command.path() + " -h").split(" "));
            assertThat(help.exit()).as(command.path()).isZero();
            assertThat(help.out()).as(command.path()).startsWith("Usage: nomad " + command.path()).contains("General Options:");
            return help.out().lines().filter(line -> line.matches("  +-[a-zA-Z0-9].*")).map(line -> line.strip().split("[ =,]")[0])
                    .map(flag -> command.path() + " " + flag)
                    .filter(line -> agent.run("nomad", (line + "=true -h").split(" ")).err().contains("not defined"));
        }).collect(Collectors.toList());

        assertThat(wrong).isEmpty();
    }
}
