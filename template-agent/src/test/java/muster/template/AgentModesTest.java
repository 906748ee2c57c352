package muster.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's ways to run: once, dry, with a child, checked, waiting with a deadline, told apart by its status. */
class AgentModesTest {
    @TempDir
    private Path folder;
    private FakeRegistry registry = new FakeRegistry();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Thread running;

    private int run(String... args) {
        return TemplateCommand.run(List.of(args), Map.of("HOME", "/home/x", "PATH", System.getenv("PATH"), "SECRET", "s"),
                new ByteArrayInputStream(new byte[0]), print(out), print(err), (consul, wait) -> registry);
    }

    /** Runs until the test ends. */
    private CompletableFuture<Integer> start(String... args) {
        CompletableFuture<Integer> code = new CompletableFuture<>();
        running = Thread.ofVirtual().start(() -> code.complete(run(args)));
        return code;
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (running != null) {
            running.interrupt();
            running.join();
        }
        registry.close();
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String file(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private boolean has(String name, String text) {
        try {
            return Files.exists(folder.resolve(name)) && Files.readString(folder.resolve(name)).equals(text);
        } catch (java.io.IOException e) {
            return false;
        }
    }

    private void put(String key, String value) {
        registry.put(key, value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_dry_run_prints_new_files_and_differences_to_old_ones() throws Exception {
        put("a", "two");
        file("old", "head\none\ntail\n");
        String template = file("t", "head\n{{key \"a\"}}\ntail\n");
        assertThat(run("-once", "-dry", "-template", template + ":" + folder.resolve("new"), "-template", template + ":" + folder.resolve("old")))
                .as(errors()).isZero();
        assertThat(output()).contains("new\nhead\ntwo\ntail\n~ ").contains("old\n@@ -1,3 +1,3 @@\n head\n-one\n+two\n tail\n");
        assertThat(folder.resolve("new")).doesNotExist();
        assertThat(folder.resolve("old")).hasContent("head\none\ntail\n");
    }

    @Test
    void a_proposed_value_shows_what_it_would_change_without_being_written() throws Exception {
        put("a", "now");
        String template = file("t", "{{key \"a\"}} {{range ls \"app\"}}{{.Key}}={{.Value}} {{end}}\n");
        assertThat(run("render", "-with", "a=then", "-with", "app/x=1", "-template", template + ":" + folder.resolve("o"))).as(errors()).isZero();
        assertThat(output()).endsWith("then x=1 \n");
        assertThat(folder.resolve("o")).doesNotExist();
        assertThat(run("render", "-with", "a", "-template", template + ":o")).isEqualTo(13);
    }

    @Test
    void mustache_partials_and_parents_lie_beside_the_template_and_their_dependencies_are_its_own() throws Exception {
        put("app/name", "demo");
        file("head.mustache", "name={{kv.app.name}}\n");
        file("page.mustache", "[{{$body}}nothing{{/body}}]\n");
        String template = file("t.mustache", "{{>head}}\n{{<page}}{{$body}}{{kv.app.name}}!{{/body}}{{/page}}\n");
        assertThat(run("-once", "-template", template + ":" + folder.resolve("o"))).as(errors()).isZero();
        assertThat(Files.readString(folder.resolve("o"))).contains("name=demo").contains("[demo!]");
        assertThat(run("-parse-only", "-template", file("u.mustache", "{{>none}}") + ":" + folder.resolve("p"))).isEqualTo(14);
        assertThat(errors()).contains("none.mustache does not exist");
    }

    @Test
    void parse_only_reads_templates_and_writes_nothing() throws Exception {
        assertThat(run("-parse-only", "-template", file("good", "{{key \"a\"}}") + ":" + folder.resolve("o"))).isZero();
        assertThat(run("-parse-only", "-template", file("bad", "{{if}}") + ":" + folder.resolve("o"))).isEqualTo(14);
        assertThat(errors()).contains("bad:1: missing value for if");
    }

    @Test
    void a_new_file_replaces_the_old_one_only_if_its_check_passes_and_a_backup_is_kept() throws Exception {
        // A check that wants the word good: the first value passes; the bad one leaves the file; the next passes again.
        put("a", "good 1");
        String config = file("c.hcl", """
                template {
                  source = "%s"
                  destination = "%s"
                  check = "grep -q good"
                  backup = true
                }
                """.formatted(file("t", "{{key \"a\"}}"), folder.resolve("o")));
        start("-config", config);
        Eventually.holds("it is rendered", () -> has("o", "good 1"));
        put("a", "bad");
        Eventually.holds("the check is told", () -> errors().contains("check: failed to execute command"));
        assertThat(folder.resolve("o")).hasContent("good 1");
        put("a", "good 2");
        Eventually.holds("it is replaced", () -> has("o", "good 2"));
        assertThat(folder.resolve("o.bak")).hasContent("good 1");
    }

    @Test
    void one_failing_template_or_command_does_not_stop_the_others() throws Exception {
        put("a", "1");
        String bad = file("bad", "{{index (parseJSON \"[]\") 1}}");
        String good = file("good", "{{key \"a\"}}");
        assertThat(run("-once", "-template", bad + ":" + folder.resolve("x"), "-template", good + ":" + folder.resolve("y") + ":exit 3",
                "-template", good + ":" + folder.resolve("z") + ":touch " + folder.resolve("done"))).isEqualTo(14);
        assertThat(folder.resolve("y")).hasContent("1");
        assertThat(folder.resolve("done")).exists();
        assertThat(errors()).contains("bad: execute: template: ");
    }

    @Test
    void a_wait_ends_at_its_deadline_as_its_template_chooses() throws Exception {
        String template = file("t", "[{{key \"none\"}}]");
        file("kept", "old");
        String block = "template {\n source = \"" + template + "\"\n destination = \"%s\"\n deadline = \"50ms\"\n on_deadline = \"%s\"\n}\n";
        String config = file("c.hcl", block.formatted(folder.resolve("empty"), "default") + block.formatted(folder.resolve("kept"), "keep"));
        assertThat(run("-once", "-config", config)).as(errors()).isZero();
        assertThat(folder.resolve("empty")).hasContent("[]");
        assertThat(folder.resolve("kept")).hasContent("old");
        registry = new FakeRegistry();
        assertThat(run("-once", "-config", file("f.hcl", block.formatted(folder.resolve("no"), "fail")))).isEqualTo(14);
        assertThat(errors()).contains("waited 50ms for kv.block(none)");
    }

    @Test
    void missing_data_ends_the_run_where_that_is_asked_for() throws Exception {
        assertThat(run("-once", "-err-on-failed-lookup", "-template", file("t", "{{key \"none\"}}") + ":" + folder.resolve("o"))).isEqualTo(14);
        assertThat(errors()).contains("lookup error: kv.block(none): not found");
    }

    @Test
    void templates_that_feed_each_other_in_a_circle_are_stopped() throws Exception {
        file("a", "x");
        file("b", "y");
        String one = file("one", "1{{file \"" + folder.resolve("b") + "\"}}");
        String two = file("two", "2{{file \"" + folder.resolve("a") + "\"}}");
        assertThat(run("-once", "-template", one + ":" + folder.resolve("a"), "-template", two + ":" + folder.resolve("b"))).isEqualTo(14);
        assertThat(errors()).contains("feed each other in a circle");
    }

    @Test
    void a_child_is_started_when_all_is_rendered_and_its_exit_code_is_ours() throws Exception {
        put("a", "7");
        String config = file("c.hcl", """
                template {
                  source = "%s"
                  destination = "%s"
                }
                exec {
                  command = "exit $(cat %s)"
                  env {
                    pristine = true
                    custom = ["PATH=/usr/bin:/bin"]
                  }
                }
                """.formatted(file("t", "{{key \"a\"}}"), folder.resolve("o"), folder.resolve("o")));
        assertThat(run("-config", config)).isEqualTo(7);
    }

    @Test
    void a_change_restarts_the_child_and_its_variables_are_filtered() throws Exception {
        // The child writes what it was started with and waits; a change of the file has it started anew.
        put("a", "1");
        String script = file("child.sh", "echo \"$(cat " + folder.resolve("o") + ") ${SECRET:-none} $EXTRA\" >> " + folder.resolve("starts")
                + "\nexec sleep 60\n");
        String config = file("c.hcl", """
                template {
                  source = "%s"
                  destination = "%s"
                }
                exec {
                  command = ["/bin/sh", "%s"]
                  kill_signal = "SIGTERM"
                  kill_timeout = "5s"
                  env {
                    denylist = ["SEC*"]
                    custom = ["EXTRA=yes"]
                  }
                }
                """.formatted(file("t", "{{key \"a\"}}"), folder.resolve("o"), script));
        start("-config", config);
        Eventually.holds("it runs", () -> has("starts", "1 none yes\n"));
        put("a", "2");
        Eventually.holds("it runs anew", () -> has("starts", "1 none yes\n2 none yes\n"));
    }

    @Test
    void status_over_http_names_what_is_waited_for_and_how_old_values_are() throws Exception {
        put("a", "1");
        start("-log-level", "info", "-status-address", "127.0.0.1:0", "-template", file("t", "{{key \"a\"}}") + ":" + folder.resolve("o"),
                "-template", file("u", "{{key \"none\"}}") + ":" + folder.resolve("p"));
        Eventually.holds("one is rendered", () -> has("o", "1"));
        Matcher port = Pattern.compile("answered on port (\\d+)").matcher(errors());
        assertThat(port.find()).isTrue();
        String address = "127.0.0.1:" + port.group(1);
        try (HttpClient client = HttpClient.newHttpClient()) {
            String body = client.send(HttpRequest.newBuilder(URI.create("http://" + address + StatusPage.PATH)).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
            assertThat(body).contains("\"State\":\"rendered\"", "\"State\":\"waiting\"", "\"Missing\":[\"kv.block(none)\"]", "\"MissingSince\":");
        }
        assertThat(run("status", "-address", address)).isEqualTo(2);
        assertThat(output()).contains("waits for kv.block(none) since", "kv.block(a)  value of ");
    }

    @Test
    void the_configuration_is_read_from_folders_and_every_mistake_is_named_with_its_place() throws Exception {
        Path more = Files.createDirectories(folder.resolve("conf/sub"));
        Files.writeString(folder.resolve("conf/a.hcl"), "log_level = \"info\"\ntemplate {\n contents = \"x\"\n destination = \"" + folder.resolve("o")
                + "\"\n}\n");
        Files.writeString(more.resolve("b.json"), "{\"template\": [{\"contents\": \"y\", \"destination\": \"" + folder.resolve("p") + "\"}]}");
        assertThat(run("-once", "-config", folder.resolve("conf").toString())).as(errors()).isZero();
        assertThat(folder.resolve("p")).hasContent("y");
        Files.writeString(more.resolve("c.hcl"), "bogus = 1\nexec {\n splay = \"soon\"\n}\ntemplate {\n contents = \"z\"\n}\n");
        assertThat(run("-once", "-config", folder.resolve("conf").toString())).isEqualTo(15);
        assertThat(errors()).contains("bogus is unknown").contains("exec.splay: ").contains("Name the file to write with destination").contains("c.hcl:");
    }

    @Test
    void help_and_version_print_to_standard_output() {
        assertThat(run("-help")).isZero();
        assertThat(output()).contains("Usage: muster template", "-exec COMMAND");
        assertThat(run("-version")).isZero();
        assertThat(output()).contains("consul-template v0.");
    }

    @Test
    void a_service_that_suddenly_has_no_instances_is_held_for_a_while() throws Exception {
        // One template holds for an hour, one not at all; the only instance goes.
        registry.add(registry.instance("web", "web-1", "10.0.0.1", 80));
        String template = file("t", "{{range service \"web\"}}{{.ID}}{{else}}none{{end}}");
        String block = "template {\n source = \"" + template + "\"\n destination = \"%s\"\n empty_hold = \"%s\"\n}\n";
        start("-config", file("c.hcl", block.formatted(folder.resolve("held"), "1h") + block.formatted(folder.resolve("bare"), "0s")));
        Eventually.holds("both are rendered", () -> has("held", "web-1") && has("bare", "web-1"));
        registry.remove("node1", "web-1");
        Eventually.holds("one shows the loss", () -> has("bare", "none"));
        assertThat(folder.resolve("held")).hasContent("web-1");
    }
}
