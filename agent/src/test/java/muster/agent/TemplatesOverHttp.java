package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import muster.template.TemplateCommand;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the template agent does with an agent that speaks Consul's API, over HTTP alone. Each test has names of its own. */
@Timeout(240)
abstract class TemplatesOverHttp {
    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Thread> running = new ArrayList<>();

    /** Where the registry is. */
    abstract URI address();

    /** May do everything; "" where nothing is asked for. */
    abstract String token();

    @AfterEach
    void stop() throws InterruptedException {
        running.forEach(Thread::interrupt);
        for (Thread each : running) {
            each.join();
        }
    }

    private void ask(String method, String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(address().resolve(path)).method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!token().isEmpty()) {
            request.header("X-Consul-Token", token());
        }
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(method + " " + path + ": " + answer.body()).isEqualTo(200);
    }

    private void put(String key, String value) throws Exception {
        ask("PUT", "/v1/kv/" + key, value);
    }

    private void register(String name, String id, int port) throws Exception {
        ask("PUT", "/v1/agent/service/register", "{\"Name\":\"%s\",\"ID\":\"%s\",\"Address\":\"10.0.0.1\",\"Port\":%d}".formatted(name, id, port));
    }

    private int run(String... args) {
        List<String> all = new ArrayList<>(List.of("-consul-addr", address().getHost() + ":" + address().getPort()));
        all.addAll(List.of(args));
        Map<String, String> env = token().isEmpty() ? Map.of("PATH", "/usr/bin:/bin") : Map.of("PATH", "/usr/bin:/bin", "CONSUL_HTTP_TOKEN", token());
        return TemplateCommand.run(all, env, new ByteArrayInputStream(new byte[0]), new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    /** Until the test ends. */
    private void start(String... args) {
        running.add(Thread.ofVirtual().start(() -> run(args)));
    }

    /** A configuration of one template for each text, rendered to the name with its number. */
    private String config(String name, String first, List<String> texts) throws IOException {
        StringBuilder config = new StringBuilder(first).append('\n');
        for (int i = 0; i < texts.size(); i++) {
            config.append("template {\n contents = <<EOF\n").append(texts.get(i)).append("\nEOF\n destination = \"")
                    .append(folder.resolve(name + i)).append("\"\n}\n");
        }
        return Files.writeString(folder.resolve(name + ".hcl"), config).toString();
    }

    private String file(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.exists(file) ? Files.readString(file) : "(none)";
    }

    private List<String> files(String name, int count) throws IOException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(file(name + i));
        }
        return texts;
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void each_kind_of_data_is_there_in_a_single_run() throws Exception {
        put("kinds/a", "1");
        put("kinds/deep/b", "2");
        register("kinds-web", "kinds-web-1", 8080);
        List<String> texts = List.of(
                "{{key \"kinds/a\"}} {{keyOrDefault \"kinds/none\" \"else\"}} {{keyExists \"kinds/a\"}} {{keyExists \"kinds/none\"}}",
                "{{range ls \"kinds/\"}}{{.Key}}={{.Value}};{{end}} {{range tree \"kinds/\"}}{{.Key}}={{.Value}};{{end}}",
                "{{range service \"kinds-web\"}}{{.ID}} {{.Address}}:{{.Port}} {{.Status}}{{end}}",
                "{{range services}}{{if eq .Name \"kinds-web\"}}{{.Name}}{{end}}{{end}} {{len nodes}} {{len datacenters}}",
                "{{with node}}{{range .Services}}{{if eq .ID \"kinds-web-1\"}}{{.Port}}{{end}}{{end}}{{end}}");
        Eventually.passes("all of it", () -> {
            assertThat(run("-once", "-config", config("kinds", "", texts))).as(errors()).isZero();
            assertThat(files("kinds", texts.size())).containsExactly("1 else true false\n", "a=1; a=1;deep/b=2;\n",
                    "kinds-web-1 10.0.0.1:8080 passing\n", "kinds-web 1 1\n", "8080\n");
        });
    }

    /** Plan: a template waits for a key that is not there; it is written, changed, and a service joins and leaves. */
    @Test
    void a_running_agent_follows_keys_and_services() throws Exception {
        start("-config", config("follow", "empty_hold = \"0s\"",
                List.of("{{key \"follow/a\"}}{{range service \"follow-web\"}} {{.Address}}:{{.Port}}{{end}}")));
        assertThat(file("follow0")).isEqualTo("(none)");
        put("follow/a", "1");
        Eventually.holds("rendered", () -> file("follow0").equals("1\n"));
        put("follow/a", "2");
        Eventually.holds("changed", () -> file("follow0").equals("2\n"));
        register("follow-web", "follow-web-1", 80);
        Eventually.holds("joined", () -> file("follow0").equals("2 10.0.0.1:80\n"));
        register("follow-web", "follow-web-1", 81);
        Eventually.holds("moved", () -> file("follow0").equals("2 10.0.0.1:81\n"));
        ask("PUT", "/v1/agent/service/deregister/follow-web-1", "");
        Eventually.holds("left", () -> file("follow0").equals("2\n"));
    }

    /** Plan: more keys and services than there are requests, of which some are absent; changes at random; the files are a fresh run's. */
    @Test
    void many_dependencies_over_few_requests_end_with_the_files_of_a_fresh_run() throws Exception {
        SplittableRandom random = new SplittableRandom(7);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            texts.add("{{keyOrDefault \"many/%d/a\" \"none\"}} {{keyOrDefault \"many/%d/b\" \"none\"}}{{range service \"many-%d|any\"}} {{.ID}}:{{.Port}}{{end}}"
                    .formatted(i, i, i % 10));
        }
        start("-config", config("many", "empty_hold = \"0s\"", texts));
        for (int change = 0; change < 80; change++) {
            String key = "many/" + random.nextInt(30) + (random.nextBoolean() ? "/a" : "/b");
            String service = "many-" + random.nextInt(10);
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> put(key, Integer.toString(change));
                case 3 -> ask("DELETE", "/v1/kv/" + key, "");
                case 4 -> register(service, service, 1_000 + change);
                default -> register(service, service + "-b", 1_000 + change);
            }
        }
        Eventually.passes("the files are equal", () -> {
            assertThat(run("-once", "-config", config("fresh", "", texts))).as(errors()).isZero();
            assertThat(files("many", 30)).isEqualTo(files("fresh", 30));
        });
    }

    /** Plan: two agents share a template; whoever leads, both have the file and its changes. */
    @Test
    void agents_that_share_a_template_have_equal_files() throws Exception {
        put("shared/a", "1");
        for (String each : List.of("one", "two")) {
            Path destination = folder.resolve(each);
            Files.writeString(folder.resolve("shared.tpl"), "{{key \"shared/a\"}}");
            start("-dedup", "-template", folder.resolve("shared.tpl") + ":" + destination);
        }
        Eventually.holds("both", () -> file("one").equals("1") && file("two").equals("1"));
        put("shared/a", "2");
        Eventually.holds("both follow", () -> file("one").equals("2") && file("two").equals("2"));
    }

    @Test
    void a_dry_run_and_a_proposed_value_write_nothing() throws Exception {
        put("dry/a", "1");
        String config = config("dry", "", List.of("line {{key \"dry/a\"}}"));
        assertThat(run("-once", "-config", config)).isZero();
        assertThat(TemplateCommand.run(List.of("render", "-with", "dry/a=2", "-consul-addr", address().getHost() + ":" + address().getPort(),
                "-consul-token", token(), "-config", config), Map.of(), new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8))).as(errors()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("-line 1").contains("+line 2");
        assertThat(file("dry0")).isEqualTo("line 1\n");
    }
}
