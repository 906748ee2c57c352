package muster.lb.middleware;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import muster.lb.exchange.Decision;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/** inFlightReq: at most so many requests of a source at once. */
final class InFlight implements Middleware {
    private final long amount;
    private final SourceCriterion criterion;
    private final Map<String, Integer> running = new ConcurrentHashMap<>();

    InFlight(Values options) {
        this.amount = options.whole("amount");
        if (amount < 0) {
            throw new IllegalArgumentException("negative value not valid for amount: " + amount);
        }
        this.criterion = SourceCriterion.of(options.section("sourceCriterion"), SourceCriterion.BY_HOST);
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        Optional<String> source = criterion.source().apply(head);
        if (source.isEmpty()) {
            return Decisions.plain(500, "could not extract source of request");
        }
        if (running.merge(source.get(), 1, Integer::sum) > amount) {
            leave(source.get());
            return Decisions.plain(429, "max connections reached: " + amount);
        }
        try {
            return new Decision.Watched(next.handle(head), ended -> leave(source.get()));
        } catch (RuntimeException e) {
            leave(source.get());
            throw e;
        }
    }

    private void leave(String source) {
        running.computeIfPresent(source, (key, count) -> count == 1 ? null : count - 1);
    }
}
