package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LiveViewTest {
    @Test
    void aPictureReplacesTheOneBefore() {
        LiveView view = new LiveView(24, 80);
        assertThat(view.redraw("one\ntwo")).isEqualTo("one\ntwo\n");
        assertThat(view.redraw("three")).isEqualTo("\u001b[2A\r\u001b[Jthree\n");
        assertThat(view.finish("four\nfive\nsix")).isEqualTo("\u001b[1A\r\u001b[Jfour\nfive\nsix\n");
    }

    @Test
    void aPictureIsNeverLargerThanTheWindowUntilTheLast() {
        LiveView view = new LiveView(4, 20);
        assertThat(view.redraw("1234567890123456789012\n\n3\n4\n5")).isEqualTo("1234567890123456789…\n\n3\n");
        assertThat(view.finish("1234567890123456789012\n2\n3\n4\n5")).isEqualTo("\u001b[3A\r\u001b[J1234567890123456789012\n2\n3\n4\n5\n");
    }

    @Test
    void theSpinnerTurns() {
        LiveView view = new LiveView(24, 80);
        assertThat(view.spinner()).isNotEqualTo(view.spinner());
    }
}
