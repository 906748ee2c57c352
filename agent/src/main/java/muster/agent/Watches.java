package muster.agent;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.cli.WatchHandler;
import muster.cli.WatchLoop;
import muster.cli.WatchPlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watches of the configuration, each on a virtual thread of its own, reading this agent's API. (Consul agent configuration:
 * watches) One thread at a time calls.
 */
final class Watches implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watches.class);

    private final Map<Map<String, Object>, Thread> running = new HashMap<>();
    private volatile boolean closed;

    /** What is wrong with a watch of a configuration; empty when nothing is. */
    static Optional<String> problem(Map<String, Object> tree) {
        try {
            return WatchPlan.of(tree).handler() instanceof WatchPlan.Handler.None
                    ? Optional.of("watch: Handler or args is required: an agent has nowhere to print to")
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("watch: " + e.getMessage());
        }
    }

    /** Ends those that are not in the list any more and starts those that are new; the others go on. */
    void follow(List<RegistryOptions.Definition> watches, String address) {
        List<Map<String, Object>> wanted = watches.stream().map(RegistryOptions.Definition::tree).toList();
        running.entrySet().removeIf(entry -> {
            boolean goes = !wanted.contains(entry.getKey());
            if (goes) {
                entry.getValue().interrupt();
            }
            return goes;
        });
        for (Map<String, Object> tree : wanted) {
            running.computeIfAbsent(tree, key -> start(WatchPlan.of(tree), address));
        }
    }

    private Thread start(WatchPlan plan, String address) {
        WatchLoop loop = WatchLoop.of(plan, address, "");
        return Thread.ofVirtual().name("watch " + plan.target()).start(() -> {
            try {
                loop.run(new Telling(plan), () -> !closed && !Thread.currentThread().isInterrupted());
            } catch (InterruptedException e) {
                LOG.debug("watch ended target={}", plan.target());
            }
        });
    }

    private record Telling(WatchPlan plan) implements WatchLoop.Listener {
        @Override
        public boolean seen(String index, Object data) throws InterruptedException {
            WatchHandler.tell(plan.handler(), index, data, false)
                    .ifPresent(problem -> LOG.error("watch handler failed target={} reason={}", plan.target(), problem));
            return true;
        }

        @Override
        public boolean failed(String reason, Duration pause) {
            LOG.warn("watch failed target={} retryIn={} reason={}", plan.target(), pause, reason);
            return true;
        }
    }

    @Override
    public void close() {
        closed = true;
        running.values().forEach(Thread::interrupt);
        running.clear();
    }
}
