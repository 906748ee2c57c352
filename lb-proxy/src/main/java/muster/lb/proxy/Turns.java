package muster.lb.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is decided of one request, turn by turn, until it is an answer or a target: decisions that come later are waited for, bodies that are
 * asked for are read, those who want to know the end are kept. Decisions that never end are ended. Owned by the request's event loop.
 */
final class Turns {
    private static final Logger log = LoggerFactory.getLogger(Turns.class);
    private static final int MOST = 20;

    /** What decisions come to. */
    interface Outcome {
        /** Whether nobody waits for a decision any more. */
        boolean isOver();

        void respond(Answer answer);

        void forward(Forward forward);

        /** The request's body is needed first, at most so many bytes of it; {@code then} gets it, or nothing when it is larger. */
        void collect(long limit, Consumer<Optional<byte[]>> then);
    }

    private final Loop loop;
    private final RequestHead head;
    private final Outcome outcome;
    private List<Consumer<Dispatcher.Ended>> watchers = List.of();
    private int taken;

    Turns(Loop loop, RequestHead head, Outcome outcome) {
        this.loop = loop;
        this.head = head;
        this.outcome = outcome;
    }

    /** The next turn, unless nobody waits for it any more; one that fails is an internal error. */
    void take(Supplier<Decision> next) {
        if (outcome.isOver()) {
            return;
        }
        Decision decision;
        try {
            decision = next.get();
        } catch (RuntimeException e) {
            log.error("request not decided method={} host={}", head.method(), head.host(), e);
            decision = Answer.empty(500);
        }
        act(decision);
    }

    /** Does what was decided. */
    void act(Decision decision) {
        if (++taken > MOST) {
            log.error("request goes in circles method={} host={} uri={}", head.method(), head.host(), head.uri());
            outcome.respond(Answer.empty(500));
            return;
        }
        switch (decision) {
            case Answer answer -> outcome.respond(answer);
            case Forward forward -> outcome.forward(forward);
            case Decision.Later later -> later.decision().whenComplete((made, failure) -> loop.executor.execute(() -> take(() -> {
                if (failure != null) {
                    throw new IllegalStateException("a decision failed", failure);
                }
                return made;
            })));
            case Decision.Collect collect -> outcome.collect(collect.limit(), body -> take(() -> collect.then().apply(body)));
            case Decision.Watched watched -> {
                watchers = watchers.isEmpty() ? new ArrayList<>(1) : watchers;
                watchers.add(watched.ended());
                act(watched.decision());
            }
        }
    }

    /** Tells those who wanted to know. */
    void ended(Dispatcher.Ended ended) {
        watchers.forEach(watcher -> watcher.accept(ended));
    }
}
