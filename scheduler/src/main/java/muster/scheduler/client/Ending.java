package muster.scheduler.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The end of an allocation's tasks: it waits for delays and processes, and so has a thread of its own. */
final class Ending {
    private Ending() {}

    /**
     * What is done, in this order.
     *
     * @param leave takes the group's services out
     * @param delay the group's, kept if any of the tasks runs
     * @param waves tasks that are ended together, wave after wave
     * @param hurried whether the delays are left out, the tasks' own too
     * @param rest ended last: where nothing was set up, there is nothing to clean up after
     */
    record Order(Runnable leave, Duration delay, List<List<TaskRunner>> waves, boolean hurried, List<TaskRunner> rest) {}

    /** Begins; {@code done} is run when all of these are dead. */
    static void begin(String allocation, Order order, Runnable done) {
        Thread.ofVirtual().name("stop-" + allocation).start(() -> {
            try {
                run(order);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                done.run();
            }
        });
    }

    private static void run(Order order) throws InterruptedException {
        order.leave().run();
        if (!order.hurried() && order.waves().stream().flatMap(List::stream).anyMatch(task -> task.handle().isPresent())) {
            Thread.sleep(order.delay());
        }
        for (List<TaskRunner> wave : order.waves()) {
            kill(wave, order.hurried());
        }
        kill(order.rest(), order.hurried());
    }

    private static void kill(List<TaskRunner> tasks, boolean hurried) {
        List<CompletableFuture<Void>> dead = new ArrayList<>();
        tasks.forEach(task -> dead.add(task.kill(hurried)));
        dead.forEach(CompletableFuture::join);
    }
}
