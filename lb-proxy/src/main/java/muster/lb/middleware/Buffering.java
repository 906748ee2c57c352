package muster.lb.middleware;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * buffering: a request is read whole before it is sent on, an answer before the client gets it, both with bounds; a condition may ask for
 * another try. Bodies are kept in memory, so one without a bound of its own has {@link #MAX_BYTES}.
 */
final class Buffering implements Middleware {
    private static final long MAX_BYTES = 64L * 1024 * 1024;
    private static final int MAX_ATTEMPTS = 10;

    private final long maxRequest;
    private final long maxAnswer;
    private final Optional<Expression.Condition<Try>> again;

    /** A try that is over: its number, from 1, and how it ended. */
    private record Try(int number, int status, boolean isNetworkError) {}

    private static final Map<String, Expression.Call<Try>> CALLS = Map.of(
            "Attempts", arguments -> of("Attempts", arguments, Try::number),
            "ResponseCode", arguments -> of("ResponseCode", arguments, Try::status));

    private static java.util.function.ToDoubleFunction<Try> of(
            String name, List<Double> arguments, java.util.function.ToDoubleFunction<Try> value) {
        Expression.count(name, arguments, 0);
        return value;
    }

    Buffering(Values options) {
        this.maxRequest = bound(options, "maxRequestBodyBytes");
        this.maxAnswer = bound(options, "maxResponseBodyBytes");
        bound(options, "memRequestBodyBytes");
        bound(options, "memResponseBodyBytes");
        String expression = options.text("retryExpression");
        this.again = expression.isBlank() ? Optional.empty() : Optional.of(condition(expression));
    }

    private static long bound(Values options, String name) {
        if (options.whole(name) < 0) {
            throw new IllegalArgumentException("error creating buffering middleware: " + name + " is negative: " + options.whole(name));
        }
        return options.whole(name);
    }

    /** {@code IsNetworkError()} stands alone there; as a comparison it is one of numbers. */
    private static Expression.Condition<Try> condition(String expression) {
        Map<String, Expression.Call<Try>> calls = new java.util.HashMap<>(CALLS);
        calls.put("IsNetworkError", arguments -> of("IsNetworkError", arguments, attempt -> attempt.isNetworkError() ? 1 : 0));
        return Expression.parse(expression.replaceAll("IsNetworkError\\(\\s*\\)", "IsNetworkError() == 1"), calls);
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        return attempt(head, next, 1);
    }

    private Decision attempt(RequestHead head, Next next, int number) {
        return Decisions.map(next.handle(head), forward -> new Forward(forward.attempt(), forward.retry(),
                again.isEmpty() && maxAnswer == 0 ? forward.edit() : new Held(forward.edit(), head, next, number),
                forward.body().instead().isPresent() ? forward.body() : new RequestBody(maxRequest, again.isPresent() || forward.body().isHeld())),
                answer -> answer);
    }

    private final class Held implements ResponseEdit {
        private final ResponseEdit inner;
        private final RequestHead head;
        private final Next next;
        private final int number;

        Held(ResponseEdit inner, RequestHead head, Next next, int number) {
            this.inner = inner;
            this.head = head;
            this.next = next;
            this.number = number;
        }

        private boolean isAgain(int status, boolean isNetworkError) {
            return number < MAX_ATTEMPTS && again.isPresent() && again.get().holds(new Try(number, status, isNetworkError));
        }

        @Override
        public Optional<Decision> instead(int status, HeaderList headers) {
            return isAgain(status, status == 502 || status == 504)
                    ? Optional.of(attempt(head, next, number + 1))
                    : inner.instead(status, headers);
        }

        @Override
        public Optional<Decision> failed(Failure failure) {
            return isAgain(failure == Failure.TIMEOUT ? 504 : 502, true)
                    ? Optional.of(attempt(head, next, number + 1))
                    : inner.failed(failure);
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
        public Optional<BodyCoder> coder(int status, HeaderList headers) {
            Optional<BodyCoder> first = inner.coder(status, headers);
            if (maxAnswer == 0) {
                return first;
            }
            BodyCoder bounded = new Bounded(maxAnswer);
            return Optional.of(first.<BodyCoder>map(coder -> new CoderChain(coder, bounded)).orElse(bounded));
        }
    }

    /** Keeps an answer until it is there, as long as it is short enough. */
    private static final class Bounded implements BodyCoder {
        private final long limit;
        private final List<byte[]> pieces = new ArrayList<>();
        private long size;

        Bounded(long limit) {
            this.limit = Math.min(limit, MAX_BYTES);
        }

        @Override
        public byte[] piece(byte[] piece) {
            size += piece.length;
            if (size <= limit) {
                pieces.add(piece);
            }
            return new byte[0];
        }

        @Override
        public byte[] end() {
            byte[] all = new byte[(int) Math.min(size, limit)];
            int at = 0;
            for (byte[] piece : pieces) {
                System.arraycopy(piece, 0, all, at, piece.length);
                at += piece.length;
            }
            return all;
        }

        @Override
        public boolean isHolding() {
            return true;
        }

        @Override
        public Optional<Decision> instead() {
            return size > limit ? Optional.of(Decisions.plain(500, "Internal Server Error")) : Optional.empty();
        }
    }
}
