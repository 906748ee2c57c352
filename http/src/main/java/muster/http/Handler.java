package muster.http;

import java.util.concurrent.CompletionStage;

/**
 * Answers one kind of request. Runs on the listener's event loop and must not block it: what blocks goes to a virtual
 * thread ({@link Handlers#blocking}). What it throws, or fails with, becomes the dialect's answer to a failure.
 */
public interface Handler {
    CompletionStage<Reply> handle(Call call);
}
