package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import muster.testkit.Eventually;
import muster.testkit.RunningProgram;
import muster.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three servers of the scheduler and two agents that run tasks, as processes; some of them are killed and come back. */
@Timeout(400)
class SchedulerServersTest {
    private static final Duration TIME = Duration.ofSeconds(90);
    private static final Pattern CLUSTER = Pattern.compile(".*cluster \\((?:server|client)\\)\\s+([^\\s,]+).*");
    private static final Pattern HTTP = Pattern.compile(".*scheduler \\(HTTP\\)\\s+(http://\\S+).*");
    private static final String JOB = """
            {"Job": {"ID": "sleepers", "Name": "sleepers", "Type": "service", "Datacenters": ["dc1"], "TaskGroups": [{"Name": "g", "Count": 4,
              "RestartPolicy": {"Attempts": 0, "Mode": "fail"},
              "Tasks": [{"Name": "t", "Driver": "raw_exec", "Config": {"command": "/bin/sh", "args": ["-c", "echo I am $NOMAD_ALLOC_ID; exec sleep 3600"]},
                "KillTimeout": 1000000000, "Resources": {"CPU": 20, "MemoryMB": 16}}]}]}}""";

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<RunningProgram> running = new ArrayList<>();
    private final Map<String, String> known = new HashMap<>();

    private record Agent(String name, RunningProgram program, String join, String url) {}

    /** At the port at which others know it, where it was there before. */
    private Agent agent(String name, String settings) throws IOException {
        Path file = folder.resolve(name + ".hcl");
        Files.writeString(file, """
                name = "%1$s"
                data_dir = "%2$s"
                bind_addr = "127.0.0.1"
                log_level = "WARN"
                ports { http = 0 rpc = 0 serf = %4$s }
                consul { address = "127.0.0.1:9" }
                plugin "raw_exec" { config { enabled = true } }
                %3$s
                """.formatted(name, folder.resolve(name), settings, known.getOrDefault(name, "0")));
        RunningProgram program = RunningProgram.start(name, folder, Map.of(),
                RunningProgram.java(Main.class, "nomad", "agent", "-config", file.toString()));
        running.add(program);
        String join = found(program, CLUSTER);
        known.put(name, join.substring(join.lastIndexOf(':') + 1));
        return new Agent(name, program, join, found(program, HTTP));
    }

    private Agent server(String name, String join) throws IOException {
        return agent(name, """
                server {
                  enabled = true
                  bootstrap_expect = 3
                  min_heartbeat_ttl = "4s"
                  heartbeat_grace = "3s"
                  failover_heartbeat_ttl = "45s"
                  encrypt = "MDEyMzQ1Njc4OTAxMjM0NQ=="
                  server_join { %s retry_interval = "1s" }
                }""".formatted(join.isEmpty() ? "" : "retry_join = [\"" + join + "\"]"));
    }

    private Agent client(String name, String join) throws IOException {
        return agent(name, """
                server { encrypt = "MDEyMzQ1Njc4OTAxMjM0NQ==" }
                client {
                  enabled = true
                  servers = ["%s"]
                }""".formatted(join));
    }

    private static String found(RunningProgram program, Pattern pattern) {
        Matcher matcher = pattern.matcher(program.awaitLine(pattern.pattern(), TIME, line -> pattern.matcher(line).matches()));
        assertThat(matcher.matches()).isTrue();
        return matcher.group(1);
    }

    @AfterEach
    void killAll() throws IOException {
        running.forEach(RunningProgram::close);
        tasks().forEach(ProcessHandle::destroyForcibly);
    }

