package muster.template.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import muster.registry.client.KeyValue;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;
import muster.template.function.Context;
import muster.template.function.Outside;
import muster.template.language.Delimiters;
import muster.template.language.TemplateException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Rendering depends on the template, the values and the time it is given, and on nothing else. */
class RenderingPropertyTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final String[] STATEMENTS = {
        "{{key `a`}}", "{{keyOrDefault `b` `none`}}", "{{keyExists `c`}}", "{{range ls `p`}}{{.Key}}={{.Value}};{{end}}", "{{env `HOME`}}",
        "{{with $x := key `a`}}{{$x | toUpper}}{{else}}empty{{end}}", "{{range $i, $e := loop 3}}{{$i}}{{$e}}{{end}}", "{{timestamp}}",
        "{{scratch.Set `n` 1}}{{scratch.Get `n`}}", "{{range tree `p` | byKey}}{{.}}{{end}}", "{{key `a` | parseJSON}}", "{{index (key `a`) 1}}",
        "{{if eq (keyOrDefault `b` `x`) `x`}}yes{{end}}", "{{define `d`}}{{.}}{{end}}", "{{template `d` 1}}", "{{mustEnv `NOWHERE`}}", "text\n"
    };

    private static RenderResult render(String source, Values values, Map<String, String> environment) {
        Renderer renderer = Renderer.parse("t", source, Dialect.GO, Delimiters.DEFAULT, false);
        return renderer.render(values, new Context.Settings(environment, List.of(), Outside.NOTHING), NOW);
    }

    private static Map<Dependency<?>, Object> values(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Dependency<?>, Object> known = new HashMap<>();
        for (String path : List.of("a", "b", "c")) {
            Optional<KeyValue> entry = random.nextInt(3) == 0 ? Optional.empty() : Optional.of(entry(path, random));
            if (random.nextInt(4) > 0) {
                known.put(new Dependency.RequiredKey(path, ""), entry);
                known.put(new Dependency.OptionalKey(path, ""), entry);
            }
        }
        if (random.nextBoolean()) {
            known.put(new Dependency.Pairs("p", ""), List.of(entry("p/x", random), entry("p/y/z", random)));
        }
        return known;
    }

    private static KeyValue entry(String path, SplittableRandom random) {
        String[] texts = {"", "1", "{\"n\":1}", "two words", "é😀", "null"};
        return new KeyValue(path, texts[random.nextInt(texts.length)].getBytes(StandardCharsets.UTF_8), 0, "", 0, 1, random.nextInt(9));
    }

    @Property(tries = 1000)
    void equal_inputs_give_equal_results_and_what_is_not_used_does_not_matter(@ForAll("templates") String source, @ForAll long seed) {
        Map<Dependency<?>, Object> known = values(seed);
        RenderResult first;
        try {
            first = render(source, new Values(known), Map.of("HOME", "/home/x"));
        } catch (TemplateException e) {
            assertThat(e).hasMessageStartingWith("template: ");
            return;
        }
        assertThat(render(source, new Values(known), Map.of("HOME", "/home/x"))).isEqualTo(first);
        Set<Dependency<?>> used = first.used();
        known.keySet().removeIf(dependency -> !used.contains(dependency));
        known.put(new Dependency.RequiredKey("unrelated", ""), Optional.of(entry("unrelated", new SplittableRandom(seed))));
        assertThat(render(source, new Values(known), Map.of("HOME", "/home/x"))).isEqualTo(first);
    }

    @Provide
    Arbitrary<String> templates() {
        return Arbitraries.of(STATEMENTS).list().ofMaxSize(6).map(statements -> String.join("", statements));
    }
}
