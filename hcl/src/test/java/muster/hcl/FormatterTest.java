package muster.hcl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FormatterTest {
    private static final String UGLY = """
            # A job.
            job   "demo"{
            datacenters=[ "dc1","dc2" ]   # where
              type ="service" // what
                a = -1+2*( 3-b )   /* why */
            long_name = f( x , y... )[ 0 ].c
              b = [for k,v in {a=1}:"${ k }" if v>0 && !( v<-1 )]

            group "g"   {
              config   {
                  args = [
              "-c",   # one
                 "sleep 1", # another
                ]
                }
             d=<<-EOT
                 text   ${join(",", [1,  2][*])}
                   EOT
              e = cond?1:{}
              f = merge({
               x=1
                 long=2
              },{ y = 3 })
            }
            }
            """;
    private static final String FINE = """
            # A job.
            job "demo" {
              datacenters = ["dc1", "dc2"]   # where
              type        = "service"        // what
              a           = -1 + 2 * (3 - b) /* why */
              long_name   = f(x, y...)[0].c
              b           = [for k, v in { a = 1 } : "${ k }" if v > 0 && !(v < -1)]

              group "g" {
                config {
                  args = [
                    "-c",      # one
                    "sleep 1", # another
                  ]
                }
                d = <<-EOT
                 text   ${join(",", [1,  2][*])}
                   EOT
                e = cond ? 1 : {}
                f = merge({
                  x    = 1
                  long = 2
                }, { y = 3 })
              }
            }
            """;

    record Case(String name, String text, String laidOut) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("everything at once", UGLY, FINE),
                new Case("nothing", "", ""),
                new Case("blank lines lose their blanks and stay", "a=1\n   \n\n  bb=2", "a = 1\n\n\nbb = 2"),
                new Case("line ends of Windows stay", "a=1\r\nbbb=2 # x\r\n", "a   = 1\r\nbbb = 2 # x\r\n"),
                new Case("the mark at the beginning goes", "\uFEFFa=1\n", "a = 1\n"),
                new Case("wide letters count as one column", "ä=1 # \uD83D\uDE00\nbb=\"\uD83D\uDE00\"#x\n", "ä  = 1   # \uD83D\uDE00\nbb = \"\uD83D\uDE00\" #x\n"),
                new Case("a comment of several lines stays as it is", "a {\n/* x\n     y */\nb=1\n}\n", "a {\n  /* x\n     y */\n  b = 1\n}\n"),
                new Case("a block on one line", "a \"b\"   c{d=1}\ne{}\n", "a \"b\" c { d = 1 }\ne {}\n"),
                new Case("a minus before and between", "a=-b\nc=d-e\nf=d - -e\ng=(-1)\nh=[-1,-x]\n", "a = -b\nc = d-e\nf = d - -e\ng = (-1)\nh = [-1, -x]\n"),
                new Case("several brackets closed at once", "a = f([\n1,\n])\nb=1\n", "a = f([\n  1,\n])\nb = 1\n"),
                new Case("a comment in the last line", "a=1 # x", "a = 1 # x"),
                new Case("a hash in quotes is no comment", "a=\"# ${ \"#\" } //\"#c\n", "a = \"# ${ \"#\" } //\" #c\n"),
                new Case("a splat", "a=b [ * ] . c\nd = b . * . c\n", "a = b[*].c\nd = b.*.c\n"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFileIsLaidOut(Case c) {
        ParsedFile file = Hcl.parse("f", c.text());
        assertThat(file.diagnostics()).isEmpty();
        assertThat(Formatter.format(file)).isEqualTo(c.laidOut());
        assertThat(Formatter.format(Hcl.parse("f", c.laidOut()))).isEqualTo(c.laidOut());
    }

    @Test
    void aFileWithErrorsIsNotTouched() {
        assertThatThrownBy(() -> Formatter.format(Hcl.parse("f", "a = ["))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("f has syntax errors");
    }

    @Property(tries = 3000)
    void layingOutAgainChangesNothingAndNoTokenIsLost(@ForAll("files") String text) {
        ParsedFile file = Hcl.parse("f", text);
        if (file.hasErrors()) {
            return;
        }
        String once = Formatter.format(file);
        ParsedFile again = Hcl.parse("f", once);
        assertThat(again.diagnostics()).as(once).isEmpty();
        assertThat(Formatter.format(again)).isEqualTo(once);
        assertThat(words(once)).isEqualTo(words(text));
    }

    private static List<String> words(String text) {
        return Formatter.pieces("f", text).stream().map(Formatter.Piece::text).toList();
    }

    @Provide
    Arbitrary<String> files() {
        Arbitrary<String> word = Arbitraries.of("a", "bb", "x-y", "1", "2.5", "\"s # t\"", "\"${ a }\"", "in", "if", "true", ".", ".c", "[0]", "[*]", "(", ")",
                "[", "]", "{", "}", ",", "+", "-", "!", "==", "?", ":", "=>", "=", "/* c */", "*", "/", "&&", "<", "...", "for", "f(");
        Arbitrary<String> gap = Arbitraries.of("", " ", "  ", "\t");
        Arbitrary<String> expression = Combinators.combine(gap, word).as((g, w) -> g + w).list().ofMinSize(1).ofMaxSize(5)
                .map(list -> String.join("", list));
        Arbitrary<String> known = Arbitraries.of("1", "-a", "a - -b", "[1,2 , 3]", "[\n1,\n 22, # c\n]", "{a=1,b=2}", "{\n a=1 # c\n long : 2\n}",
                "f({\nx=1\n},[\n2\n])", "<<E\n  x\nE", "<<-E\n  ${a}\n  E", "a.b[0].*.c", "x?y:z", "[for k,v in m:k=>v if(v)]", "(a\n+b)", "\"%{ if a }b%{ endif }\"",
                "a.0 .b", "a.0.b", "1 /* c */ + 2", "!(a||b)", "{for k, v in m : k => v...}", "/* c */ 1", "f(a...)");
        Arbitrary<String> setting = Combinators.combine(gap, Arbitraries.of("a", "bb", "long_name"), gap, Arbitraries.oneOf(known, known, expression), gap,
                        Arbitraries.of("", "# c", "// c", "/* c */", "/* c\n   d */"), Arbitraries.of("\n", "\r\n", "\n\n  \n"))
                .as((g, name, h, value, i, comment, end) -> g + name + h + "=" + h + value
                        + (value.endsWith("E") ? "\n" : i + comment + end));
        Arbitrary<String> other = Arbitraries.of("b {\n", "b \"l\"  c{\n", "}\n", "  }\n", "# only\n", "  /* only */\n", "\n", "b{}\n", "b { a=1 }\n");
        return Arbitraries.oneOf(setting, setting, other).list().ofMaxSize(6).map(list -> {
            String text = String.join("", list);
            long missing = text.lines().filter(l -> l.matches("b .*\\{|b \\{")).count() - text.lines().filter(l -> l.matches(" *\\}")).count();
            return text + "}\n".repeat((int) Math.max(0, missing));
        });
    }
}
