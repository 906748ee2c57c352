package muster.raft.members;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import muster.raft.members.AskException.Reason;

/** The kinds of questions that this agent answers, and by whom; its own to itself too. Any thread may call. */
final class Questions {
    private final Map<String, RequestHandler> handlers = new ConcurrentHashMap<>();

    void answer(String kind, RequestHandler handler) {
        if (handlers.putIfAbsent(kind, handler) != null) {
            throw new IllegalArgumentException("questions of the kind " + kind + " are answered already");
        }
    }

    Optional<RequestHandler> handler(String kind) {
        return Optional.ofNullable(handlers.get(kind));
    }

    /** Asks this agent itself, on a thread of its own. Fails with {@link AskException}; cancelling the answer withdraws the question. */
    CompletableFuture<byte[]> askSelf(String name, String kind, byte[] body) {
        RequestHandler handler = handlers.get(kind);
        if (handler == null) {
            return CompletableFuture.failedFuture(new AskException(Reason.REFUSED, "questions of the kind " + kind + " are not answered here"));
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        CompletableFuture<Void> gone = new CompletableFuture<>();
        answer.whenComplete((done, failure) -> gone.complete(null));
        Thread.ofVirtual().name("member-answer").start(() -> {
            try {
                handler.answer(name, body, gone).whenComplete((done, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(new AskException(Reason.REFUSED, String.valueOf(failure.getMessage())));
                    } else {
                        answer.complete(done);
                    }
                });
            } catch (RuntimeException e) {
                answer.completeExceptionally(new AskException(Reason.REFUSED, String.valueOf(e.getMessage())));
            }
        });
        return answer;
    }
}
