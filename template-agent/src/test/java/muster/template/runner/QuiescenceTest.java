package muster.template.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QuiescenceTest {
    /** Changes and expected renderings in milliseconds. */
    record Case(String name, long min, long max, List<Long> changes, List<Long> renderings) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("a single change is rendered after the least wait", 1000, 3000, List.of(100L), List.of(1100L)),
                new Case("each further change starts the least wait again", 1000, 3000, List.of(100L, 600L), List.of(1600L)),
                new Case("a change every half second is rendered after the longest wait", 1000, 3000,
                        List.of(1000L, 1500L, 2000L, 2500L, 3000L, 3500L), List.of(4000L)),
                new Case("later changes are a batch of their own", 100, 400, List.of(0L, 1000L), List.of(100L, 1100L)),
                new Case("without a wait every change is due at once", 0, 0, List.of(5L, 7L), List.of(5L, 7L)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void is_due_when_changes_rest(Case c) {
        Quiescence quiescence = Quiescence.idle(new TemplateSpec.Quiet(Duration.ofMillis(c.min()), Duration.ofMillis(c.max())));
        List<Long> rendered = new ArrayList<>();
        for (long millis : LongStream.rangeClosed(0, 10_000).toArray()) {
            long now = Duration.ofMillis(millis).toNanos();
            if (c.changes().contains(millis)) {
                quiescence = quiescence.changed(now);
            }
            if (quiescence.isDue(now)) {
                rendered.add(millis);
                quiescence = quiescence.rendered();
            }
        }
        assertThat(rendered).isEqualTo(c.renderings());
    }
}
