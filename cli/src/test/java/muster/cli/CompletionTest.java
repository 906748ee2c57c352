package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "consul me          | members",
        "consul kv          | kv",
        "consul kv g        | get",
        "consul operator r  | raft",
        "consul operator raft r | remove-peer",
        "consul maint -e    | -enable",
        "consul tls ce      | cert",
        "consul vali        | validate",
        "consul nothing x   | ''",
    })
    void wordsThatMayFollowAreOffered(String line, String wanted) {
        assertThat(String.join(" ", Completion.candidates(ConsulCommands.all(), line))).isEqualTo(wanted);
    }

    @org.junit.jupiter.api.Test
    void afterABlankAllWordsAreOffered() {
        assertThat(Completion.candidates(ConsulCommands.all(), "consul snapshot ")).isEqualTo(List.of("inspect", "restore", "save"));
    }
}
