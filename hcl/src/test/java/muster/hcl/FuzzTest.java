package muster.hcl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the text, reading and evaluating it ends, and what is wrong comes as diagnostics, never as an exception. */
class FuzzTest {
    private static final String SAMPLE = """
            job "demo" {
              a = "x${upper("y")}%{ if true }z%{ else }w%{ endif ~} $${q}"
              b = [for k, v in {a = 1} : "${k}" if v > 0]
              c = {for x in [1, 2] : x => x * 2...}
              d = <<-EOT
                text ${join(",", [1, 2][*])}
                EOT
              dynamic "e" {
                for_each = range(2)
                content { f = e.value.g[0].*.h }
              }
              i = !true ? -1.5e3 : (2 % 3) // done
            }
            """;

    @Property(tries = 1000)
    void anyTextIsRead(@ForAll("soup") String text) {
        exercise(text);
    }

    @Property(tries = 1000)
    void anyMutationIsRead(@ForAll("mutations") String text) {
        exercise(text);
    }

    @Property(tries = 20)
    void deepNestingIsRefusedOnASmallStack(@ForAll("openers") String opener) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Runnable work = () -> {
            exercise("a = " + opener.repeat(5000));
            exercise((opener + " ").repeat(5000));
        };
        Thread thread = new Thread(null, work, "small stack", 512 * 1024);
        thread.setUncaughtExceptionHandler((_, e) -> failure.set(e));
        thread.start();
        thread.join();
        assertThat(failure.get()).isNull();
    }

    private static void exercise(String text) {
        ParsedFile file = Hcl.parse("f", text);
        walk(file.body());
        Diagnostics diagnostics = new Diagnostics();
        EvaluatorTest.evaluate(text, diagnostics);
        new Evaluator(diagnostics).evaluate(Hcl.parseTemplate("t", text, diagnostics), Scope.empty());
        ConfigTree.read("f", text, diagnostics);
        assertThat(file.body().range().start()).isEqualTo(Position.START);
    }

    private static void walk(Body body) {
        Diagnostics diagnostics = new Diagnostics();
        Scope scope = Scope.root(EvaluatorTest.variables(), EvaluatorTest.FUNCTIONS).keepingUnknown();
        body.attributes().values().forEach(a -> new Evaluator(diagnostics).evaluate(a.expression(), scope));
        new BodyReader(diagnostics).read(body, BodySchema.of("a").withBlocks("e").withLabelled("job", "name"), scope);
        body.blocks().forEach(block -> walk(block.body()));
    }

    @Provide
    Arbitrary<String> soup() {
        return Arbitraries.of(
                        "{", "}", "[", "]", "(", ")", "\"", "${", "%{", "~}", "\\", "\n", " ", "=", "==", ",", ":", "?", ".", "*",
                        "[*]", ".*", "...", "=>", "<<EOT\n", "<<-A\n", "EOT\n", "A\n", "for", "in", "if", "else", "endif", "endfor",
                        "a", "b-c", "é", "😀", "1", "2.5", "1e99", "1e99999999999", "null", "true", "!", "-", "&&", "||", "'", "`",
                        ";", "#", "/*", "*/", "dynamic", "\u0000", "\uFEFF", "\r\n", "\r", "$${", "\\u00", "upper", "range")
                .list().ofMaxSize(40).map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> mutations() {
        return net.jqwik.api.Combinators.combine(
                        Arbitraries.integers().between(0, SAMPLE.length()),
                        Arbitraries.integers().between(0, 12),
                        soup().map(s -> s.substring(0, Math.min(6, s.length()))))
                .as((at, cut, insert) -> SAMPLE.substring(0, at) + insert
                        + SAMPLE.substring(Math.min(SAMPLE.length(), at + cut)));
    }

    @Provide
    Arbitrary<String> openers() {
        return Arbitraries.of("[", "(", "{", "{a=", "\"${", "!", "-", "a[", "f(", "a ? ", "a {\n", "1 + (", "1 + ", "a[n]", "true ? (true ? 1 : 2) : ", "[for x in ", "a[*]", ".*");
    }
}
