package muster.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateCommandTest {
    @TempDir
    private Path folder;
    private final FakeRegistry registry = new FakeRegistry();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String stdin = "";

    private int run(String... args) {
        return TemplateCommand.run(List.of(args), Map.of("HOME", "/home/x", "PATH", System.getenv("PATH")),
                new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)), print(out), print(err),
                (consul, wait) -> registry);
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String file(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private void put(String key, String value) {
        registry.put(key, value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void eval_renders_a_file_with_data_and_environment() throws Exception {
        String template = file("t.tpl", "{{range .names}}{{. | toUpper}} {{end}}{{env \"HOME\"}} é\n");
        assertThat(run("eval", "-data", file("d.json", "{\"names\":[\"a\",\"b\"]}"), template)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("A B /home/x é\n");
    }

    @Test
    void the_example_of_the_readme_prints_what_it_says() throws Exception {
        stdin = "{{range .names}}hello {{. | toTitle}}{{\"\\n\"}}{{end}}\n";
        assertThat(run("eval", "-data", file("data.json", "{\"names\":[\"ann\",\"bob\"]}\n"), "-")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("hello Ann\nhello Bob\n\n");
    }

    @Test
    void eval_reads_standard_input_and_mustache_files() throws Exception {
        stdin = "{{1}} {{.missing.deeper}}";
        assertThat(run("eval", "-data=" + file("d.json", "{}"), "-")).isZero();
        assertThat(run("eval", "-data", file("m.json", "{\"who\":\"me\",\"l\":[1,2]}"),
                file("t.mustache", "|{{who}}{{#l}}<{{.}}>{{/l}}{{env.HOME}}"))).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("1 <no value>|me<1><2>/home/x");
    }

    @Test
    void eval_names_what_is_wrong_and_exits_1() throws Exception {
        assertThat(run("eval", file("bad.tpl", "a\n{{if}}"))).isEqualTo(1);
        assertThat(run("eval", file("key.tpl", "{{key \"a\"}}"))).isEqualTo(1);
        assertThat(run("eval", folder.resolve("none").toString())).isEqualTo(1);
        assertThat(run("eval", "-missing-key", "error", "-data", file("d.json", "{}"), file("m.tpl", "{{.x}}"))).isEqualTo(1);
        assertThat(out.size()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8).lines().map(line -> line.replace(folder + "/", ""))).containsExactly(
                "template: bad.tpl:2: missing value for if",
                "the template reads kv.block(a): say from which registry with -consul-addr",
                "none: no such file",
                "template: m.tpl:1:2: executing \"m.tpl\" at <.x>: map has no entry for key \"x\"");
    }

    @Test
    void eval_reads_the_registry_it_is_told() throws Exception {
        put("a", "b");
        put("b", "value");
        assertThat(run("eval", "-consul-addr", "x:1", file("t", "{{key (key \"a\")}} {{with node}}{{.Node.Node}}{{end}}"))).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("value node1");
    }

    /** Plan: two templates with the same command, one needing a nested key; run once; files and one command's output are there. */
    @Test
    void once_renders_all_templates_and_runs_equal_commands_once() throws Exception {
        put("ptr", "target");
        put("target", "T");
        String one = file("one.tpl", "{{key (key \"ptr\")}}");
        String two = file("two.tpl", "static");
        Path mark = folder.resolve("mark");
        String command = "echo ran >> " + mark;
        assertThat(run("-once", "-consul-addr", "x:1", "-template", one + ":" + folder.resolve("deep/one") + ":" + command,
                "-template=" + two + ":" + folder.resolve("two") + ":" + command)).isZero();
        assertThat(folder.resolve("deep/one")).hasContent("T");
        assertThat(folder.resolve("two")).hasContent("static");
        assertThat(Files.readAllLines(mark)).isNotEmpty().containsOnly("ran");
    }

    @Test
    void dry_prints_instead_of_writing() throws Exception {
        assertThat(run("-once", "-dry", "-template", file("t", "text") + ":/nowhere/out")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("> /nowhere/out\ntext");
    }

    @Test
    void a_configuration_file_of_consul_template_is_read() throws Exception {
        put("k", "v");
        String config = file("c.hcl", """
                consul {
                  address = "127.0.0.1:1"
                }
                wait { min = "1ms" }
                template {
                  contents = "[[ key \\"k\\" ]]"
                  destination = "%s"
                  left_delimiter = "[["
                  right_delimiter = "]]"
                  perms = "0600"
                }
                """.formatted(folder.resolve("out")));
        assertThat(run("-config", config, "-once")).isZero();
        assertThat(folder.resolve("out")).hasContent("v");
    }

    @Test
    void failures_have_the_originals_exit_codes() throws Exception {
        assertThat(run("-bogus")).isEqualTo(13);
        assertThat(run("-exec-splay", "soon", "-exec", "x")).isEqualTo(13);
        assertThat(run("-syslog", "-template", "a:b")).isEqualTo(15);
        assertThat(run("-template", "only")).isEqualTo(13);
        assertThat(run("-config", file("c.hcl", "exec {\n comand = \"x\"\n}\nonce = \"maybe\"\n"), "-once")).isEqualTo(15);
        assertThat(run("-once", "-template", file("t", "{{index (ls \"app\") 0}}") + ":" + folder.resolve("o"))).isEqualTo(14);
        assertThat(run("-once", "-template", file("f", "x") + ":" + folder.resolve("p") + ":exit 3")).isEqualTo(14);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("flag provided but not defined: -bogus",
                "flag -exec-splay", "SOURCE:DESTINATION", "exec.comand is unknown",
                "neither true nor false", "syslog: ", "slice index out of range", "exit status: 3");
    }

    /** Plan: start the agent on a thread; the first rendering, then a change, appear on disk; interrupting ends it with 12. */
    @Test
    void the_agent_keeps_the_file_up_to_date_until_interrupted() throws Exception {
        put("k", "1");
        String template = file("t", "{{key \"k\"}}");
        List<Integer> exit = new ArrayList<>();
        Thread agent = Thread.ofVirtual().start(() -> exit.add(run("-template", template + ":" + folder.resolve("out"))));
        Eventually.holds("it is rendered", () -> Files.exists(folder.resolve("out")));
        put("k", "2");
        Eventually.holds("it is new", () -> Files.readString(folder.resolve("out")).equals("2"));
        agent.interrupt();
        agent.join();
        assertThat(exit).containsExactly(12);
    }
}
