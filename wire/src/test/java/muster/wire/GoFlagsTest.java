package muster.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoFlagsTest {
    private static GoFlags parse(String line) {
        return new GoFlags().switches("on", "v").texts("name", "n").lists("var")
                .parse(line.isEmpty() ? List.of() : List.of(line.split(" ")));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "a value follows            | -name x rest       | x    | false | [rest]",
        "a value stands behind =    | -name=x rest       | x    | false | [rest]",
        "two dashes are as one      | --name=x --on rest | x    | true  | [rest]",
        "an empty value is a value  | -name= rest        | \"\" | false | [rest]",
        "a value may have =         | -name a=b          | a=b  | false | []",
        "a value may be a flag      | -name -on          | -on  | false | []",
        "the last one counts        | -n 1 -name a -name b | b  | false | []",
        "a word ends the flags      | x -on              | \"\" | false | [x, -on]",
        "two dashes end the flags   | -on -- -name       | \"\" | true  | [-name]",
        "a dash alone is a word     | -on - -v           | \"\" | true  | [-, -v]",
        "a switch may be turned off | -on=false          | \"\" | false | []",
        "a switch takes Go's words  | -on=T              | \"\" | true  | []",
    })
    void readsALine(String name, String line, String text, boolean on, String rest) {
        GoFlags flags = parse(line);

        assertThat(flags.text("name")).isEqualTo(text == null ? "" : text);
        assertThat(flags.on("on")).isEqualTo(on);
        assertThat(flags.rest()).hasToString(rest);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "-what       | flag provided but not defined: -what",
        "-what=1     | flag provided but not defined: -what",
        "-name       | flag needs an argument: -name",
        "-on=maybe   | invalid boolean value \"maybe\" for -on: parse error",
        "---on       | bad flag syntax: ---on",
        "-=x         | bad flag syntax: -=x",
    })
    void refusesAsGoDoes(String line, String message) {
        assertThatThrownBy(() -> parse(line)).isInstanceOf(GoFlags.FlagException.class).hasMessage(message);
    }

    @Test
    void asksForHelpWhereHelpIsNoFlagOfItsOwn() {
        assertThatThrownBy(() -> parse("-h")).isInstanceOf(GoFlags.HelpWanted.class);
        assertThatThrownBy(() -> parse("-on --help x")).isInstanceOf(GoFlags.HelpWanted.class);
    }

    @Test
    void keepsAllValuesOfAList() {
        assertThat(parse("-var a=1 -on -var b=2").all("var")).containsExactly("a=1", "b=2");
        assertThat(parse("").all("var")).isEmpty();
    }

    @Test
    void readsUnsignedNumbers() {
        assertThat(parse("-n 18446744073709551615").unsigned("n", 1)).isEqualTo(-1L);
        assertThat(parse("").unsigned("n", 7)).isEqualTo(7);
        assertThatThrownBy(() -> parse("-n x").unsigned("n", 1)).hasMessage("invalid value \"x\" for flag -n: parse error");
    }

    @Test
    void knowsWhetherAFlagWasGiven() {
        assertThat(parse("-v=false").has("v")).isTrue();
        assertThat(parse("").has("v")).isFalse();
        assertThat(parse("").on("v", true)).isTrue();
    }
}
