package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.testkit.Eventually;
import muster.testkit.RunningProgram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three servers as processes, with certificates and a secret between them, one of which is killed. */
@Timeout(300)
class SeveralProcessesTest {
    private static final Duration START = Duration.ofSeconds(90);
    private static final Pattern CLUSTER = Pattern.compile(".*cluster \\(server\\)\\s+(\\S+?),.*");
    private static final Pattern HTTP = Pattern.compile(".*registry \\(HTTP\\)\\s+(http://\\S+).*");

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<RunningProgram> running = new ArrayList<>();

    private record Server(String name, RunningProgram program, String join, String url) {}

    private void tool(String... arguments) {
        List<String> all = new ArrayList<>(List.of("consul"));
        all.addAll(List.of(arguments));
        try (RunningProgram program = RunningProgram.start("tls-" + arguments[1] + running.size(), folder, Map.of(),
                RunningProgram.java(Main.class, all.toArray(String[]::new)))) {
            assertThat(program.awaitExit(START)).as(String.join("\n", program.output())).isZero();
        }
    }

    private Server server(String name, Optional<String> join) {
        List<String> arguments = new ArrayList<>(List.of("consul", "agent", "-server", "-bootstrap-expect", "3", "-node", name, "-data-dir",
                folder.resolve(name).toString(), "-bind", "127.0.0.1", "-http-port", "0", "-dns-port", "-1", "-serf-lan-port", "0", "-server-port",
                "0", "-retry-interval", "1s", "-log-level", "WARN", "-encrypt", "MDEyMzQ1Njc4OTAxMjM0NQ==", "-hcl", """
                        ca_file = "consul-agent-ca.pem"
                        cert_file = "dc1-server-consul-0.pem"
                        key_file = "dc1-server-consul-0-key.pem"
                        verify_outgoing = true
                        verify_server_hostname = true
                        """));
        join.ifPresent(address -> arguments.addAll(List.of("-retry-join", address)));
        RunningProgram program = RunningProgram.start(name, folder, Map.of(), RunningProgram.java(Main.class, arguments.toArray(String[]::new)));
        running.add(program);
        return new Server(name, program, found(program, CLUSTER), found(program, HTTP));
    }

    private static String found(RunningProgram program, Pattern pattern) {
        Matcher matcher = pattern.matcher(program.awaitLine(pattern.pattern(), START, line -> pattern.matcher(line).matches()));
        assertThat(matcher.matches()).isTrue();
        return matcher.group(1);
    }

    @AfterEach
    void killAll() {
        running.forEach(RunningProgram::close);
    }

    private String ask(Server server, String method, String path, String body) throws Exception {
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
        return answer.body();
    }

    /**
     * Plan: three servers begin a log; the one that leads is killed while keys are written; what was answered is there, its node is
     * critical; all are killed; two start again with their folders alone, and everything is still there.
     */
    @Test
    void what_was_answered_outlives_the_death_of_every_process() throws Exception {
        tool("tls", "ca", "create");
        tool("tls", "cert", "create", "-server");
        Server first = server("one", Optional.empty());
        List<Server> all = List.of(first, server("two", Optional.of(first.join())), server("three", Optional.of(first.join())));
        Eventually.passes("they answer", START, () -> {
            for (Server server : all) {
                ask(server, "PUT", "/v1/kv/started/" + server.name(), "yes");
            }
        });
        String configuration = ask(first, "GET", "/v1/operator/raft/configuration", "");
        Server killed = all.stream().filter(server -> configuration.matches("(?s).*\"Node\":\"" + server.name() + "\"[^}]*\"Leader\":true.*"))
                .findFirst().orElseThrow();
        List<Server> left = all.stream().filter(server -> server != killed).toList();
        for (int i = 0; i < 20; i++) {
            int number = i;
            if (i == 10) {
                killed.program().kill();
            }
            Eventually.passes("key " + i, START, () -> ask(left.get(number % 2), "PUT", "/v1/kv/n/" + number, "v" + number));
        }
        Eventually.passes("it is critical", START, () -> assertThat(ask(left.getFirst(), "GET", "/v1/health/node/" + killed.name(), ""))
                .contains("\"Status\":\"critical\""));

        left.forEach(server -> server.program().kill());
        Server again = server(left.getLast().name(), Optional.empty());
        server(killed.name(), Optional.of(again.join()));
        Eventually.passes("everything is there", START, () -> {
            for (int i = 0; i < 20; i++) {
                assertThat(ask(again, "GET", "/v1/kv/n/" + i + "?raw", "")).isEqualTo("v" + i);
            }
        });
    }
}
