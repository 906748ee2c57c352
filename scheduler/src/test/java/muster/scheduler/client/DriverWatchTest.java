package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import muster.scheduler.driver.Driver;
import muster.scheduler.driver.DriverFingerprint;
import muster.scheduler.driver.Drivers;
import muster.scheduler.driver.HandleState;
import muster.scheduler.driver.MockDriver;
import muster.scheduler.driver.TaskHandle;
import muster.scheduler.driver.TaskLaunch;
import muster.scheduler.state.NodeEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DriverWatchTest {
    /** A driver that takes long to look at, and is found unhealthy the second time. */
    private static final class SlowDriver implements Driver {
        private final CountDownLatch mayLook = new CountDownLatch(1);
        private int looks;

        @Override
        public String name() {
            return "slow";
        }

        @Override
        public DriverFingerprint fingerprint() {
            try {
                mayLook.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            boolean healthy = looks++ == 0;
            return new DriverFingerprint(true, healthy, healthy ? "Healthy" : "engine away", Map.of("driver.slow.version", "3"));
        }

        @Override
        public List<String> problems(TaskLaunch launch) {
            return List.of();
        }

        @Override
        public TaskHandle start(TaskLaunch launch) {
            throw new IllegalStateException("not started here");
        }

        @Override
        public java.util.Optional<TaskHandle> recover(TaskLaunch launch, HandleState state) {
            return java.util.Optional.empty();
        }
    }

    private record Told(DriverWatch.Found found, List<NodeEvent> events) {}

    // A slow driver holds nothing up; when it was looked at the node hears of it; when it turns unhealthy there is an event.
    @Test
    void tellsWhatBecomesOfDrivers() throws Exception {
        SlowDriver slow = new SlowDriver();
        BlockingQueue<Told> told = new LinkedBlockingQueue<>();
        try (DriverWatch watch = DriverWatch.begin(new Drivers(List.of(new MockDriver(), slow)), InstantSource.system(), java.time.Duration.ofMillis(1))) {
            DriverWatch.Found first = watch.states();
            assertThat(first.attributes()).containsExactlyEntriesOf(Map.of("driver.mock_driver", "1"));
            assertThat(first.states().get("slow").detected()).isFalse();
            watch.listen(first, (found, events) -> told.add(new Told(found, events)));
            slow.mayLook.countDown();
            Told healthy = told.take();
            assertThat(healthy.found().attributes()).containsEntry("driver.slow", "1").containsEntry("driver.slow.version", "3");
            assertThat(healthy.found().states().get("slow").attributes()).containsEntry("driver.slow", "true");
            assertThat(healthy.events()).isEmpty();
            Told away = told.take();
            assertThat(away.found().states().get("slow").healthy()).isFalse();
            assertThat(away.events()).singleElement().satisfies(event -> {
                assertThat(event.message()).isEqualTo("engine away");
                assertThat(event.subsystem()).isEqualTo("Driver");
                assertThat(event.details()).containsEntry("driver", "slow");
            });
        }
    }
}
