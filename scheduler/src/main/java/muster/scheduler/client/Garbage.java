package muster.scheduler.client;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what ended allocations left behind, the oldest first, for as long as the node has too little room or too many of them.
 * (Nomad docs: agent configuration, {@code gc_interval} and what follows) Any thread may call; one works at a time.
 */
final class Garbage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Garbage.class);

    interface Disk {
        DiskUse use() throws IOException;
    }

    private final ClientSettings.Collecting rules;
    private final Disk disk;
    private final Supplier<Collection<AllocationRunner>> allocations;
    private final BiConsumer<AllocationRunner, String> remove;
    private final Thread loop;

    /**
     * @param allocations all that the node keeps, also those that run
     * @param remove is told why
     */
    Garbage(ClientSettings.Collecting rules, Disk disk, Supplier<Collection<AllocationRunner>> allocations,
            BiConsumer<AllocationRunner, String> remove) {
        this.rules = rules;
        this.disk = disk;
        this.allocations = allocations;
        this.remove = remove;
        this.loop = Thread.ofVirtual().name("client-gc").unstarted(this::run);
    }

    /** Looks every interval from now on. */
    void begin() {
        loop.start();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(rules.interval());
                collect();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why something has to go; empty when nothing has to. Pure. */
    static Optional<String> reason(ClientSettings.Collecting rules, int kept, DiskUse use) {
        if (use.percent() > rules.diskPercent()) {
            return Optional.of(String.format("disk usage of %.0f is over gc threshold of %d", use.percent(), rules.diskPercent()));
        }
        if (use.inodePercent() > rules.inodePercent()) {
            return Optional.of(String.format("inode usage of %.0f is over gc threshold of %d", use.inodePercent(), rules.inodePercent()));
        }
        return kept > rules.maxAllocations()
                ? Optional.of("number of allocations (" + kept + ") is over the limit (" + rules.maxAllocations() + ")")
                : Optional.empty();
    }

    /** Removes until there is no reason any more, or nothing that may go. */
    synchronized void collect() {
        try {
            List<AllocationRunner> kept = allocations.get().stream().filter(runner -> Files.exists(runner.folder().root())).toList();
            int count = kept.size();
            for (AllocationRunner runner : ended(kept)) {
                Optional<String> reason = reason(rules, count, disk.use());
                if (reason.isEmpty()) {
                    return;
                }
                LOG.info("ended allocation collected alloc={} reason={}", runner.allocation().id(), reason.get());
                remove.accept(runner, reason.get());
                count--;
            }
        } catch (IOException e) {
            LOG.warn("ended allocations not collected error={}", e.toString());
        }
    }

    /** Removes all that have ended. */
    synchronized void collectAll(String why) {
        ended(allocations.get()).forEach(runner -> remove.accept(runner, why));
    }

    private static List<AllocationRunner> ended(Collection<AllocationRunner> runners) {
        return runners.stream().filter(runner -> runner.isEnded() && Files.exists(runner.folder().root()))
                .sorted(Comparator.comparingLong((AllocationRunner runner) -> runner.allocation().modifyTime())).toList();
    }

    @Override
    public void close() {
        loop.interrupt();
    }
}
