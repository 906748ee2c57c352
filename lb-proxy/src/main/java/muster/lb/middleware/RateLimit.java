package muster.lb.middleware;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;
import muster.wire.GoDuration;

/**
 * rateLimit: a bucket of tokens for each source, filled at an even rate. A request that would get its token within half a token's time
 * waits for it; any other is answered with 429.
 */
final class RateLimit implements Middleware {
    private static final int MAX_SOURCES = 65_536;

    private final double perSecond;
    private final long burst;
    private final Duration longestWait;
    private final SourceCriterion criterion;
    private final Surroundings surroundings;
    /** Guarded by itself; the sources that were not seen for the longest time are forgotten first. */
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_SOURCES;
        }
    };

    /** Tokens at a moment; fewer than none when some are promised. */
    private record Bucket(double tokens, long at) {}

    RateLimit(Values options, Surroundings surroundings) {
        if (options.has("redis")) {
            throw new IllegalArgumentException("a rate limit that is shared through Redis is not supported: leave the redis options out");
        }
        Duration period = options.duration("period").orElse(Duration.ofSeconds(1));
        if (period.isNegative()) {
            throw new IllegalArgumentException("negative value not valid for period: " + GoDuration.format(period));
        }
        if (options.whole("average") < 0 || options.whole("burst") < 0) {
            throw new IllegalArgumentException("negative value not valid for average or burst");
        }
        double seconds = period.isZero() ? 1 : period.toNanos() / 1e9;
        this.perSecond = options.whole("average") / seconds;
        this.burst = Math.max(1, options.whole("burst"));
        this.longestWait = perSecond < 1 ? Duration.ofMillis(500) : Duration.ofNanos((long) (1e9 / ((long) perSecond * 2)));
        this.criterion = SourceCriterion.of(options.section("sourceCriterion"), SourceCriterion.BY_ADDRESS);
        this.surroundings = surroundings;
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        if (perSecond == 0) {
            return next.handle(head);
        }
        Optional<String> source = criterion.source().apply(head);
        if (source.isEmpty()) {
            return Decisions.plain(500, "could not extract source of request");
        }
        Duration wait = take(source.get());
        if (wait.isZero()) {
            return next.handle(head);
        }
        if (wait.compareTo(longestWait) > 0) {
            Answer answer = Decisions.refusal(429);
            answer.headers().add("Retry-After", "" + (long) Math.ceil(wait.toNanos() / 1e9)).add("X-Retry-In", GoDuration.format(wait));
            return answer;
        }
        return new Decision.Later(surroundings.after(wait).thenApply(over -> next.handle(head)));
    }

    /** How long until the source has a token for this request; takes it if that is no longer than anybody waits. */
    private Duration take(String source) {
        long now = surroundings.nanos().getAsLong();
        synchronized (buckets) {
            Bucket before = buckets.getOrDefault(source, new Bucket(burst, now));
            double tokens = Math.min(burst, before.tokens() + (now - before.at()) / 1e9 * perSecond);
            double left = tokens - 1;
            Duration wait = left >= 0 ? Duration.ZERO : Duration.ofNanos((long) (-left / perSecond * 1e9));
            buckets.put(source, new Bucket(wait.compareTo(longestWait) > 0 ? tokens : left, now));
            return wait;
        }
    }
}
