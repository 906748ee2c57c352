package muster.template.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the source is, parsing and executing end with a result or a {@link TemplateException}. */
class ParserFuzzTest {
    private static final String[] PIECES = {
        "{{", "}}", "{{-", "-}}", " ", "\n", "if", "else", "end", "range", "with", "define", "template", "block", "break",
        "continue", "nil", "true", "$", "$x", ":=", "=", ",", "|", "(", ")", ".", ".a", ".a.b", "\"s\"", "`r`", "'c'", "1",
        "-1", "0x1F", "1.5", "1e3", "1i", "2+3i", "1_0", "/*", "*/", "print", "printf", "len", "index", "slice", "eq", "lt",
        "and", "or", "not", "\"%5.2v %[1]d %*d\"", "html", "js", "text", "{", "}", "\\", "é", "😀", "\"", "'", "`"
    };

    @Property(tries = 3000)
    void pieces_of_templates_give_a_result_or_an_error(@ForAll("sources") String source) {
        check(source);
    }

    @Property(tries = 1000)
    void any_text_gives_a_result_or_an_error(@ForAll String source) {
        check("{{" + source + "}}");
        check(source);
    }

    private static void check(String source) {
        try {
            Template template = Template.parse("fuzz", source, Delimiters.DEFAULT, Set.of());
            Value data = Value.ofJson(Map.of("a", List.of(1, "x", true)));
            assertThat(template.execute(data, List.of(), MissingKey.DEFAULT)).isNotNull();
        } catch (TemplateException e) {
            assertThat(e).hasMessageStartingWith("template: fuzz");
        }
    }

    @Provide
    Arbitrary<String> sources() {
        return Arbitraries.of(PIECES).list().ofMaxSize(25).map(pieces -> "{{" + String.join("", pieces));
    }

    @Property(tries = 20)
    void deep_nesting_is_refused_and_not_overflowed(@ForAll("openers") String opener) {
        check(opener.repeat(20_000));
        check("{{" + opener.repeat(20_000));
    }

    @Provide
    Arbitrary<String> openers() {
        return Arbitraries.of("(", "{{if 1}}", "{{range .}}", "{{with 1}}", "{{if 1}}{{else if 1}}", "{{block \"x\" .}}", "{{else if 1}}");
    }
}
