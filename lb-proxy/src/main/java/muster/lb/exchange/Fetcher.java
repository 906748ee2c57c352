package muster.lb.exchange;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import muster.lb.route.TargetUrl;

/** Sends requests of the proxy's own: health checks, questions to an auth server, copies to a mirror. Any thread. */
public interface Fetcher {
    /**
     * A request whose answer is read whole.
     *
     * @param target whose address is called
     * @param transport how it is spoken to
     * @param uri path and query
     * @param headers complete, Host included
     * @param timeout for everything together
     * @param maxBytes of the answer's body; a longer one is a failure
     */
    record Request(
            String method, TargetUrl target, Transport transport, String uri, HeaderList headers, byte[] body,
            Duration timeout, int maxBytes) {}

    /** An answer with all of its body. */
    record Fetched(int status, HeaderList headers, byte[] body) {}

    /** Sends it; redirects are not followed. The stage fails with an {@link java.io.IOException} that says why there is no answer. */
    CompletionStage<Fetched> fetch(Request request);
}