    /** The tasks of this test that run on this machine, whoever started them. */
    private List<ProcessHandle> tasks() throws IOException {
        List<ProcessHandle> found = new ArrayList<>();
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            for (ProcessHandle process : all.toList()) {
                Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
                boolean sleeps = process.info().commandLine().filter(line -> line.contains("sleep 3600")).isPresent();
                if (sleeps && Files.isReadable(environment) && Files.readString(environment, StandardCharsets.ISO_8859_1).contains(folder.toString())) {
                    found.add(process);
                }
            }
        }
        return found;
    }

    private HttpResponse<String> send(Agent agent, String method, String path, String body) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(agent.url() + path)).timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private String ask(Agent agent, String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(agent, method, path, body);
        assertThat(answer.statusCode()).as(agent.name() + path + ": " + answer.body()).isEqualTo(200);
        return answer.body();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> list(Agent agent, String path) throws IOException, InterruptedException {
        return (List<Map<String, Object>>) Json.parse(ask(agent, "GET", path, ""));
    }

    private List<Map<String, Object>> live(Agent agent) throws IOException, InterruptedException {
        return list(agent, "/v1/job/sleepers/allocations").stream()
                .filter(a -> a.get("DesiredStatus").equals("run") && a.get("ClientStatus").equals("running")).toList();
    }

    /** Runs a command in a task that hears a word, says it, and ends; what it said, and how it ended. */
    private String talk(Agent agent, String allocation, String word) throws Exception {
        String command = URLEncoder.encode("[\"/bin/sh\",\"-c\",\"read word; echo heard $word; exit 3\"]", StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        CompletableFuture<String> ended = new CompletableFuture<>();
        WebSocket socket = http.newWebSocketBuilder().buildAsync(URI.create(agent.url().replaceFirst("http", "ws") + "/v1/client/allocation/" + allocation
                + "/exec?task=t&tty=false&command=" + command), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                        said.append(text);
                        if (last && said.indexOf("\"exited\":true") >= 0) {
                            ended.complete(said.toString());
                        }
                        from.request(1);
                        return null;
                    }

                    @Override
                    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
                        ended.complete(said + " closed " + status + " " + reason);
                        return null;
                    }

                    @Override
                    public void onError(WebSocket from, Throwable error) {
                        ended.completeExceptionally(error);
                    }
                }).get(30, TimeUnit.SECONDS);
        socket.sendText("{\"stdin\":{\"data\":\"" + Base64.getEncoder().encodeToString((word + "\n").getBytes(StandardCharsets.UTF_8)) + "\"}}", true);
        String all = ended.get(60, TimeUnit.SECONDS);
        socket.abort();
        StringBuilder out = new StringBuilder();
        Matcher pieces = Pattern.compile("\"stdout\":\\{\"data\":\"([^\"]*)\"").matcher(all);
        while (pieces.find()) {
            out.append(new String(Base64.getDecoder().decode(pieces.group(1)), StandardCharsets.UTF_8));
        }
        Matcher exit = Pattern.compile("\"exit_code\":(\\d+)").matcher(all);
        return out + (exit.find() ? "exit " + exit.group(1) : all);
    }

    private void assertFourRun(Agent asked) {
        Eventually.passes("four instances run, seen by " + asked.name(), TIME, () -> assertThat(live(asked)).hasSize(4));
    }

    /**
     * Plan: three servers and two clients, a job of four; every server answers reads and writes and logs of any node. The leader is
     * killed: nothing of the job changes. A client is killed: its instances are replaced by others on the other node. It comes back:
     * what it still ran is stopped, so that four run. A client is restarted: its tasks stay the same processes. All servers are killed
     * and started again: the clients find them.
     */
    @Test
    void aJobOutlivesTheDeathOfALeaderAndOfANode() throws Exception {
        Agent one = server("one", "");
        List<Agent> servers = new ArrayList<>(List.of(one, server("two", one.join()), server("three", one.join())));
        Agent left = client("left", one.join());
        Agent right = client("right", servers.get(1).join());
        Eventually.passes("both nodes are ready", TIME, () -> assertThat(list(servers.get(2), "/v1/nodes")).hasSize(2)
                .allMatch(node -> node.get("Status").equals("ready")));
        for (Agent server : servers) {
            Eventually.passes("a write is taken by " + server.name(), TIME, () -> ask(server, "PUT", "/v1/jobs", JOB));
        }
        assertFourRun(left);
        for (Agent agent : List.of(one, servers.get(1), servers.get(2), left, right)) {
            for (Map<String, Object> allocation : live(agent)) {
                assertThat(ask(agent, "GET", "/v1/client/fs/logs/" + allocation.get("ID") + "?task=t&type=stdout&plain=true", ""))
                        .contains("I am " + allocation.get("ID"));
            }
            HttpResponse<String> unknown = send(agent, "GET", "/v1/client/fs/ls/11111111-1111-4111-8111-111111111111", "");
            assertThat(unknown.statusCode() + " " + unknown.body()).isEqualTo("404 Unknown allocation \"11111111-1111-4111-8111-111111111111\"");
        }
        String talkedTo = (String) live(one).getFirst().get("ID");
        for (Agent agent : List.of(one, servers.get(2), left, right)) {
            assertThat(talk(agent, talkedTo, agent.name())).as("a command in a task, by way of " + agent.name()).isEqualTo("heard " + agent.name() + "\nexit 3");
        }
        HttpResponse<String> stale = send(servers.get(1), "GET", "/v1/jobs?stale", "");
        assertThat(stale.headers().firstValue("X-Nomad-KnownLeader")).hasValue("true");
        assertThat(ask(left, "GET", "/v1/status/peers", "")).contains(",");
        assertThat(ask(left, "GET", "/v1/agent/members", "")).contains("one.global", "two.global", "three.global").doesNotContain("left.global");

        List<String> before = live(one).stream().map(a -> (String) a.get("ID")).sorted().toList();
        String leader = ask(one, "GET", "/v1/operator/raft/configuration", "");
        Agent killed = servers.stream().filter(server -> leader.matches("(?s).*\"Leader\":true,\"Node\":\"" + server.name() + "\\.global\".*")).findFirst().orElseThrow();
        killed.program().kill();
        servers.remove(killed);
        Eventually.passes("another leads", TIME, () -> ask(servers.getFirst(), "GET", "/v1/jobs", ""));
        Eventually.passes("the dead one is known to be", TIME, () -> assertThat(ask(servers.getFirst(), "GET", "/v1/agent/members", "")).contains("\"failed\""));
        assertThat(live(servers.getFirst()).stream().map(a -> (String) a.get("ID")).sorted().toList()).isEqualTo(before);

        right.program().kill();
        Eventually.passes("it is down", TIME, () -> assertThat(list(servers.getLast(), "/v1/nodes"))
                .anyMatch(node -> node.get("Name").equals("right") && node.get("Status").equals("down")));
        Eventually.passes("all run on the other", TIME, () -> assertThat(live(servers.getFirst())).hasSize(4)
                .allMatch(a -> a.get("NodeName").equals("left")));
        Agent back = client("right", servers.getLast().join());
        Eventually.passes("what it still ran is stopped", TIME, () -> assertThat(tasks()).hasSize(4));
        Eventually.passes("it is ready", TIME, () -> assertThat(list(back, "/v1/nodes")).allMatch(node -> node.get("Status").equals("ready")));
        assertFourRun(back);

        List<Long> processes = tasks().stream().map(ProcessHandle::pid).sorted().toList();
        left.program().kill();
        Agent again = client("left", servers.getFirst().join());
        Eventually.passes("it knows its tasks", TIME, () -> assertThat(ask(again, "GET", "/v1/client/allocation/"
                + live(again).getFirst().get("ID") + "/stats", "")).contains("ResourceUsage"));
        assertThat(tasks().stream().map(ProcessHandle::pid).sorted().toList()).isEqualTo(processes);

        servers.forEach(server -> server.program().kill());
        Agent first = server(servers.getFirst().name(), "");
        server(servers.getLast().name(), first.join());
        Eventually.passes("clients find them", TIME, () -> assertThat(list(again, "/v1/nodes")).hasSize(2));
        assertFourRun(first);
        assertThat(tasks().stream().map(ProcessHandle::pid).sorted().toList()).isEqualTo(processes);
    }
}
