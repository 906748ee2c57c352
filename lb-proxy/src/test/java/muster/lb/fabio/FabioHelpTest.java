package muster.lb.fabio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FabioHelpTest {
    @Test
    void everyKeyIsExplained() {
        assertThat(FabioHelp.texts().keySet()).isEqualTo(FabioKeys.all().keySet());
        assertThat(FabioHelp.text()).contains("-proxy.hold duration", "(default rnd)", "[no effect here]");
    }

    @Test
    void theReadmeListsEveryKeyWithItsDefault() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        FabioKeys.all().forEach((name, key) -> assertThat(readme).contains(key.isInert() || key.initial().isEmpty()
                ? "`" + name + "`"
                : "| `" + name + "` | `" + key.initial() + "` |"));
    }
}
