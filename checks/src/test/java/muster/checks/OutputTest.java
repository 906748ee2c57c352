package muster.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OutputTest {
    private static Output.Tail tail(int limit, String... parts) {
        Output.Tail tail = new Output.Tail(limit);
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            tail.write(bytes, 0, bytes.length);
        }
        return tail;
    }

    @Test
    void a_short_output_is_kept_as_it_is() {
        assertThat(Output.tail(tail(10, "abc", "def"))).isEqualTo("abcdef");
        assertThat(Output.head("abc", 3)).isEqualTo("abc");
    }

    @Test
    void of_a_long_output_the_end_is_kept_with_a_note() {
        assertThat(Output.tail(tail(10, "0123456789".repeat(4) + "\n"))).isEqualTo("Captured 10 of 41 bytes\n...\n123456789\n");
        assertThat(Output.tail(tail(4, "ab", "cd", "ef"))).isEqualTo("Captured 4 of 6 bytes\n...\ncdef");
    }

    @Test
    void a_character_that_is_cut_in_two_is_left_out() {
        assertThat(tail(3, "ää").text()).isEqualTo("ä");
        assertThat(Output.head("aää", 2)).startsWith("a ... (captured 2 of 5 bytes)");
    }
}
