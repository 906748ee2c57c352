package muster.http;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Handlers out of plain functions. */
public final class Handlers {
    private Handlers() {}

    /** For a function that computes its reply at once, without waiting for anything. */
    public static Handler direct(Function<Call, Reply> function) {
        return call -> CompletableFuture.completedFuture(function.apply(call));
    }

    /** For a function that waits: it runs on a virtual thread of its own. */
    public static Handler blocking(Function<Call, Reply> function) {
        return call -> onVirtualThread(() -> function.apply(call));
    }

    private static CompletableFuture<Reply> onVirtualThread(Callable<Reply> work) {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        Thread.ofVirtual().name("http-blocking").start(() -> {
            try {
                reply.complete(work.call());
            } catch (Exception | LinkageError e) {
                reply.completeExceptionally(e);
            }
        });
        return reply;
    }
}
