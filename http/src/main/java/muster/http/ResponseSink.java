package muster.http;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Writes from a virtual thread to a response on its event loop, one chunk at a time, each awaited. */
final class ResponseSink implements Reply.Sink {
    private final HttpServerResponse response;
    private final Context context;
    private volatile boolean closed;

    ResponseSink(HttpServerResponse response, Context context) {
        this.response = response;
        this.context = context;
        response.closeHandler(gone -> closed = true);
        response.exceptionHandler(failure -> closed = true);
        // The head goes out before the first chunk: followers of a quiet stream see at once that they are connected.
        response.writeHead();
    }

    @Override
    public void write(byte[] bytes) throws IOException, InterruptedException {
        if (bytes.length == 0) {
            return;
        }
        CompletableFuture<Void> written = new CompletableFuture<>();
        context.runOnContext(now -> {
            if (isClosed()) {
                written.completeExceptionally(new IOException("the client hung up"));
            } else {
                response.write(Buffer.buffer(bytes)).onComplete(result -> {
                    if (result.succeeded()) {
                        written.complete(null);
                    } else {
                        written.completeExceptionally(result.cause());
                    }
                });
            }
        });
        try {
            written.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public boolean isClosed() {
        return closed || response.closed();
    }
}
