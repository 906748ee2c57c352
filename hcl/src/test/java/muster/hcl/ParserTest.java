package muster.hcl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParserTest {
    /** A golden file holds the source, a line of dashes, and the diagnostics one a line. */
    @ParameterizedTest
    @ValueSource(strings = {
        "missing-comma", "missing-newline", "single-quotes", "unclosed-brace", "unclosed-heredoc", "open-template",
        "single-line-blocks", "redefined"
    })
    void problemsMatchTheGoldenFile(String name) throws IOException {
        String[] golden = read("/golden/" + name + ".txt").split("-----\n", 2);
        assertThat(String.join("\n", Hcl.parse("f.hcl", golden[0]).diagnostics().stream().map(Diagnostic::text).toList()))
                .isEqualTo(golden[1].stripTrailing());
    }

    @Test
    void heredocsKeepOrDropTheirIndentation() {
        ParsedFile file = Hcl.parse("f.hcl", """
                plain = <<EOT
                  a
                EOT
                flush = <<-EOT
                    one

                      two ${1 + 1}
                    three
                  EOT
                list = ["x", <<-A
                  y
                  A
                ]
                """);
        assertThat(file.diagnostics()).isEmpty();
        assertThat(value(file, "plain")).isEqualTo(Value.string("  a\n"));
        assertThat(value(file, "flush")).isEqualTo(Value.string("one\n\n  two 2\nthree\n"));
        assertThat(JsonValues.text(value(file, "list"))).isEqualTo("[\"x\",\"y\\n\"]");
    }

    @Test
    void blankLinesOfHeredocsKeepTheirBlanks() {
        ParsedFile file = Hcl.parse("f.hcl", "flush = <<-EOT\n  one\n  \n \n    two\n   \nEOT\n");
        assertThat(file.diagnostics()).isEmpty();
        assertThat(value(file, "flush")).isEqualTo(Value.string("one\n  \n \n  two\n   \n"));
    }

    @Test
    void rangesCountLinesCharactersAndBytes() {
        ParsedFile file = Hcl.parse("f.hcl", "# über\nnämé = 1\nblock \"a\" b {\n}\n");
        Attribute attribute = file.body().attributes().get("nämé");
        assertThat(attribute.nameRange()).isEqualTo(
                new SourceRange("f.hcl", new Position(2, 1, 8), new Position(2, 5, 14)));
        Block block = file.body().blocks().getFirst();
        assertThat(block.labels()).isEqualTo(List.of("a", "b"));
        assertThat(block.openBraceRange()).hasToString("f.hcl:3,13-14");
    }

    @Test
    void theOffendingLineIsShown() {
        String text = "a = 1\nb = [1 2]\n";
        Diagnostic problem = Hcl.parse("f.hcl", text).diagnostics().getFirst();
        assertThat(DiagnosticText.render(problem, Optional.of(text))).isEqualTo("""
                Error: Missing item separator

                  on f.hcl line 2:
                   2: b = [1 2]
                             ^

                Expected a comma to mark the beginning of the next item.
                """);
    }

    private static Value value(ParsedFile file, String name) {
        Diagnostics diagnostics = new Diagnostics();
        Value value = new Evaluator(diagnostics)
                .evaluate(file.body().attributes().get(name).expression(), Scope.empty());
        assertThat(diagnostics.lines()).isEmpty();
        return value;
    }

    static String read(String resource) throws IOException {
        try (InputStream in = ParserTest.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
