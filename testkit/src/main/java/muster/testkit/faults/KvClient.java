package muster.testkit.faults;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import muster.testkit.history.KeyModel.Input;
import muster.testkit.history.KeyModel.Output;
import muster.wire.Json;

/** Asks a server for keys and locks over HTTP, and tells apart what was refused and what nobody knows. Thread-safe. */
final class KvClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** What became of a request. */
    sealed interface Reply {
        /** @param index of the state that answered; 0 for a write */
        record Answered(Output output, long index) implements Reply {}

        /** It was certainly not done. */
        record Refused(String why) implements Reply {}

        record Unknown(String why) implements Reply {}
    }

    /** A row of the KV store as the API shows it; what else it has is passed over. */
    record Row(String key, String value, long modifyIndex) {}

    record Rows(List<Row> rows) {}

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(1)).build();

    Reply ask(URI server, Input input) {
        return switch (input) {
            case Input.Get(String key) -> get(server, key);
            case Input.Put(String key, String value) -> write(put(server, key, "", value));
            case Input.Cas(String key, String value, long index) -> write(put(server, key, "?cas=" + index, value));
            case Input.Delete(String key) -> write(request(server, "/v1/kv/" + key).DELETE().build());
        };
    }

    /** Opens a session that lives for a while by itself, and returns its id. */
    Optional<String> openSession(URI server) {
        HttpResponse<String> response = send(request(server, "/v1/session/create")
                .PUT(BodyPublishers.ofString("{\"LockDelay\":\"0s\",\"TTL\":\"60s\"}")).build());
        return response != null && response.statusCode() == 200 ? Optional.of(response.body().split("\"")[3]) : Optional.empty();
    }

    /** Whether the session has the lock now; false also where nobody knows. */
    boolean lock(URI server, String key, String session) {
        HttpResponse<String> response = send(put(server, key, "?acquire=" + session, session));
        return response != null && response.statusCode() == 200 && response.body().startsWith("true");
    }

    void unlock(URI server, String key, String session) {
        send(put(server, key, "?release=" + session, ""));
    }

    void endSession(URI server, String session) {
        send(request(server, "/v1/session/destroy/" + session).PUT(BodyPublishers.noBody()).build());
    }

    private Reply get(URI server, String key) {
        HttpResponse<String> response = send(request(server, "/v1/kv/" + key + "?consistent").build());
        if (response == null || response.statusCode() != 200 && response.statusCode() != 404) {
            return new Reply.Refused("no answer");
        }
        long index = response.headers().firstValueAsLong("X-Consul-Index").orElse(0);
        if (response.statusCode() == 404) {
            return new Reply.Answered(new Output.Value(Optional.empty(), 0), index);
        }
        Row row = Json.read(Rows.class, ("{\"Rows\":" + response.body() + "}").getBytes(StandardCharsets.UTF_8), Json.Unknown.IGNORE)
                .rows().getFirst();
        String value = new String(Base64.getDecoder().decode(row.value()), StandardCharsets.UTF_8);
        return new Reply.Answered(new Output.Value(Optional.of(value), row.modifyIndex()), index);
    }

    private Reply write(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                return new Reply.Answered(new Output.Changed(response.body().startsWith("true")), 0);
            }
            return response.body().contains("No cluster leader") ? new Reply.Refused(response.body()) : new Reply.Unknown(response.body());
        } catch (ConnectException | HttpConnectTimeoutException e) {
            return new Reply.Refused("not connected");
        } catch (IOException e) {
            return new Reply.Unknown(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reply.Unknown("interrupted");
        }
    }

    /** Null where there was no answer. */
    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private static HttpRequest put(URI server, String key, String query, String value) {
        return request(server, "/v1/kv/" + key + query).PUT(BodyPublishers.ofString(value)).build();
    }

    private static HttpRequest.Builder request(URI server, String path) {
        return HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
