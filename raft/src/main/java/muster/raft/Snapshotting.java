package muster.raft;

import java.io.IOException;
import java.util.Optional;
import org.apache.ratis.server.raftlog.RaftLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes snapshots beside what is applied, one at a time, each on a thread of its own, so that nobody's write waits for them. Any
 * thread may call; {@link #begin} and {@link #written} are for the applying one.
 */
final class Snapshotting {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshotting.class);

    private final SnapshotFiles files;
    private Optional<SnapshotFiles.Snapshot> newest = Optional.empty();
    private long written = RaftLog.INVALID_LOG_INDEX;
    private boolean underWay;
    private boolean stopped;
    private boolean ended;

    Snapshotting(SnapshotFiles files) {
        this.files = files;
    }

    /** The newest that is whole. */
    synchronized Optional<SnapshotFiles.Snapshot> newest() {
        return newest;
    }

    synchronized boolean isUnderWay() {
        return underWay;
    }

    /** The entry up to which one reaches that was written since the last call, or -1. */
    synchronized long written() {
        long entry = written;
        written = RaftLog.INVALID_LOG_INDEX;
        return entry;
    }

    /** Has a state written, unless that is stopped. Only where none is under way. */
    synchronized void begin(SnapshotFiles.Position position, Parts.Held state) {
        if (stopped || ended) {
            return;
        }
        underWay = true;
        Thread.ofPlatform().name("log-snapshot").daemon().start(() -> write(position, state));
    }

    private void write(SnapshotFiles.Position position, Parts.Held state) {
        Optional<SnapshotFiles.Snapshot> taken = Optional.empty();
        long began = System.nanoTime();
        try {
            taken = Optional.of(files.write(position, state));
            LOG.info("snapshot taken index={} file={} millis={}", position.index(), taken.get().file(), (System.nanoTime() - began) / 1_000_000);
        } catch (IOException | RuntimeException e) {
            LOG.error("snapshot failed, the log keeps growing index={}", position.index(), e);
        }
        synchronized (this) {
            if (taken.isPresent()) {
                newest = taken;
                written = position.entry();
                clean();
            }
            underWay = false;
            notifyAll();
        }
    }

    private void clean() {
        try {
            files.clean();
        } catch (IOException e) {
            LOG.warn("old snapshots not removed reason={}", e.toString());
        }
    }

    /** Waits for the one under way, and lets none begin until {@link #restart}: the folder is about to get another server's. */
    synchronized void stop() {
        stopped = true;
        awaitWritten();
    }

    /** From now on the newest is the given one. */
    synchronized void restart(Optional<SnapshotFiles.Snapshot> restored) {
        stopped = false;
        newest = restored;
        written = RaftLog.INVALID_LOG_INDEX;
    }

    /** Waits for the one under way, and lets none begin any more: the folder is about to be given back. */
    synchronized void end() {
        ended = true;
        awaitWritten();
    }

    /** As long as it takes: a disk that does not answer holds everything else up as well. */
    private void awaitWritten() {
        boolean interrupted = false;
        while (underWay) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
