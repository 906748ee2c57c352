package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import muster.cli.FakeAgent.Ran;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConsulCommandsTest {
    private static final String ENTRY =
            "{\"LockIndex\":0,\"Key\":\"app/a\",\"Flags\":7,\"Value\":\"YiBj\",\"CreateIndex\":5,\"ModifyIndex\":9}";
    private static final String INTENTION = "{\"ID\":\"i1\",\"SourceName\":\"a\",\"DestinationName\":\"b\",\"Action\":\"deny\","
            + "\"Meta\":{\"k\":\"v\"},\"Precedence\":9}";
    private FakeAgent agent;

    @BeforeEach
    void start() throws IOException {
        agent = new FakeAgent()
                .on("GET /v1/kv/app/a?raw", "b c")
                .on("GET /v1/kv/app/a", "[" + ENTRY + "]")
                .on("GET /v1/kv/app?recurse", "[" + ENTRY + "]")
                .on("GET /v1/kv/app/?keys&separator=%2F", "[\"app/a\",\"app/b/\"]")
                .on("GET /v1/kv/none", 404, "")
                .on("GET /v1/kv/secret", 403, "Permission denied")
                .on("PUT /v1/kv/app/a?flags=0", "true")
                .on("PUT /v1/kv/app/a?flags=0&cas=3", "false")
                .on("DELETE /v1/kv/app/a", "true")
                .on("PUT /v1/agent/service/maintenance/web?enable=true&reason=", "")
                .on("GET /v1/agent/self", "{\"Stats\":{\"raft\":{\"state\":\"Leader\"},\"agent\":{\"checks\":\"1\"}}}")
                .on("PUT /v1/agent/reload", 500, "a.hcl:1,1-2: invalid config key x")
                .on("PUT /v1/agent/leave", "")
                .on("PUT /v1/agent/join/10.0.0.1", 500, "no")
                .on("PUT /v1/event/fire/deploy", "{\"ID\":\"1-2\"}")
                .on("PUT /v1/agent/service/deregister/web", "")
                .on("GET /v1/operator/raft/configuration", """
                        {"Servers":[{"ID":"x","Node":"n1","Address":"127.0.0.1:8300","Leader":true,"Voter":true,"ProtocolVersion":"3"}]}""")
                .on("GET /v1/catalog/services", "{\"web\":[\"z\",\"urlprefix-/\"],\"consul\":[]}")
                .on("GET /v1/config/service-defaults/web", """
                        {"Kind":"service-defaults","Name":"web","Protocol":"","MeshGateway":{},"CreateIndex":1,"ModifyIndex":2}""")
                .on("GET /v1/config/service-defaults", "[{\"Name\":\"web\"},{\"Name\":\"api\"}]")
                .on("GET /v1/config/mesh/x", 404, "Config entry not found for \"mesh\" / \"x\"")
                .on("DELETE /v1/config/service-defaults/web", "{}")
                .on("GET /v1/connect/intentions", "[" + INTENTION + "]")
                .on("GET /v1/connect/intentions/check?source=a&destination=b", "{\"Allowed\":false}")
                .on("GET /v1/connect/intentions/check?source=x&destination=b", "{\"Allowed\":true}")
                .on("GET /v1/connect/intentions/match?by=destination&name=b", "{\"b\":[" + INTENTION + "]}")
                .on("DELETE /v1/connect/intentions/i1", "true")
                .on("GET /v1/connect/ca/configuration", "{\"Provider\":\"consul\",\"Config\":{\"LeafCertTTL\":\"72h\"}}")
                .on("GET /v1/coordinate/nodes", """
                        [{"Node":"n1","Coord":{"Vec":[0.1],"Error":1.5,"Adjustment":0,"Height":0.0001}},
                         {"Node":"n2","Coord":{"Vec":[0.103],"Error":1.5,"Adjustment":0,"Height":0.0001}}]""")
                .on("GET /v1/agent/members", """
                        [{"Name":"n1","Addr":"127.0.0.1","Port":8301,"Status":1,
                          "Tags":{"role":"consul","build":"1.8.7:abc","vsn":"2","dc":"dc1"}}]""");
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    static List<CommandLine> cases() {
        return List.of(
                new CommandLine("kv get app/a", 0, "b c\n", ""),
                new CommandLine("config read -kind service-defaults -name web", 0, """
                        {
                            "Kind": "service-defaults",
                            "Name": "web",
                            "MeshGateway": {},
                            "CreateIndex": 1,
                            "ModifyIndex": 2
                        }
                        """, ""),
                new CommandLine("config list -kind service-defaults", 0, "web\napi\n", ""),
                new CommandLine("config delete -kind service-defaults -name web", 0, "Config entry deleted: service-defaults/web\n", ""),
                new CommandLine("config read -kind mesh", 1, "", "Must specify the -name parameter\n"),
                new CommandLine("config write", 1, "",
                        "Must provide exactly one positional argument to specify the config entry to write\n"),
                new CommandLine("intention check a b", 1, "Denied\n", ""),
                new CommandLine("intention check x b", 0, "Allowed\n", ""),
                new CommandLine("intention check a", 2, "", "Error: command requires exactly two arguments: src and dst\n"),
                new CommandLine("intention match b", 0, "a => b (deny)\n", ""),
                new CommandLine("intention get a b", 0, """
                        Source:       a
                        Destination:  b
                        Action:       deny
                        ID:           i1
                        Meta[k]:      v
                        """, ""),
                new CommandLine("intention get a c", 1, "", "Error: Intention with source \"a\" and destination \"c\" not found.\n"),
                new CommandLine("intention list", 0, """
                        ID  Source  Action  Destination  Precedence
                        i1  a       deny    b            9
                        """, ""),
                new CommandLine("intention delete a b", 0, "Intention deleted.\n", ""),
                new CommandLine("intention create -allow -deny a b", 1, "", "Only one of -allow or -deny may be specified.\n"),
                new CommandLine("connect ca get-config", 0, "{\n\t\"Provider\": \"consul\",\n\t\"Config\": {\n\t\t\"LeafCertTTL\": \"72h\"\n\t}\n}\n", ""),
                new CommandLine("connect ca set-config", 1, "", "The -config-file flag is required\n"),
                new CommandLine("rtt n1 n2", 0, "Estimated n1 <-> n2 rtt: 3.200 ms (using LAN coordinates)\n", ""),
                new CommandLine("rtt n1 n3", 1, "", "Could not find a coordinate for node \"n3\"\n"),
                new CommandLine("kv get -base64 app/a", 0, "YiBj\n", ""),
                new CommandLine("kv get -recurse app", 0, "app/a:b c\n", ""),
                new CommandLine("kv get -keys app/", 0, "app/a\napp/b/\n", ""),
                new CommandLine("kv get -detailed app/a", 0, """
                        CreateIndex      5
                        Flags            7
                        Key              app/a
                        LockIndex        0
                        ModifyIndex      9
                        Session          -
                        Value            b c
                        """, ""),
                new CommandLine("kv get none", 1, "", "Error! No key exists at: none\n"),
                new CommandLine("kv get secret", 1, "", "Error querying Consul agent: Unexpected response code: 403\n"),
                new CommandLine("kv get", 1, "", "Error! Missing KEY argument\n"),
                new CommandLine("kv get a b", 1, "", "Too many arguments (expected 1, got 2)\n"),
                new CommandLine("kv put app/a b", 0, "Success! Data written to: app/a\n", ""),
                new CommandLine("kv put -cas -modify-index=3 app/a b", 1, "", "Error! Did not write to app/a: CAS failed\n"),
                new CommandLine("kv put -cas app/a b", 1, "", "Must specify -modify-index with -cas!\n"),
                new CommandLine("kv put", 1, "", "Error! Missing KEY argument\n"),
                new CommandLine("kv put app/a @gone.txt", 1, "", "Error! Failed to read file: open gone.txt: no such file or directory\n"),
                new CommandLine("kv delete app/a", 0, "Success! Deleted key: app/a\n", ""),
                new CommandLine("catalog services", 0, "consul\nweb\n", ""),
                new CommandLine("catalog services -tags", 0, "consul    \nweb       urlprefix-/,z\n", ""),
                new CommandLine("maint -enable -disable", 1, "", "Only one of -enable or -disable may be provided\n"),
                new CommandLine("maint -reason=x", 1, "", "Reason may only be provided with -enable\n"),
                new CommandLine("maint -enable -service=web", 0, "Service maintenance is now enabled for \"web\"\n", ""),
                new CommandLine("info", 0, "agent:\n\tchecks = 1\nraft:\n\tstate = Leader\n", ""),
                new CommandLine("reload", 1, "", "Error reloading: Unexpected response code: 500 (a.hcl:1,1-2: invalid config key x)\n"),
                new CommandLine("leave", 0, "Graceful leave complete\n", ""),
                new CommandLine("join 10.0.0.1", 1, "", "Error joining address '10.0.0.1': Unexpected response code: 500 (no)\nFailed to join any nodes.\n"),
                new CommandLine("event -name=deploy x", 0, "Event ID: 1-2\n", ""),
                new CommandLine("keyring -list -use=x", 1, "", "Only a single action is allowed\n"),
                new CommandLine("exec uptime", 1, "", "Remote exec is disabled: agents of this kind run no commands for others. Use ssh,"
                        + " or a job of type \"system\" or \"batch\".\n"),
                new CommandLine("services register", 1, "", "Service registration requires at least one argument or flags.\n"),
                new CommandLine("services deregister -id=a x.json", 1, "", "Service deregistration requires arguments or -id, not both.\n"),
                new CommandLine("services deregister -id=web", 0, "Deregistered service: web\n", ""),
                new CommandLine("snapshot save", 1, "", "Missing FILE argument\n"),
                new CommandLine("snapshot restore gone", 1, "", "Error opening snapshot file: open gone: no such file or directory\n"),
                new CommandLine("operator raft list-peers", 0, """
                        Node  ID  Address         State   Voter  RaftProtocol
                        n1    x   127.0.0.1:8300  leader  true   3
                        """, ""),
                new CommandLine("operator raft remove-peer", 1, "", "Error removing peer: an address or id is required for the peer to remove\n"),
                new CommandLine("watch -type=key -key=app/a", 0, """
                        {
                            "Key": "app/a",
                            "CreateIndex": 5,
                            "ModifyIndex": 9,
                            "LockIndex": 0,
                            "Flags": 7,
                            "Value": "YiBj",
                            "Session": ""
                        }
                        """, ""),
                new CommandLine("debug x", 1, "", "Too many arguments, expected 0 got 1\n"),
                new CommandLine("debug -interval=1s", 1, "", "Capture validation failed: -interval must be longer than 5s\n"),
                new CommandLine("debug -duration=1s", 1, "", "Capture validation failed: -duration must be from 10s to 24h0m0s\n"),
                new CommandLine("debug -interval=20s -duration=10s", 1, "", "Capture validation failed: interval must be shorter than duration\n"),
                new CommandLine("debug -capture=pprof", 1, "",
                        "Capture validation failed: unknown target \"pprof\": agent, host, cluster, metrics and logs are\n"),
                new CommandLine("kv get -keys -format=json app/", 0, "[\n    \"app/a\",\n    \"app/b/\"\n]\n", ""),
                new CommandLine("kv get -format=yaml app/a", 1, "", null),
                new CommandLine("lock a", 1, "", "Key prefix and child command must be specified\n"),
                new CommandLine("catalog services -format=json", 0, """
                        {
                            "web": [
                                "z",
                                "urlprefix-/"
                            ],
                            "consul": []
                        }
                        """, ""),
                new CommandLine("members", 0, """
                        Node  Address         Status  Type    Build  Protocol  DC   Segment
                        n1    127.0.0.1:8301  alive   server  1.8.7  2         dc1  <all>
                        """, ""),
                new CommandLine("members -status=failed", 2, "", ""));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void answersAsTheOriginal(CommandLine given) {
        for (String tool : List.of("consul", "muster")) {
            given.matches(agent.run(tool, given.words()));
        }
    }

    @Test
    void anArchiveHoldsWhatTheAgentSaysOfItself(@TempDir Path folder) throws Exception {
        // Plan: capture what needs no time into a folder, then into an archive, whose file is for its owner alone.
        String output = folder.resolve("d").toString();
        Ran ran = agent.run("consul", "debug", "-capture=agent", "-capture=cluster", "-archive=false", "-output=" + output);
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).startsWith("Starting debugger and capturing static information...\n").endsWith("Saved debug directory: " + output + "\n");
        assertThat(folder.resolve("d/agent.json")).content().contains("\"Stats\"");
        assertThat(folder.resolve("d/cluster.json")).content().contains("127.0.0.1");
        assertThat(folder.resolve("d/index.json")).content().contains("\"targets\"");
        assertThat(agent.run("consul", "debug", "-capture=agent", "-archive=false", "-output=" + output).err())
                .isEqualTo("Output directory already exists: " + output + "\n");
        assertThat(agent.run("consul", "debug", "-capture=agent", "-output=" + output).exit()).isZero();
        assertThat(Files.getPosixFilePermissions(folder.resolve("d.tar.gz"))).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void writesWhatStandsAtStandardInput() {
        assertThat(agent.feed("consul", "from\nhere", "kv", "put", "app/a", "-").exit()).isZero();
        assertThat(agent.lastBody()).isEqualTo("from\nhere");
    }

    @Test
    void sendsFlagsAndEnvironmentAlong() {
        agent.on("GET /v1/kv/k%20x/y?dc=dc2&stale&raw", "v");

        assertThat(agent.run("consul", "kv", "get", "-datacenter", "dc2", "-stale", "k x/y").out()).isEqualTo("v\n");
        assertThat(agent.requests()).containsExactly("GET /v1/kv/k%20x/y?dc=dc2&stale&raw");
    }

    @Test
    void namesTheAddressThatDoesNotAnswer() throws IOException {
        String gone;
        try (FakeAgent closed = new FakeAgent()) {
            gone = closed.address();
        }

        Ran ran = FakeAgent.run("consul", "", Map.of("CONSUL_HTTP_ADDR", gone), Path.of(""), "kv", "get", "a");

        assertThat(ran).isEqualTo(new Ran(1, "", "Error querying Consul agent: Get \"http://" + gone + "/v1/kv/a\": dial tcp " + gone
                + ": connect: connection refused\n"));
    }

    @Test
    void anUnknownCommandShowsTheListAndFails() {
        Ran ran = agent.run("consul", "bogus");

        assertThat(ran.exit()).isEqualTo(127);
        assertThat(ran.err()).startsWith("Usage: consul [--version] [--help] <command> [<args>]").contains("kv ");
    }

    @Test
    void aWrongFlagIsNamedAboveTheHelp() {
        Ran ran = agent.run("consul", "kv", "get", "-what", "a");

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).startsWith("flag provided but not defined: -what\nUsage: consul kv get");
    }

    @Test
    void aServiceIsExposedByItsGatewaysEntryAndAnIntention() {
        agent.on("GET /v1/config/ingress-gateway/in", """
                {"Kind":"ingress-gateway","Name":"in","Listeners":[{"Port":80,"Protocol":"tcp","Services":[{"Name":"a"}]}],"ModifyIndex":7}""")
                .on("PUT /v1/config?cas=7", "true").on("POST /v1/connect/intentions", "{\"ID\":\"i2\"}");
        assertThat(agent.run("consul", "connect", "expose", "-service", "web", "-ingress-gateway", "in", "-port", "80")).isEqualTo(new Ran(0, """
                Successfully updated config entry for ingress service "in"
                Successfully set up intention for "in" -> "web"
                """, ""));
        assertThat(agent.run("consul", "connect", "expose", "-service", "web", "-ingress-gateway", "in", "-port", "80", "-protocol", "http").err())
                .isEqualTo("Listener on port 80 already configured with conflicting protocol \"tcp\"\n");
    }

    @Test
    void aConfigEntryIsWrittenFromHclInEitherStyle() {
        agent.on("PUT /v1/config", "true");
        Ran ran = agent.feed("consul", "kind = \"service-resolver\"\nName = \"web\"\nconnect_timeout = \"5s\"\nsubsets \"v1\" {\n  only_passing = true\n}\n",
                "config", "write", "-");
        assertThat(ran).isEqualTo(new Ran(0, "Config entry written: service-resolver/web\n", ""));
        assertThat(agent.lastBody()).isEqualTo(
                "{\"kind\":\"service-resolver\",\"Name\":\"web\",\"connect_timeout\":\"5s\",\"subsets\":{\"v1\":{\"only_passing\":true}}}");
    }
}
