package muster.raft;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** Whether a server without peers leads for the first time: then it has applied all that its log held. Thread-safe. */
final class FirstLead {
    /** How long no entry may be applied before the wait is given up. */
    private static final long PATIENCE_SECONDS = 60;

    private final Path folder;
    private final CompletableFuture<Void> leading = new CompletableFuture<>();

    /** @param folder the log's, for errors */
    FirstLead(Path folder) {
        this.folder = folder;
    }

    void came() {
        leading.complete(null);
    }

    /** It will not come. */
    void failed(Throwable reason) {
        leading.completeExceptionally(reason);
    }

    /**
     * Returns when this server leads. Throws {@link DataFolderException} where the log can't be applied.
     *
     * @param applied the newest entry that is applied
     */
    void await(LongSupplier applied) {
        long seen = -1;
        long since = System.nanoTime();
        while (true) {
            try {
                leading.get(1, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                long now = applied.getAsLong();
                if (now != seen) {
                    seen = now;
                    since = System.nanoTime();
                } else if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                    throw new DataFolderException("the log in " + folder + " does not get beyond entry " + now + " since "
                            + PATIENCE_SECONDS + " s; look into this program's log for the engine's reason");
                }
            } catch (ExecutionException e) {
                throw new DataFolderException("the log in " + folder + " can't be applied: " + e.getCause().getMessage()
                        + "; run the version that wrote it, or put the folder back from a backup", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the log in " + folder + " was started", e);
            }
        }
    }
}
