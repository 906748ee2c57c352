package muster.scheduler.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import muster.scheduler.job.EphemeralDisk;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.MigrationPass;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The allocation that another replaces: its end is waited for, and its data is taken over where the group's disk is sticky, from this
 * node by moving it, from another, where it migrates, through the API. Data that can't be had is gone, as the original has it: the new
 * allocation starts without.
 */
final class Predecessor {
    private static final Logger LOG = LoggerFactory.getLogger(Predecessor.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final NodeContext node;
    private final Allocation allocation;
    private final AllocationFolder folder;
    private final Optional<AllocationRunner> here;

    /** @param here the predecessor, if it is of this node */
    Predecessor(NodeContext node, Allocation allocation, AllocationFolder folder, Optional<AllocationRunner> here) {
        this.node = node;
        this.allocation = allocation;
        this.folder = folder;
        this.here = here;
    }

    private EphemeralDisk disk() {
        EphemeralDisk disk = allocation.group().ephemeralDisk();
        return disk == null ? new EphemeralDisk(false, 0, false) : disk;
    }

    /** Completes, always normally, when it has ended and let go of its ports, and what has to come from another node is here. */
    CompletableFuture<Void> gone() {
        if (here.isPresent()) {
            return here.get().ended();
        }
        boolean migrates = Boolean.TRUE.equals(disk().migrate()) && !allocation.previousAllocation().isEmpty();
        CompletableFuture<Void> gone = new CompletableFuture<>();
        if (migrates) {
            Thread.ofVirtual().name("migrate-" + allocation.id()).start(() -> {
                try {
                    migrate();
                } finally {
                    gone.complete(null);
                }
            });
        } else {
            gone.complete(null);
        }
        return gone;
    }

    /** Takes over what a predecessor on this node leaves. */
    void handOver(List<String> tasks) throws IOException {
        if (here.isPresent() && Boolean.TRUE.equals(disk().sticky())) {
            folder.adopt(here.get().folder(), tasks);
        }
    }

    private void migrate() {
        String previous = allocation.previousAllocation();
        try {
            if (!awaitEnd(previous)) {
                LOG.warn("data not migrated, the previous allocation did not end alloc={} previous={}", allocation.id(), previous);
                return;
            }
            folder.create();
            OwnApi api = node.settings().api();
            node.artifacts().takeSnapshot("http://" + api.inside() + "/v1/client/allocation/" + previous + "/snapshot",
                    api.headersWith("X-Nomad-Token", MigrationPass.of(node.ground().node(), previous)), folder.root());
            LOG.info("data migrated alloc={} previous={}", allocation.id(), previous);
        } catch (IOException e) {
            LOG.warn("data not migrated alloc={} previous={} error={}", allocation.id(), previous, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The servers can't tell of an end by themselves; a second between two looks is little beside the copying. */
    private boolean awaitEnd(String previous) throws InterruptedException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < PATIENCE.toNanos()) {
            try {
                Allocation before = node.servers().allocation(previous);
                if (before == null || before.isClientTerminal()) {
                    return before != null;
                }
            } catch (ServerUnreachableException e) {
                LOG.debug("previous allocation not looked at, trying again alloc={} error={}", allocation.id(), e.getMessage());
            }
            Thread.sleep(LOOK);
        }
        return false;
    }
}
