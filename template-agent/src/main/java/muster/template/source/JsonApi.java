package muster.template.source;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import muster.wire.Json;
import muster.wire.JsonException;

/**
 * Single requests of JSON to one API. Any thread may call; a call blocks its thread, and interrupting that thread ends it.
 */
final class JsonApi implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final int MAX_BODY = 64 << 20;
    private static final int MAX_ERROR_TEXT = 500;

    private final String system;
    private final String url;
    private final Supplier<Map<String, String>> headers;
    private final HttpClient.Builder builder;
    /** Made by the first request; guarded by this. */
    private HttpClient client;
    private boolean isClosed;

    /**
     * Connects to nothing yet.
     *
     * @param system its name for messages
     * @param address {@code host:port}, {@code http://…} or {@code https://…}
     * @param headers sent with each request; asked for each time, since tokens change
     */
    JsonApi(String system, String address, Optional<SSLContext> tls, Supplier<Map<String, String>> headers) {
        this.system = system;
        this.url = (address.contains("://") ? address : "http://" + address).replaceAll("/+$", "");
        if (!this.url.matches("https?://[^/?#\\s]+(/[^?#\\s]*)?")) {
            throw new IllegalArgumentException(system + " address \"" + address + "\" is none; give http://host:port or https://host:port");
        }
        this.headers = headers;
        this.builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(CONNECT).executor(Executors.newVirtualThreadPerTaskExecutor());
        tls.ifPresent(builder::sslContext);
    }

    /** Reading the host's certificates takes longer than all else at a start, and most agents never ask this API. */
    private synchronized HttpClient client() throws IOException {
        if (isClosed) {
            throw new IOException("closed");
        }
        if (client == null) {
            client = builder.build();
        }
        return client;
    }

    /** An answer's JSON, empty for 404 and 204. @param index its number for blocking queries, 0 where it has none */
    record Answer(Optional<Object> json, long index) {}

    Answer get(String pathAndQuery, Duration wait) throws InterruptedException {
        return send("GET", pathAndQuery, Optional.empty(), wait);
    }

    Answer put(String path, Map<String, ?> body) throws InterruptedException {
        return put(path, Json.write(body));
    }

    Answer put(String pathAndQuery, byte[] body) throws InterruptedException {
        return send("PUT", pathAndQuery, Optional.of(body), Duration.ZERO);
    }

    private Answer send(String method, String path, Optional<byte[]> body, Duration wait) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + "/v1/" + path))
                .timeout(ANSWER.plus(wait).plus(wait.dividedBy(16)))
                .method(method, body.map(HttpRequest.BodyPublishers::ofByteArray)
                        .orElse(HttpRequest.BodyPublishers.noBody()));
        headers.get().forEach((name, value) -> {
            if (!value.isEmpty()) {
                request.header(name, value);
            }
        });
        HttpResponse<byte[]> answer;
        try {
            answer = client().send(request.build(), HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_BODY));
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new ApiException(system + " at " + url + " can't be reached: " + why, 0, e);
        }
        return decoded(method, path, answer);
    }

    private Answer decoded(String method, String path, HttpResponse<byte[]> answer) {
        long index = number(answer.headers().firstValue("X-Consul-Index").or(() -> answer.headers().firstValue("X-Nomad-Index")).orElse("0"));
        boolean empty = answer.body().length == 0;
        if (answer.statusCode() == 404 || answer.statusCode() / 100 == 2 && empty) {
            return new Answer(Optional.empty(), index);
        }
        if (answer.statusCode() / 100 != 2) {
            throw new ApiException(system + " at " + url + ": " + method + " " + path + " answered " + answer.statusCode() + ": "
                    + reason(answer.body()), answer.statusCode(), null);
        }
        try {
            return new Answer(Optional.ofNullable(Json.parse(answer.body())), index);
        } catch (JsonException e) {
            throw new ApiException(system + " at " + url + ": the answer of " + method + " " + path + " is no JSON", 0, null);
        }
    }

    /** Vault gives a list of errors, the others plain text. */
    private static String reason(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        try {
            if (Json.parse(text) instanceof Map<?, ?> map && map.get("errors") instanceof List<?> errors) {
                text = String.join("; ", errors.stream().map(String::valueOf).toList());
            }
        } catch (JsonException e) {
            // Plain text, as it stands.
        }
        return text.length() > MAX_ERROR_TEXT ? text.substring(0, MAX_ERROR_TEXT) + "…" : text;
    }

    private static long number(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        if (client != null) {
            client.shutdownNow();
        }
    }
}
