package muster.template.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import muster.wire.Json;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What Go 1.26's text/template gives for each template of the golden table: output, or phase and text of the error. */
class GoTemplateTest {
    @TestFactory
    Stream<DynamicContainer> prints_what_go_prints() throws IOException {
        Map<String, List<Map<?, ?>>> groups = Files.readAllLines(Path.of("src/test/resources/golden/gotemplate.jsonl")).stream()
                .map(line -> (Map<?, ?>) Json.parse(line))
                .collect(Collectors.groupingBy(c -> name(c).replaceAll("/.*", ""), LinkedHashMap::new, Collectors.toList()));
        return groups.entrySet().stream().map(group -> DynamicContainer.dynamicContainer(group.getKey(),
                group.getValue().stream().map(c -> DynamicTest.dynamicTest(name(c), () -> check(c)))));
    }

    private static String name(Map<?, ?> c) {
        return (String) c.get("name");
    }

    private static void check(Map<?, ?> c) {
        String source = (String) c.get("template");
        List<?> delims = c.get("delims") instanceof List<?> list ? list : List.of("", "");
        Delimiters delimiters = new Delimiters((String) delims.get(0), (String) delims.get(1));
        MissingKey missingKey = switch (String.valueOf(c.get("missingkey"))) {
            case "zero" -> MissingKey.ZERO;
            case "error" -> MissingKey.ERROR;
            default -> MissingKey.DEFAULT;
        };
        if (!Boolean.TRUE.equals(c.get("error"))) {
            byte[] output = GoText.bytes(
                    Template.parse("case", source, delimiters, Set.of()).execute(Value.ofJson(c.get("data")), List.of(), missingKey));
            assertThat(new String(output, StandardCharsets.UTF_8)).isEqualTo(c.get("expect"));
            return;
        }
        try {
            String output =
                    Template.parse("case", source, delimiters, Set.of()).execute(Value.ofJson(c.get("data")), List.of(), missingKey);
            fail("should fail with " + c.get("message") + " but printed " + output);
        } catch (TemplateException e) {
            assertThat(e.phase()).isEqualTo(c.get("error_kind").equals("parse")
                    ? TemplateException.Phase.PARSE : TemplateException.Phase.EXECUTION);
            assertThat(e).hasMessage((String) c.get("message"));
        }
    }
}
