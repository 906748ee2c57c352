package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import muster.wire.GoFlags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastLinesTest {
    private static LastLines of(String... args) {
        return new LastLines(new GoFlags().switches("tail", "f").texts("n", "c").parse(List.of(args)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "the last line, with its end     | 1 | a;b;c; | c;",
        "a line that has no end yet      | 1 | a;b;c  | c",
        "the last two                    | 2 | a;b;c; | b;c;",
        "all where there are fewer       | 5 | a;b;   | a;b;",
        "exactly all                     | 2 | a;b;   | a;b;",
        "an empty line counts            | 2 | a;;b;  | ;b;",
    })
    void keepsTheLastLines(String name, String lines, String text, String kept) {
        LastLines last = of("-n", lines);
        for (String piece : text.split("(?<=b)")) {
            byte[] bytes = piece.replace(';', '\n').getBytes(StandardCharsets.UTF_8);
            assertThat(last.take(bytes, bytes.length)).isTrue();
        }

        assertThat(new String(last.kept(), StandardCharsets.UTF_8)).isEqualTo(kept.replace(';', '\n'));
    }

    @Test
    void printsAtOnceWithoutAWishAndWhileFollowing() {
        assertThat(of().take(new byte[] {'a'}, 1)).isFalse();
        assertThat(of("-f", "-tail").take(new byte[] {'a'}, 1)).isFalse();
        assertThat(of("-c", "9").take(new byte[] {'a'}, 1)).isFalse();
    }

    @Test
    void beginsToReadWhereTheLastOfItCanBe() {
        assertThat(List.of(of().origin(), of().offset())).containsExactly("origin=start", "offset=0");
        assertThat(List.of(of("-tail").origin(), of("-tail").offset())).containsExactly("origin=end", "offset=1200");
        assertThat(List.of(of("-c", "9").origin(), of("-c", "9").offset())).containsExactly("origin=end", "offset=9");
    }
}
