package muster.checks;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Locale;
import muster.registry.client.HealthCheck.Status;
import muster.wire.GoQuote;

/** Sends a request and judges its status. Follows up to ten redirects, as the original's client does. */
final class HttpRunner implements Runner {
    private static final int MAX_REDIRECTS = 10;

    private final CheckDefinition.Http definition;
    private final int outputLimit;

    HttpRunner(CheckDefinition.Http definition, int outputLimit) {
        this.definition = definition;
        this.outputLimit = outputLimit;
    }

    @Override
    public Outcome run() throws InterruptedException {
        String method = definition.method().isEmpty() ? "GET" : definition.method();
        Deadline deadline = Deadline.in(definition.when().timeout());
        String url = definition.url();
        String body = definition.body();
        try {
            for (int hop = 0; ; hop++) {
                HttpExchange.Answer answer = exchange(method, url, body, deadline);
                boolean follow = answer.isRedirect() && !definition.disableRedirects();
                if (!follow) {
                    return judge(answer);
                }
                if (hop == MAX_REDIRECTS) {
                    throw new IOException("stopped after " + MAX_REDIRECTS + " redirects");
                }
                url = address(url).resolve(answer.location()).toString();
                if (answer.status() < 307 && !method.equals("HEAD")) {
                    method = "GET";
                    body = "";
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return Outcome.critical(word(method) + " " + GoQuote.quote(url) + ": " + reason(e));
        }
    }

    private HttpExchange.Answer exchange(String method, String url, String body, Deadline deadline)
            throws IOException, InterruptedException {
        return new HttpExchange(definition.header(), definition.tlsSkipVerify(), outputLimit)
                .send(method, address(url), body, deadline);
    }

    /** Addresses of version 4 may stand in brackets, as Fabio registers itself. */
    static URI address(String url) {
        return URI.create(url.replaceFirst("^(https?://)\\[([0-9.]+)\\]", "$1$2"));
    }

    private Outcome judge(HttpExchange.Answer answer) {
        String method = definition.method().isEmpty() ? "GET" : definition.method();
        String output = "HTTP " + method + " " + definition.url() + ": " + answer.statusText() + " Output: " + answer.body();
        int status = answer.status();
        return new Outcome(status / 100 == 2 ? Status.PASSING : status == 429 ? Status.WARNING : Status.CRITICAL, output, status);
    }

    private static String reason(Exception e) {
        return switch (e) {
            case SocketTimeoutException late -> "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
            case IOException io when "EOF".equals(io.getMessage()) -> "EOF";
            case IOException io -> Connection.explain(io);
            default -> String.valueOf(e.getMessage());
        };
    }

    private static String word(String method) {
        return method.substring(0, 1).toUpperCase(Locale.ROOT) + method.substring(1).toLowerCase(Locale.ROOT);
    }
}
