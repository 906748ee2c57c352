package muster.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts that are no JSON, in Go's words. */
class GoSyntaxTest {
    record Case(String text, String fault) {}

    static List<Case> cases() {
        return List.of(
                new Case("this is not json", "invalid character 'h' in literal true (expecting 'r')"),
                new Case("", "unexpected EOF"),
                new Case("{\"a\":", "unexpected EOF"),
                new Case("bad", "invalid character 'b' looking for beginning of value"),
                new Case("{a:1}", "invalid character 'a' looking for beginning of object key string"),
                new Case("{\"a\" 1}", "invalid character '1' after object key"),
                new Case("{\"a\":1 \"b\":2}", "invalid character '\"' after object key:value pair"),
                new Case("[1 2]", "invalid character '2' after array element"),
                new Case("[1,]", "invalid character ']' looking for beginning of value"),
                new Case("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
                new Case("\"a\nb\"", "invalid character '\\n' in string literal"),
                new Case("\"\\x\"", "invalid character 'x' in string escape code"),
                new Case("\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape"),
                new Case("-a", "invalid character 'a' in numeric literal"),
                new Case("1.x", "invalid character 'x' after decimal point in numeric literal"),
                new Case("1ex", "invalid character 'x' in exponent of numeric literal"),
                new Case("nul!", "invalid character '!' in literal null (expecting 'l')"));
    }

    static List<Case> tokens() {
        return List.of(
                new Case("", "EOF"),
                new Case("  ", "EOF"),
                new Case("{", "EOF"),
                new Case("{\"a\"", "EOF"),
                new Case("{\"a\":", "EOF"),
                new Case("[1", "EOF"),
                new Case("[1,", "EOF"),
                new Case("{\"a\":\"b", "unexpected EOF"),
                new Case("[tru", "unexpected EOF"),
                new Case("-", "unexpected EOF"),
                new Case("{a:1}", "invalid character 'a'"),
                new Case("{\"a\":1,b", "invalid character 'b' looking for beginning of object key string"),
                new Case("x", "invalid character 'x' looking for beginning of value"));
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void whoReadsTokensIsToldWhereTheyEnd(Case c) {
        assertThat(GoSyntax.tokenFault(c.text().getBytes(StandardCharsets.UTF_8))).isEqualTo(Optional.of(c.fault()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsNoJsonIsSaid(Case c) {
        assertThat(GoSyntax.fault(c.text().getBytes(StandardCharsets.UTF_8))).isEqualTo(Optional.of(c.fault()));
    }

    static List<String> good() {
        return List.of("{}", "[]", " {\"a\":[1,-2.5e+3,{\"b\":null}],\"c\":\"\\u00e9\\n\"} ", "[[],{},[{}]]", "0", "\"x\"", "{\"a\":{},\"b\":[]}");
    }

    @ParameterizedTest
    @MethodSource("good")
    void whatIsJsonHasNoFault(String text) {
        assertThat(GoSyntax.fault(text.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }
}
