package muster.examples;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import muster.examples.Step.Chapter;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/** Turns chapters into tests: one for each step, in their order; after one that fails the rest are skipped. */
final class StepTests {
    private StepTests() {}

    static Stream<DynamicContainer> of(List<Chapter> chapters, User user) {
        AtomicBoolean failed = new AtomicBoolean();
        return chapters.stream().map(chapter -> DynamicContainer.dynamicContainer(chapter.title(),
                chapter.steps().stream().map(step -> DynamicTest.dynamicTest(step.title(), () -> {
                    assumeTrue(!failed.get(), "a step before this one failed");
                    failed.set(true);
                    Walk.take(step, user);
                    failed.set(false);
                }))));
    }
}
