package muster.template.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;
import muster.template.language.Delimiters;
import muster.template.language.GoText;
import muster.template.language.TemplateException;
import muster.template.render.Dialect;
import muster.template.render.RenderResult;
import muster.template.render.Renderer;
import muster.template.render.Machine;
import muster.template.render.Sandbox;
import muster.wire.Json;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What consul-template's newest version gives for each case of the golden table, with its data in memory: passes repeat
 * over what is known until nothing is missing, as the original does it.
 */
class ConsulTemplateTest {
    private static final int MAX_PASSES = 10;

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicContainer> renders_what_consul_template_renders() throws IOException {
        Map<String, List<Map<?, ?>>> groups = Files.readAllLines(Path.of("src/test/resources/golden/consul-template.jsonl")).stream()
                .map(line -> (Map<?, ?>) Json.parse(line))
                .collect(Collectors.groupingBy(ConsulTemplateTest::group, LinkedHashMap::new, Collectors.toList()));
        return groups.entrySet().stream().map(group -> DynamicContainer.dynamicContainer(group.getKey(),
                group.getValue().stream().map(c -> DynamicTest.dynamicTest((String) c.get("name"), () -> check(c)))));
    }

    private static String group(Map<?, ?> c) {
        return ((String) c.get("name")).replaceAll("/.*", "");
    }

    /** The newest version's expectation where it differs from the old one's. */
    private static Map<?, ?> expectation(Map<?, ?> c) {
        return c.get("head") instanceof Map<?, ?> head ? head : c;
    }

    private void check(Map<?, ?> c) throws IOException {
        Map<?, ?> expected = expectation(c);
        String outcome = run(c);
        if (Boolean.TRUE.equals(expected.get("blocks"))) {
            assertThat(outcome).startsWith("missing ");
        } else if (expected.get("error") instanceof String error) {
            if (!outcome.startsWith("error ")) {
                fail("should fail with " + error + " but gave " + outcome);
            }
            assertThat(outcome).contains(error);
        } else {
            assertThat(outcome).isEqualTo("text " + expected.get("expect"));
        }
    }

    private String run(Map<?, ?> c) throws IOException {
        Map<?, ?> config = c.get("config") instanceof Map<?, ?> map ? map : Map.of();
        Path base = Files.createTempDirectory(folder, "case");
        if (c.get("files") instanceof Map<?, ?> files) {
            for (Map.Entry<?, ?> file : files.entrySet()) {
                Path path = base.resolve((String) file.getKey());
                Files.createDirectories(path.getParent());
                Files.writeString(path, (String) file.getValue());
            }
        }
        Sandbox sandbox = config.get("sandbox_path") instanceof String root
                ? new Sandbox(base, base.resolve(root)) : Sandbox.open(base);
        Map<String, String> environment = new HashMap<>();
        if (c.get("env") instanceof Map<?, ?> variables) {
            variables.forEach((name, value) -> environment.put((String) name, (String) value));
        }
        List<String> denied = config.get("function_denylist") instanceof List<?> globs
                ? globs.stream().map(String::valueOf).toList() : List.of();
        Context.Settings settings = new Context.Settings(environment, denied, new Machine(sandbox));
        try {
            Renderer renderer = Renderer.parse("", (String) c.get("template"), Dialect.GO,
                    new Delimiters(setting(config, "left_delimiter"), setting(config, "right_delimiter")),
                    Boolean.TRUE.equals(config.get("error_on_missing_key")));
            return passes(renderer, settings, new RecordedData(c));
        } catch (TemplateException e) {
            return "error " + e.getMessage();
        }
    }

    private static String setting(Map<?, ?> config, String name) {
        return config.get(name) instanceof String text ? text : "";
    }

    private static String passes(Renderer renderer, Context.Settings settings, RecordedData data) {
        Map<Dependency<?>, Object> known = new HashMap<>();
        for (int pass = 0; pass < MAX_PASSES; pass++) {
            switch (renderer.render(new Values(known), settings, Instant.parse("2026-01-02T03:04:05Z"))) {
                case RenderResult.Rendered output -> {
                    return "text " + new String(GoText.bytes(output.text()), StandardCharsets.UTF_8);
                }
                case RenderResult.Failed failed -> {
                    return "error " + failed.message();
                }
                case RenderResult.Missing missing -> {
                    int before = known.size();
                    try {
                        missing.missing().forEach(dependency -> known.computeIfAbsent(dependency, data::answer));
                    } catch (IllegalStateException e) {
                        return "error " + e.getMessage();
                    }
                    if (known.size() == before) {
                        return "missing " + missing.missing();
                    }
                }
            }
        }
        return "endless";
    }
}
