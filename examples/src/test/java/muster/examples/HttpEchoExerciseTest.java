package muster.examples;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The exercise with http-echo, step by step as the demo takes it, against an agent of its own. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
final class HttpEchoExerciseTest {
    @TempDir
    static Path folder;

    private static TestSite running;

    @BeforeAll
    static void start() {
        running = TestSite.start(folder);
    }

    @AfterAll
    static void stop() {
        running.close();
    }

    @TestFactory
    Stream<DynamicContainer> everyStepShowsWhatTheTrainingPromises() {
        return StepTests.of(List.of(HttpEchoExercise.chapter(running.site())), running.user());
    }
}
