package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import muster.registry.agent.AgentControls;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server and a client of all parts, in one process, over loopback. */
@Timeout(240)
class AllPartsTest {
    private static final Duration TIME = Duration.ofSeconds(60);
    private static final String JOB = """
            {"Job": {"ID": "spread", "Name": "spread", "Type": "system", "Datacenters": ["dc1"], "TaskGroups": [{"Name": "g",
              "Tasks": [{"Name": "t", "Driver": "raw_exec", "Config": {"command": "/bin/sleep", "args": ["3600"]}, "KillTimeout": 1000000000,
                "Services": [{"Name": "sleeper"}], "Resources": {"CPU": 20, "MemoryMB": 16}}]}]}}""";

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Suite> agents = new ArrayList<>();

    private Suite agent(String tool, String name, String more) throws Exception {
        List<String> arguments = Stream.of(("-node " + name + " -data-dir " + folder.resolve(name)
                + " -bind 127.0.0.1 -serf-lan-port 0 -server-port 0 -http-port 0 -dns-port -1 -scheduler-port 0 -lb-port 0 -lb-api-port 0"
                + " -retry-interval 500ms -enable-raw-exec " + more).split(" ")).toList();
        AgentOptions options = AgentArguments.parse(tool, arguments, Map.of(), new Machine("here", List.of()));
        Suite suite = Suite.start(options, new AgentControls(() -> {}, () -> {}, (level, json, lines) -> () -> {}), InstantSource.system());
        agents.add(suite);
        return suite;
    }

    private static String join(Suite agent) {
        return agent.cluster().orElseThrow().members().self().address();
    }

