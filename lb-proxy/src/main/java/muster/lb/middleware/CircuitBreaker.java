package muster.lb.middleware;

import java.time.Duration;
import java.util.Map;
import muster.lb.exchange.Decision;
import muster.lb.exchange.RequestHead;
import muster.lb.exchange.StatusText;
import muster.lb.tree.Values;

/**
 * circuitBreaker. Closed, it counts answers and looks at its expression every check period. Open, it answers by itself until the fallback
 * time is over. Recovering, it lets a growing part of the requests through, and opens again if the expression holds.
 */
final class CircuitBreaker implements Middleware {
    private final Expression.Condition<Counted> condition;
    private final long checkPeriod;
    private final long fallback;
    private final long recovery;
    private final int status;
    private final Surroundings surroundings;
    private final AnswerCounts counts = new AnswerCounts();
    private State state = State.CLOSED;
    private long since;
    private long checkedAt;
    private long allowed;
    private long denied;

    private enum State {
        CLOSED, OPEN, RECOVERING
    }

    /** The counts at a moment. */
    private record Counted(AnswerCounts counts, long now) {}

    private static final Map<String, Expression.Call<Counted>> CALLS = Map.of(
            "NetworkErrorRatio", arguments -> {
                Expression.count("NetworkErrorRatio", arguments, 0);
                return counted -> counted.counts().networkErrorRatio(counted.now());
            },
            "ResponseCodeRatio", arguments -> {
                Expression.count("ResponseCodeRatio", arguments, 4);
                int[] codes = arguments.stream().mapToInt(Double::intValue).toArray();
                return counted -> counted.counts().ratio(codes[0], codes[1], codes[2], codes[3], counted.now());
            },
            "LatencyAtQuantileMS", arguments -> {
                Expression.count("LatencyAtQuantileMS", arguments, 1);
                double percent = arguments.getFirst();
                return counted -> counted.counts().latencyMillis(percent, counted.now());
            });

    CircuitBreaker(Values options, Surroundings surroundings) {
        this.condition = condition(options.text("expression"));
        this.checkPeriod = options.duration("checkPeriod").orElse(Duration.ofMillis(100)).toNanos();
        this.fallback = options.duration("fallbackDuration").orElse(Duration.ofSeconds(10)).toNanos();
        this.recovery = options.duration("recoveryDuration").orElse(Duration.ofSeconds(10)).toNanos();
        this.status = (int) options.whole("responseCode", 503);
        if (StatusText.of(status).isEmpty()) {
            throw new IllegalArgumentException("invalid HTTP status code " + status);
        }
        this.surroundings = surroundings;
        this.checkedAt = surroundings.nanos().getAsLong();
    }

    private static Expression.Condition<Counted> condition(String expression) {
        try {
            return Expression.parse(expression, CALLS);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("error parsing expression \"" + expression + "\": " + e.getMessage(), e);
        }
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        long begun = surroundings.nanos().getAsLong();
        if (!passes(begun)) {
            return Decisions.plain(status, StatusText.of(status));
        }
        return Decisions.edited(next.handle(head), (answered, headers) -> answered(answered, begun));
    }

    private synchronized boolean passes(long now) {
        if (state == State.OPEN && now - since >= fallback) {
            state = State.RECOVERING;
            since = now;
            checkedAt = now;
            allowed = 0;
            denied = 0;
        }
        if (state == State.RECOVERING && now - since >= recovery) {
            state = State.CLOSED;
        }
        if (state != State.RECOVERING) {
            return state == State.CLOSED;
        }
        double target = 0.5 * (now - since) / Math.max(1, recovery);
        boolean isAllowed = (double) (allowed + 1) / (allowed + denied + 1) <= target;
        allowed += isAllowed ? 1 : 0;
        denied += isAllowed ? 0 : 1;
        return isAllowed;
    }

    private synchronized void answered(int answer, long begun) {
        long now = surroundings.nanos().getAsLong();
        counts.add(answer, now - begun, now);
        if (state != State.OPEN && now - checkedAt >= checkPeriod) {
            checkedAt = now;
            if (condition.holds(new Counted(counts, now))) {
                state = State.OPEN;
                since = now;
                counts.clear();
            }
        }
    }
}
