package muster.template.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import muster.registry.client.testing.FakeRegistry;
import muster.template.language.Delimiters;
import muster.template.language.TemplateException;
import muster.template.render.Dialect;
import muster.template.render.Output;
import muster.template.render.Sandbox;
import muster.template.watch.Sources;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskTemplatesTest {
    @TempDir
    private Path folder;
    private final FakeRegistry registry = new FakeRegistry();
    private final Heard heard = new Heard();
    private final List<TaskTemplates> started = new ArrayList<>();

    private static final class Heard implements TemplateListener {
        private final List<String> waiting = new CopyOnWriteArrayList<>();
        private final List<Map<String, String>> ready = new CopyOnWriteArrayList<>();
        private final List<Reaction> reactions = new CopyOnWriteArrayList<>();
        private final List<String> failures = new CopyOnWriteArrayList<>();

        @Override
        public void waiting(List<String> missing, Instant since) {
            waiting.add(String.join(", ", missing));
        }

        @Override
        public void ready(Map<String, String> environment) {
            ready.add(environment);
        }

        @Override
        public void changed(Reaction reaction) {
            reactions.add(reaction);
        }

        @Override
        public void failed(String destination, String message) {
            failures.add(destination + ": " + message);
        }
    }

    private Output.Check checks = Output.Check.NONE;

    @AfterEach
    void close() {
        started.forEach(TaskTemplates::close);
        registry.close();
    }

    private TaskTemplates start(TemplateSpec... specs) {
        TaskTemplates templates = TaskTemplates.start(List.of(specs),
                new TaskTemplates.Surroundings(new Sandbox(folder, folder), Map.of("NOMAD_TASK_NAME", "greet"), List.of(), false, spec -> checks),
                Sources.of(registry), heard, InstantSource.system(), new Random(1));
        started.add(templates);
        return templates;
    }

    private static TemplateSpec spec(String text, String destination, String mode, boolean environment) {
        return new TemplateSpec(new TemplateSpec.Source.Inline(text), destination, Output.DEFAULT, Dialect.GO,
                Delimiters.DEFAULT, environment, TemplateSpec.changeMode(mode, "SIGHUP"), Duration.ofMillis(1),
                TemplateSpec.Quiet.BURST, false, false, TemplateSpec.Waiting.DEFAULT);
    }

    private void put(String key, String value) {
        registry.put(key, value.getBytes(StandardCharsets.UTF_8));
    }

    private String file(String name) throws Exception {
        Path path = folder.resolve(name);
        return Files.exists(path) ? Files.readString(path) : "(none)";
    }

    /** Plan: start without the key; it is named as missing; write it; file and ready follow; change it; one restart. */
    @Test
    void a_task_waits_for_its_key_and_restarts_when_it_changes() throws Exception {
        TaskTemplates templates = start(spec("name: {{key \"app/name\"}}\n", "local/config.yml", "restart", false));
        Eventually.holds("the missing key is named", () -> heard.waiting.contains("kv.block(app/name)"));
        assertThat(heard.ready).isEmpty();
        assertThat(templates.status().getFirst().missing()).containsExactly("kv.block(app/name)");
        assertThat(templates.status().getFirst().missingSince()).isPresent();

        put("app/name", "one");
        Eventually.holds("it is ready", () -> heard.ready.size() == 1);
        assertThat(file("local/config.yml")).isEqualTo("name: one\n");

        put("app/name", "two");
        Eventually.holds("it reacts", () -> heard.reactions.size() == 1);
        assertThat(heard.reactions.getFirst().restart()).isTrue();
        assertThat(heard.reactions.getFirst().destinations()).containsExactly("local/config.yml");
        assertThat(file("local/config.yml")).isEqualTo("name: two\n");
    }

    /** Plan: three templates with three modes on one key; one change; one reaction, the restart alone. */
    @Test
    void a_restart_swallows_the_signals_of_its_batch() {
        put("k", "1");
        start(spec("{{key \"k\"}}", "a", "signal", false), spec("{{key \"k\"}}", "b", "restart", false),
                spec("{{key \"k\"}}", "c", "noop", false));
        Eventually.holds("it is ready", () -> !heard.ready.isEmpty());
        put("k", "2");
        Eventually.holds("it reacts", () -> !heard.reactions.isEmpty());
        assertThat(heard.reactions).hasSize(1);
        assertThat(heard.reactions.getFirst().restart()).isTrue();
        assertThat(heard.reactions.getFirst().signals()).isEmpty();
        assertThat(heard.reactions.getFirst().destinations()).containsExactlyInAnyOrder("a", "b", "c");
    }

    /** Plan: an env template and a noop one; ready carries the variables; a noop change replaces the file without a reaction. */
    @Test
    void env_templates_give_variables_and_noop_changes_only_the_file() throws Exception {
        put("greeting", "hello");
        put("color", "red");
        start(spec("GREETING={{key \"greeting\"}}\nTASK=\"{{env \"NOMAD_TASK_NAME\"}}\"\n", "secrets/env", "restart", true),
                spec("{{key \"color\"}}", "color", "noop", false));
        Eventually.holds("it is ready", () -> heard.ready.size() == 1);
        assertThat(heard.ready.getFirst()).containsOnly(Map.entry("GREETING", "hello"), Map.entry("TASK", "greet"));
        put("color", "blue");
        Eventually.holds("the file is new", () -> file("color").equals("blue"));
        assertThat(heard.reactions).isEmpty();
    }

    /** Plan: a template that fails on the first, empty pass heals when the data is there; one that fails on good data is reported. */
    @Test
    void an_error_for_want_of_data_heals_and_a_real_one_is_reported() throws Exception {
        put("list", "[1,2]");
        start(spec("{{index (key \"list\" | parseJSON) 0}}", "first", "noop", false));
        Eventually.holds("it is ready", () -> heard.ready.size() == 1);
        assertThat(file("first")).isEqualTo("1");
        assertThat(heard.failures).isEmpty();
        put("list", "[]");
        Eventually.holds("the failure is reported", () -> heard.failures.size() == 1);
        assertThat(heard.failures.getFirst()).startsWith("first: template: (dynamic):1:2:");
        assertThat(file("first")).isEqualTo("1");
    }

    /**
     * Plan: a template with a random number beside one of a key; the key changes and the other file follows; the random one is as it was,
     * and changes with its own key only.
     */
    @Test
    void a_random_text_is_made_anew_only_when_something_it_reads_changes() throws Exception {
        put("own", "1");
        put("other", "1");
        start(spec("{{key \"own\"}} {{sprig_randInt 0 1000000000}} {{sprig_randInt 0 1000000000}}", "random", "restart", false),
                spec("{{key \"other\"}}", "plain", "noop", false));
        Eventually.holds("it is ready", () -> heard.ready.size() == 1);
        String first = file("random");
        put("other", "2");
        Eventually.holds("the other file is new", () -> file("plain").equals("2"));
        assertThat(file("random")).isEqualTo(first);
        assertThat(heard.reactions).isEmpty();
        put("own", "2");
        Eventually.holds("it reacts", () -> heard.reactions.size() == 1);
        assertThat(file("random")).startsWith("2 ").isNotEqualTo("2" + first.substring(1));
    }

    @Test
    void mustache_renders_the_same_values() throws Exception {
        put("app/name", "demo & co");
        put("app/list/a", "1");
        put("app/list/b", "2");
        registry.add(registry.instance("web", "web-1", "10.0.0.1", 80, "v1"));
        String text = "{{kv.app.name}} {{env.NOMAD_TASK_NAME}}\n{{#kv.app/list}}\n{{Key}}={{value}};\n{{/kv.app/list}}\n"
                + "{{#service.web}}{{address}}:{{Port}}{{/service.web}}{{^service.nope}} none{{/service.nope}}";
        start(new TemplateSpec(new TemplateSpec.Source.Inline(text), "out", Output.DEFAULT, Dialect.MUSTACHE,
                Delimiters.DEFAULT, false, new TemplateSpec.ChangeMode.Noop(), Duration.ZERO, TemplateSpec.Quiet.NONE, false, false, TemplateSpec.Waiting.DEFAULT));
        Eventually.holds("it is ready", () -> heard.ready.size() == 1);
        assertThat(file("out")).isEqualTo("demo & co greet\na=1;\nb=2;\n10.0.0.1:80 none");
    }

    @Test
    void a_destination_outside_of_the_sandbox_and_a_bad_template_are_refused_at_the_start() {
        assertThatThrownBy(() -> start(spec("x", "../out", "noop", false)))
                .hasMessageContaining("template destination path escapes alloc directory");
        assertThatThrownBy(() -> start(spec("{{if}}", "out", "noop", false))).isInstanceOf(TemplateException.class)
                .hasMessage("template: (dynamic):1: missing value for if");
        assertThatThrownBy(() -> spec("x", "out", "signal", true)).hasMessage("cannot use signals with env var templates");
    }
}
