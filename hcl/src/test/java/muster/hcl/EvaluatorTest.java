package muster.hcl;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import muster.hcl.function.StandardFunctions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EvaluatorTest {
    static final Map<String, Function> FUNCTIONS =
            StandardFunctions.create(InstantSource.fixed(Instant.parse("2024-02-03T04:05:06Z")), new Random(1));

    record Case(String name, String expression, String json) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> values() {
        return List.of(
                new Case("multiplication binds tighter than addition", "1 + 2 * 3 - 4 / 2", "5"),
                new Case("numbers stay exact beyond 64 bits", "123456789012345678901234567890 + 1", "123456789012345678901234567891"),
                new Case("decimals stay exact", "0.1 + 0.2", "0.3"),
                new Case("a third has 154 digits", "substr(format(\"%v\", 1 / 3), 0, 6)", "\"0.3333\""),
                new Case("text and number are different", "\"1\" == 1", "false"),
                new Case("equal numbers are equal however written", "1.0 == 1", "true"),
                new Case("the remainder takes the sign of the dividend", "-7 % 4", "-3"),
                new Case("a conditional chooses", "n > 2 ? \"big\" : \"small\"", "\"big\""),
                new Case("the branch not taken may be invalid", "true ? 1 : nothing.x", "1"),
                new Case("an attribute splat", "people.*.name", "[\"ann\",\"bob\"]"),
                new Case("a full splat with an index inside", "people[*].tags[0]", "[\"a\",\"b\"]"),
                new Case("a splat of one value makes a list", "n[*]", "[3]"),
                new Case("a splat of null is empty", "null[*]", "[]"),
                new Case("an index after an attribute splat applies to the result", "people.*.name[1]", "\"bob\""),
                new Case("a for expression filters", "[for i, p in people : \"${i}${p.name}\" if p.age > 25]", "[\"0ann\"]"),
                new Case("a for expression groups", "{for p in people : \"all\" => p.name...}", "{\"all\":[\"ann\",\"bob\"]}"),
                new Case("a for expression over an object", "{for k, v in {a = 1} : upper(k) => v + 1}", "{\"A\":2}"),
                new Case("a bare word as key is its name", "{n = 1, (\"x\") = 2, \"y z\" : 3}", "{\"n\":1,\"x\":2,\"y z\":3}"),
                new Case("legacy index", "people.0.name", "\"ann\""),
                new Case("an argument list is expanded", "max([1, 5, 3]...)", "5"),
                new Case("a lone interpolation keeps the type", "\"${n}\"", "3"),
                new Case("interpolations make text", "\"a${n}b${true}\"", "\"a3btrue\""),
                new Case("marks are escaped by doubling", "\"$${n} %%{n} $$ $5\"", "\"${n} %{n} $$ $5\""),
                new Case("escapes", "\"\\u0041\\U0001F600\\t\\\"\"", "\"A😀\\t\\\"\""),
                new Case("directives", "\"%{ if n > 2 }yes%{ else }no%{ endif }\"", "\"yes\""),
                new Case("loops in templates", "\"%{ for p in people }[${p.name}]%{ endfor }\"", "\"[ann][bob]\""),
                new Case("tildes take white space", "\"a  ${~ n ~}  b\"", "\"a3b\""),
                new Case("unknown roots stay text", "\"${attr.cpu.arch}-${env[\"HOME\"]}\"", "\"${attr.cpu.arch}-${env[\\\"HOME\\\"]}\""),
                new Case("parentheses allow newlines", "(1 +\n 2)", "3"),
                new Case("negation binds to the operand", "-n + 1", "-2"),
                new Case("try falls back", "try(people[9], \"none\")", "\"none\""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void value(Case given) {
        Diagnostics diagnostics = new Diagnostics();
        Value value = evaluate(given.expression, diagnostics);
        assertThat(diagnostics.lines()).isEmpty();
        assertThat(JsonValues.text(value)).isEqualTo(given.json);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            nope.x | Unknown variable; There is no variable named "nope".
            people[0].nam | Unsupported attribute; This object does not have an attribute named "nam".
            people[7] | Invalid index; The given key does not identify an element in this collection value.
            n.x | Unsupported attribute; Can't access attributes on a primitive-typed value (number).
            1 + "a" | Invalid operand; Unsuitable value for right operand: a number is required.
            1 / 0 | Operation failed; Error during operation: division by zero.
            uper("a") | Call to unknown function; There is no function named "uper". Did you mean "upper"?
            upper() | Not enough function arguments; Function "upper" expects 1 argument(s). Missing value for "str".
            upper("a", 2) | Too many function arguments; Function "upper" expects only 1 argument(s).
            reverse(["a"]) | Invalid function argument; Invalid value for "str" parameter: string required.
            length("abc") | Error in function call; Call to function "length" failed: collection must be a list, a map or a tuple.
            "a${null}" | Invalid template interpolation value; The expression result is null. Cannot include a null value in a string template.
            [for x in 5 : x] | Iteration over non-iterable value; A value of type number cannot be used as the collection in a 'for' expression.
            null ? 1 : 2 | Null condition; The condition value is null. Conditions must either be true or false.
            """)
    void problemsAreNamed(String expression, String expected) {
        Diagnostics diagnostics = new Diagnostics();
        Expression parsed = Hcl.parseExpression("", expression, diagnostics);
        new Evaluator(diagnostics).evaluate(parsed, Scope.root(variables(), FUNCTIONS));
        assertThat(diagnostics.all()).extracting(d -> d.summary() + "; " + d.detail()).containsExactly(expected);
    }

    static Value evaluate(String expression, Diagnostics diagnostics) {
        Expression parsed = Hcl.parseExpression("test.hcl", expression, diagnostics);
        Scope scope = Scope.root(variables(), FUNCTIONS).keepingUnknown();
        return new Evaluator(diagnostics).evaluate(parsed, scope);
    }

    static Map<String, Value> variables() {
        return Map.of(
                "n", Value.number(3),
                "nothing", Value.nothing(),
                "people", Value.tuple(List.of(person("ann", 30, "a"), person("bob", 20, "b"))));
    }

    private static Value person(String name, int age, String tag) {
        return Value.object(Map.of(
                "name", Value.string(name), "age", Value.number(age), "tags", Value.tuple(List.of(Value.string(tag)))));
    }
}
