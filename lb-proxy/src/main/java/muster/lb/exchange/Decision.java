package muster.lb.exchange;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import muster.lb.route.TargetUrl;

/** What is to become of a request. */
public sealed interface Decision {
    /** The proxy answers itself. */
    record Answer(int status, HeaderList headers, byte[] body) implements Decision {
        /** Without headers of its own and without a body. */
        public static Answer empty(int status) {
            return new Answer(status, new HeaderList(), new byte[0]);
        }

        /** As Go's http.Error: plain text, not to be guessed at. */
        public static Answer text(int status, String text) {
            return new Answer(status,
                    new HeaderList().add("Content-Type", "text/plain; charset=utf-8").add("X-Content-Type-Options", "nosniff"),
                    text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * The request goes to a target.
     *
     * @param retry what to try when an attempt failed before anything was answered
     * @param edit changes the answer's headers, hop-by-hop ones already gone
     */
    record Forward(Attempt attempt, Retry retry, ResponseEdit edit, RequestBody body) implements Decision {
        public Forward(Attempt attempt, Retry retry, ResponseEdit edit) {
            this(attempt, retry, edit, RequestBody.STREAMED);
        }
    }

    /**
     * It is decided elsewhere: by somebody who is asked, by a slow computation, by a target that is to come. The request waits, unread.
     *
     * @param decision completed by any thread, within a time that its maker bounds; not another Later. A failure is answered with 500
     */
    record Later(CompletionStage<Decision> decision) implements Decision {}

    /**
     * The request's body has to be read first; what is decided then sends it on.
     *
     * @param limit bytes to take at most
     * @param then gets the body, or empty when it is larger; called on the request's event loop, must not wait
     */
    record Collect(long limit, Function<Optional<byte[]>, Decision> then) implements Decision {}

    /** The decision, and somebody who wants to know how the request ended; told exactly once, on the event loop. */
    record Watched(Decision decision, Consumer<Dispatcher.Ended> ended) implements Decision {}

    /**
     * How a request's body reaches the target.
     *
     * @param maxBytes a longer one is answered with 413; 0 for no bound
     * @param isHeld it is read whole before the target is asked, and can be sent to another one after a failure
     * @param instead another method and body in place of the client's
     */
    record RequestBody(long maxBytes, boolean isHeld, Optional<Given> instead) {
        public static final RequestBody STREAMED = new RequestBody(0, false);

        public RequestBody(long maxBytes, boolean isHeld) {
            this(maxBytes, isHeld, Optional.empty());
        }

        /** A request that is the proxy's own idea. */
        public static RequestBody of(String method, byte[] body) {
            return new RequestBody(0, false, Optional.of(new Given(method, body)));
        }

        /** A method and all of a body. */
        public record Given(String method, byte[] body) {}
    }

    /**
     * A request as one target gets it.
     *
     * @param service the target belongs to
     * @param transport how the target is spoken to
     * @param uri path and query
     * @param headers complete, Host included, hop-by-hop ones gone
     * @param meter counts it
     */
    record Attempt(
            TargetUrl target, String service, Transport transport, String uri, HeaderList headers, Meter meter) {
        public Attempt(
                TargetUrl target, String service, String serverName, boolean tlsSkipVerify, String uri, HeaderList headers, Meter meter) {
            this(target, service, Transport.tls(serverName, tlsSkipVerify), uri, headers, meter);
        }
    }

    /** The next attempt, after those that failed; empty when there is no other target. */
    interface Retry {
        Optional<Attempt> after(List<Attempt> failed);

        /** Whether one more try may be made at all, of the same target too; asked once before each, and counted against a budget. */
        default boolean isAllowed() {
            return true;
        }

        /** A choice of targets as far as a budget goes. */
        static Retry within(BooleanSupplier budget, Retry retry) {
            return new Retry() {
                @Override
                public Optional<Attempt> after(List<Attempt> failed) {
                    return retry.after(failed);
                }

                @Override
                public boolean isAllowed() {
                    return budget.getAsBoolean();
                }
            };
        }

        Retry NONE = failed -> Optional.empty();
    }

    /**
     * Changes an answer before it is sent: another decision in its place, else its headers, its status, its body. Asked in this order, once
     * for each answer, on the request's event loop.
     */
    interface ResponseEdit {
        /** What to do in place of this answer; the request's body is only sent again if it was held. Empty to go on with it. */
        default Optional<Decision> instead(int status, HeaderList headers) {
            return Optional.empty();
        }

        /** Changes the headers. */
        void edit(int status, HeaderList headers);

        /** Changes the status. */
        default int status(int status) {
            return status;
        }

        /** What to do when the last attempt failed; empty leaves it to {@link Dispatcher#failed}. */
        default Optional<Decision> failed(Failure failure) {
            return Optional.empty();
        }

        /** Changes the body; the headers are the edited ones and may be edited further; a Content-Length that no longer holds is the coder's to remove. */
        default Optional<BodyCoder> coder(int status, HeaderList headers) {
            return Optional.empty();
        }

        ResponseEdit NONE = (status, headers) -> { };
    }
}
