package muster.lb.fabio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FabioHelpTest {
    @Test
    void everyKeyIsExplained() {
        assertThat(FabioHelp.texts().keySet()).isEqualTo(FabioKeys.all().keySet());
        assertThat(FabioHelp.text()).contains("-proxy.hold duration", "(default rnd)", "[no effect here]");
    }
}
