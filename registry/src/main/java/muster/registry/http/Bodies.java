package muster.registry.http;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import muster.http.Call;
import muster.http.Reply;
import muster.wire.Json;
import muster.wire.JsonException;

/** JSON in and out, as Consul's endpoints treat it. */
public final class Bodies {
    private final boolean alwaysPretty;

    /** @param alwaysPretty whether every answer is indented, as a {@code -dev} agent's are */
    public Bodies(boolean alwaysPretty) {
        this.alwaysPretty = alwaysPretty;
    }

    /** A JSON answer: compact, or indented with a newline at its end where the request or the agent wants that. */
    public Reply.Full json(Call call, int status, Object value) {
        boolean pretty = alwaysPretty || call.has("pretty");
        byte[] json = Json.write(value, pretty);
        if (pretty) {
            json = Arrays.copyOf(json, json.length + 1);
            json[json.length - 1] = '\n';
        }
        return Reply.of(status, "application/json", json);
    }

    /** Reads the body as a record; fields in any letter case, unknown ones refused. Fails with 400 as Consul words it. */
    public static <T> T read(Call call, Class<T> type) {
        return read(call.body(), type, Json.Unknown.REFUSE);
    }

    /** Reads a record; fields in any letter case. Fails with 400 as Consul words it. */
    public static <T> T read(byte[] body, Class<T> type, Json.Unknown unknown) {
        try {
            T value = Json.read(type, body, unknown);
            return value == null ? Json.read(type, new byte[] {'{', '}'}, unknown) : value;
        } catch (JsonException e) {
            throw ApiException.badRequest("Request decode failed: " + reason(e));
        }
    }

    /** Go's words for text that ends too early. */
    static String reason(JsonException e) {
        return e.getMessage().startsWith("Unexpected end-of-input") ? "unexpected EOF" : e.getMessage();
    }

    /** A map that keeps its order, of keys and values in turn. */
    static Map<String, Object> object(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