    private HttpResponse<byte[]> send(Suite agent, String part, String method, String path, byte[] body) throws Exception {
        String base = agent.listening().stream().filter(listening -> listening.what().equals(part + " (HTTP)")).findFirst().orElseThrow().address();
        return http.send(HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private String ask(Suite agent, String part, String method, String path, String body) throws Exception {
        HttpResponse<byte[]> answer = send(agent, part, method, path, body.getBytes(StandardCharsets.UTF_8));
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(answer.statusCode()).as(path + ": " + text).isEqualTo(200);
        return text;
    }

    @AfterEach
    void closeAll() {
        agents.reversed().forEach(Suite::close);
    }

    /**
     * Plan: a server of all parts and a client of all parts share one log; a system job given to the client runs on both, and its services
     * are in the registry; an archive of the scheduler's state brings back a job that was purged; an agent of the scheduler alone is not
     * let in.
     */
    @Test
    void oneLogServesRegistryAndScheduler() throws Exception {
        Path rules = Files.writeString(folder.resolve("hub.hcl"), "autopilot { max_trailing_logs = 300 server_stabilization_time = \"1s\" }");
        Suite server = agent("muster", "hub", "-server -bootstrap-expect 1 -config " + rules);
        Suite client = agent("muster", "edge", "-server=false -retry-join " + join(server));
        Eventually.passes("both nodes are ready", TIME, () -> assertThat(ask(client, "scheduler", "GET", "/v1/nodes", "").split("\"ready\"")).hasSize(3));
        ask(client, "scheduler", "PUT", "/v1/jobs", JOB);
        Eventually.passes("it runs on both", TIME,
                () -> assertThat(ask(server, "scheduler", "GET", "/v1/job/spread/allocations", "").split("\"ClientStatus\":\"running\"")).hasSize(3));
        Eventually.passes("both are listed", TIME, () -> assertThat(ask(client, "registry", "GET", "/v1/catalog/service/sleeper", "")).contains("hub", "edge"));
        assertThat(ask(client, "scheduler", "GET", "/v1/agent/members", "")).contains("\"hub.global\"").doesNotContain("\"edge.global\"");
        assertThat(ask(client, "scheduler", "GET", "/v1/operator/autopilot/configuration", "")).contains("\"LastContactThreshold\":\"200ms\"",
                "\"MaxTrailingLogs\":300", "\"ServerStabilizationTime\":\"1s\"");
        Eventually.passes("the registry has the rules of the file too", TIME, () -> assertThat(ask(client, "registry", "GET",
                "/v1/operator/autopilot/configuration", "")).contains("\"MaxTrailingLogs\":300", "\"ServerStabilizationTime\":\"1s\""));
        assertThat(ask(server, "scheduler", "GET", "/v1/operator/autopilot/health", "")).contains("\"Healthy\":true");
        assertThat(ask(client, "scheduler", "GET", "/v1/client/stats", "")).contains("Memory");

        byte[] archive = send(server, "scheduler", "GET", "/v1/operator/snapshot", new byte[0]).body();
        ask(server, "scheduler", "DELETE", "/v1/job/spread?purge=true", "");
        assertThat(send(server, "scheduler", "GET", "/v1/job/spread", new byte[0]).statusCode()).isEqualTo(404);
        HttpResponse<byte[]> damaged = send(server, "scheduler", "PUT", "/v1/operator/snapshot", "no archive".getBytes(StandardCharsets.UTF_8));
        assertThat(damaged.statusCode()).isEqualTo(500);
        assertThat(send(client, "scheduler", "PUT", "/v1/operator/snapshot", archive).statusCode()).isEqualTo(200);
        assertThat(ask(client, "scheduler", "GET", "/v1/job/spread", "")).contains("\"spread\"");

        Suite stranger = agent("nomad", "stranger", "-server -bootstrap-expect 3 -retry-join " + join(server));
        assertThat(stranger.cluster().orElseThrow().members().join(List.of(join(server))).count()).isZero();
    }

    /** Plan: a server and a client of the scheduler, both with access control: what the client is asked of itself needs a token that the server knows. */
    @Test
    void anAgentWithoutAStateHasServersLookAtRights() throws Exception {
        Suite server = agent("nomad", "hub", "-config " + file("hub", "server { enabled = true, bootstrap_expect = 1 }\nacl { enabled = true }"));
        Suite client = agent("nomad", "edge", "-config " + file("edge", "client { enabled = true, servers = [\"" + join(server)
                + "\"] }\nacl { enabled = true }"));
        String root = Eventually.value("a first token", TIME, () -> Optional.of(ask(server, "scheduler", "PUT", "/v1/acl/bootstrap", ""))
                .map(text -> text.replaceAll("(?s).*\"SecretID\":\"([^\"]+)\".*", "$1")));
        Eventually.passes("the client knows its server", TIME, () -> assertThat(status(client, "GET", "/v1/agent/self", root)).isEqualTo("200"));
        assertThat(status(client, "GET", "/v1/agent/members", root)).isEqualTo("200");
        for (String path : List.of("/v1/agent/self", "/v1/agent/members", "/v1/agent/servers")) {
            assertThat(status(client, "GET", path, "")).as(path).isEqualTo("403 Permission denied");
        }
        assertThat(status(client, "PUT", "/v1/agent/force-leave?node=hub", "")).isEqualTo("403 Permission denied");
        assertThat(status(client, "GET", "/v1/agent/self", "11111111-2222-3333-4444-555555555555")).isEqualTo("403 ACL token not found");
        assertThat(status(client, "GET", "/v1/agent/health", "")).as("for everybody").isEqualTo("200");
        server.close();
        assertThat(status(client, "GET", "/v1/agent/self", root)).as("nobody can tell").isEqualTo("403 Permission denied");
    }

    /** The status of an answer, and its text where it is a refusal. */
    private String status(Suite agent, String method, String path, String token) throws Exception {
        String base = agent.listening().stream().filter(listening -> listening.what().equals("scheduler (HTTP)")).findFirst().orElseThrow().address();
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30)).header("X-Nomad-Token", token)
                .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() == 200 ? "200" : answer.statusCode() + " " + answer.body().strip();
    }

    private String file(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name + ".hcl"), text).toString();
    }
}
