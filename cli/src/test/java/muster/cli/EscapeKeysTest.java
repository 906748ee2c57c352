package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EscapeKeysTest {
    record Case(String name, int escape, String typed, String passed, boolean ended) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("at the beginning, with a dot, it ends", '~', "~.more", "", true),
                new Case("after a line's end too", '~', "ls\r~.", "ls\r", true),
                new Case("within a line it is a letter", '~', "cd ~.", "cd ~.", false),
                new Case("typed twice it stands for itself", '~', "~~.", "~.", false),
                new Case("before anything else it is passed on with it", '~', "~/bin\r", "~/bin\r", false),
                new Case("another character can be chosen", '^', "~.\r^.", "~.\r", true),
                new Case("and none at all", -1, "~.", "~.", false));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void finds(Case one) {
        EscapeKeys whole = new EscapeKeys(one.escape());
        byte[] typed = one.typed().getBytes(StandardCharsets.UTF_8);
        assertThat(new String(whole.pass(typed, typed.length), StandardCharsets.UTF_8)).isEqualTo(one.passed());
        assertThat(whole.isEnded()).isEqualTo(one.ended());
        EscapeKeys keyByKey = new EscapeKeys(one.escape());
        StringBuilder passed = new StringBuilder();
        for (byte key : typed) {
            passed.append(new String(keyByKey.pass(new byte[] {key}, 1), StandardCharsets.UTF_8));
        }
        assertThat(passed.toString()).isEqualTo(one.passed());
    }
}
