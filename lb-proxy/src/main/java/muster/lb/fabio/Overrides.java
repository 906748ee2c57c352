package muster.lb.fabio;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.wire.Json;
import muster.wire.JsonException;
import muster.wire.Key;

/**
 * The operator's commands as {@code /api/paths} and {@code /api/manual} show and change them: texts under a key of the registry. Blocks for it.
 *
 * @param root their key ({@code registry.consul.kvpath})
 */
record Overrides(RegistryClient registry, String root) {
    /** An operator's text with the version of its key. */
    record Manual(@Key("value") String value, @Key("version") String version) {}

    /** The keys below the one of the overrides, which is the first of them. */
    Reply paths(Call call) {
        if (!call.method().equals("GET")) {
            return Reply.text(405, "not allowed\n");
        }
        List<String> names = registry.read(new Query.Keys(root, "", Query.Scope.LOCAL)).value().stream()
                .filter(key -> key.equals(root) || key.startsWith(root + "/"))
                .map(key -> key.substring(root.length()))
                .toList();
        return names.isEmpty() ? Reply.of(200, FabioApi.JSON, "null".getBytes(StandardCharsets.UTF_8)) : FabioApi.json(call, names);
    }

    /** One key's text: GET shows it, PUT replaces the version that it names. */
    Reply text(Call call, String name) {
        String key = root + (name.isEmpty() ? "" : "/" + name);
        try {
            return switch (call.method()) {
                case "GET" -> {
                    Optional<KeyValue> entry = registry.read(new Query.Key(key, Query.Scope.LOCAL)).value();
                    yield FabioApi.json(call, new Manual(entry.map(e -> e.text().strip()).orElse(""),
                            entry.map(e -> Long.toString(e.modifyIndex())).orElse("0")));
                }
                case "PUT" -> write(key, call.body());
                default -> Reply.text(405, "not allowed\n");
            };
        } catch (RegistryException e) {
            return Reply.text(500, e.getMessage() + "\n");
        }
    }

    private Reply write(String key, byte[] body) {
        Manual manual;
        long version;
        try {
            manual = Json.read(Manual.class, body, Json.Unknown.IGNORE);
            version = Long.parseUnsignedLong(manual.version() == null || manual.version().isEmpty() ? "0" : manual.version());
        } catch (JsonException e) {
            return Reply.text(400, (isCut(body) ? "unexpected EOF" : e.getMessage()) + "\n");
        } catch (NumberFormatException e) {
            return Reply.text(400, "the version is no number\n");
        }
        String value = manual.value() == null ? "" : manual.value();
        boolean isSet = registry.put(key, value.getBytes(StandardCharsets.UTF_8), 0, Optional.of(version));
        return isSet ? Reply.empty(200) : Reply.text(409, "version mismatch\n");
    }

    private static boolean isCut(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        return text.startsWith("{") && !text.endsWith("}");
    }
}
