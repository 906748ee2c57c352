package muster.registry.client.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryException;
import muster.wire.JsonException;

/**
 * Single requests to the agent. Any thread may call; a call blocks its thread, and interrupting that thread ends the
 * request at once.
 */
final class Exchange implements AutoCloseable {
    /** More than any sane answer; keeps a server gone wild from filling the memory. */
    private static final int MAX_BODY = 64 << 20;
    private static final int MAX_ERROR_TEXT = 500;

    private final HttpRegistrySettings settings;
    private final String url;
    private final HttpClient client;

    Exchange(HttpRegistrySettings settings) {
        this.settings = settings;
        this.url = AgentAddress.parse(settings.address()).url();
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .executor(Executors.newVirtualThreadPerTaskExecutor());
        settings.tls().ifPresent(builder::sslContext);
        this.client = builder.build();
    }

    /** An answer, and whether the server can be asked to wait for the next one. */
    record Fetched<T>(Reading<T> reading, boolean blocks) {}

    /**
     * Reads; with an index other than 0 waits for an answer beyond it, at most for the wait.
     *
     * @param memory of the answers before, of the same query
     */
    <T> Fetched<T> read(Query<T> query, long index, ListMemory memory) throws InterruptedException {
        String path = QueryPath.of(query, settings.datacenter(), index, settings.waitTime());
        // The server adds up to a sixteenth of the wait by chance.
        Duration timeout = index == 0
                ? settings.requestTimeout()
                : settings.requestTimeout().plus(settings.waitTime()).plus(settings.waitTime().dividedBy(16));
        HttpResponse<byte[]> answer = send("GET", path, HttpRequest.newBuilder().GET(), timeout);
        long found = index(answer);
        T value = answer.statusCode() == 404 ? Answers.ofNotFound(query, found).orElseThrow(() -> refusal("GET", path, answer))
                : decode(path, good("GET", path, answer), body -> Answers.of(query, body, found, memory));
        Reading<T> reading = new Reading<>(value, found, !header(answer, "X-Consul-KnownLeader").equals("false"),
                Duration.ofMillis(number(header(answer, "X-Consul-LastContact"))));
        return new Fetched<>(reading, QueryPath.blocks(query) && !header(answer, "X-Consul-Index").isEmpty());
    }

    /** Reads an endpoint that is no query. */
    <T> T get(String path, Function<byte[], T> decoder) throws InterruptedException {
        HttpResponse<byte[]> answer = send("GET", path, HttpRequest.newBuilder().GET(), settings.requestTimeout());
        return decode(path, good("GET", path, answer), decoder);
    }

    /** Writes, and throws unless the answer is good. */
    void put(String path, byte[] body) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder().PUT(BodyPublishers.ofByteArray(body));
        good("PUT", path, send("PUT", path, request, settings.requestTimeout()));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpResponse<byte[]> send(String method, String path, HttpRequest.Builder request, Duration timeout)
            throws InterruptedException {
        if (!settings.token().isEmpty()) {
            request.header("X-Consul-Token", settings.token());
        }
        settings.headers().forEach(request::header);
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(
                request.uri(URI.create(url + path)).timeout(timeout).build(),
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BODY));
        try {
            // The request's own time-out ends with the head of the answer; this one covers the body too.
            return answer.get(timeout.plus(settings.requestTimeout()).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw unreachable(method, path, e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw unreachable(method, path, e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        }
    }

    private RegistryException unreachable(String method, String path, Throwable cause) {
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        if (!(cause instanceof IOException) && !(cause instanceof TimeoutException)) {
            return new RegistryException(method + " " + url + path + " failed: " + why, 0, cause);
        }
        return new RegistryException("registry at " + url + " can't be reached: " + method + " " + path + ": " + why, 0, cause);
    }

    private byte[] good(String method, String path, HttpResponse<byte[]> answer) {
        if (answer.statusCode() != 200) {
            throw refusal(method, path, answer);
        }
        return answer.body();
    }

    private RegistryException refusal(String method, String path, HttpResponse<byte[]> answer) {
        String text = new String(answer.body(), StandardCharsets.UTF_8).strip();
        String shown = text.length() > MAX_ERROR_TEXT ? text.substring(0, MAX_ERROR_TEXT) + "…" : text;
        return new RegistryException(
                method + " " + url + path + " answered " + answer.statusCode() + ": " + shown, answer.statusCode(), null);
    }

    private <T> T decode(String path, byte[] body, Function<byte[], T> decoder) {
        try {
            return decoder.apply(body);
        } catch (JsonException | IllegalArgumentException e) {
            throw new RegistryException("the answer of GET " + url + path + " can't be read: " + e.getMessage(), 0, e);
        }
    }

    /** 0 is no index to wait for, so a server that says so, or nothing, is understood as saying 1. */
    private static long index(HttpResponse<?> answer) {
        return Math.max(1, number(header(answer, "X-Consul-Index")));
    }

    private static String header(HttpResponse<?> answer, String name) {
        Optional<String> value = answer.headers().firstValue(name);
        return value.orElse("");
    }

    private static long number(String text) {
        try {
            return text.isEmpty() ? 0 : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
