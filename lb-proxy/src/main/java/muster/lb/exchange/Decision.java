package muster.lb.exchange;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
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
    record Forward(Attempt attempt, Retry retry, ResponseEdit edit) implements Decision {}

    /**
     * A request as one target gets it.
     *
     * @param service the target belongs to
     * @param serverName the TLS server name to send and to verify, "" for the target's address
     * @param uri path and query
     * @param headers complete, Host included, hop-by-hop ones gone
     * @param meter counts it
     */
    record Attempt(
            TargetUrl target, String service, String serverName, boolean tlsSkipVerify, String uri, HeaderList headers, Meter meter) {}

    /** The next attempt, after those that failed; empty when there is no other target. */
    interface Retry {
        Optional<Attempt> after(List<Attempt> failed);

        Retry NONE = failed -> Optional.empty();
    }

    /** Changes an answer's headers before they are sent. */
    interface ResponseEdit {
        void edit(int status, HeaderList headers);

        ResponseEdit NONE = (status, headers) -> { };
    }
}
