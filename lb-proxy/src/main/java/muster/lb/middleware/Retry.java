package muster.lb.middleware;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Decision.RequestBody;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/**
 * retry: more tries when a server can't be reached, with a growing pause between them, and for chosen statuses. What may have reached a
 * server is sent again only if its method is idempotent (RFC 9110, section 9.2.2) or the options say so.
 */
final class Retry implements Middleware {
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");
    private static final double GROWTH = 1.5;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final long attempts;
    private final Duration initialInterval;
    private final Duration timeout;
    private final long maxBody;
    private final StatusRanges statuses;
    private final boolean isForNetworkErrors;
    private final boolean isForAllMethods;
    private final Surroundings surroundings;

    Retry(Values options, Surroundings surroundings) {
        this.attempts = options.whole("attempts");
        if (attempts <= 0) {
            throw new IllegalArgumentException("incorrect (or empty) value for attempt (" + attempts + ")");
        }
        this.initialInterval = options.duration("initialInterval").orElse(Duration.ZERO);
        this.timeout = options.duration("timeout").orElse(Duration.ZERO);
        this.statuses = StatusRanges.of(options.texts("status"));
        this.maxBody = options.whole("maxRequestBodyBytes", statuses.isEmpty() ? 0 : 2 * 1024 * 1024);
        this.isForNetworkErrors = !options.flag("disableRetryOnNetworkError");
        this.isForAllMethods = options.flag("retryNonIdempotentMethod");
        this.surroundings = surroundings;
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        return attempt(head, next, 1, surroundings.nanos().getAsLong());
    }

    private Decision attempt(RequestHead head, Next next, int number, long begun) {
        return Decisions.map(next.handle(head),
                forward -> new Forward(forward.attempt(), forward.retry(), new Trying(forward.edit(), head, next, number, begun), held(forward.body())),
                answer -> answer);
    }

    /** A body has to be held where it may be sent again after it reached a server. */
    private RequestBody held(RequestBody wanted) {
        return statuses.isEmpty() || wanted.instead().isPresent() ? wanted : new RequestBody(Math.max(maxBody, 0), true);
    }

    private Decision again(RequestHead head, Next next, int number, long begun) {
        double millis = initialInterval.toMillis() * Math.pow(GROWTH, number - 1.0) * (0.5 + surroundings.random().nextDouble());
        Duration pause = Duration.ofMillis((long) Math.min(millis, LONGEST_PAUSE.toMillis()));
        return pause.isZero()
                ? attempt(head, next, number + 1, begun)
                : new Decision.Later(surroundings.after(pause).thenApply(over -> attempt(head, next, number + 1, begun)));
    }

    /** Lets what stands inside do its part, but has the first word about failures and statuses. */
    private final class Trying implements ResponseEdit {
        private final ResponseEdit inner;
        private final RequestHead head;
        private final Next next;
        private final int number;
        private final long begun;

        Trying(ResponseEdit inner, RequestHead head, Next next, int number, long begun) {
            this.inner = inner;
            this.head = head;
            this.next = next;
            this.number = number;
            this.begun = begun;
        }

        private boolean isLeft() {
            return number < attempts
                    && (timeout.isZero() || surroundings.nanos().getAsLong() - begun < timeout.toNanos());
        }

        private boolean isRepeatable() {
            return isForAllMethods || IDEMPOTENT.contains(head.method());
        }

        @Override
        public Optional<Decision> instead(int status, HeaderList headers) {
            return isLeft() && isRepeatable() && statuses.contains(status)
                    ? Optional.of(again(head, next, number, begun))
                    : inner.instead(status, headers);
        }

        @Override
        public void edit(int status, HeaderList headers) {
            inner.edit(status, headers);
        }

        @Override
        public int status(int status) {
            return inner.status(status);
        }

        @Override
        public Optional<Decision> failed(Failure failure) {
            boolean isUnsent = failure == Failure.UNREACHABLE;
            boolean hasBody = head.headers().has("Content-Length") || head.headers().has("Transfer-Encoding");
            boolean mayReach = failure == Failure.CLOSED && isRepeatable() && (!hasBody || !statuses.isEmpty());
            return isForNetworkErrors && isLeft() && (isUnsent || mayReach)
                    ? Optional.of(again(head, next, number, begun))
                    : inner.failed(failure);
        }

        @Override
        public Optional<BodyCoder> coder(int status, HeaderList headers) {
            return inner.coder(status, headers);
        }
    }

    /** Codes and ranges of codes, {@code 500-599,404}. */
    record StatusRanges(List<int[]> ranges) {
        static StatusRanges of(List<String> texts) {
            return new StatusRanges(texts.stream().map(text -> {
                if (!text.matches("[0-9]{3}(-[0-9]{3})?")) {
                    throw new IllegalArgumentException("\"" + text + "\" is no status: 503 or 500-599 is right");
                }
                int from = Integer.parseInt(text.substring(0, 3));
                return new int[] {from, text.length() == 3 ? from : Integer.parseInt(text.substring(4))};
            }).toList());
        }

        boolean isEmpty() {
            return ranges.isEmpty();
        }

        boolean contains(int status) {
            return ranges.stream().anyMatch(range -> status >= range[0] && status <= range[1]);
        }
    }
}
