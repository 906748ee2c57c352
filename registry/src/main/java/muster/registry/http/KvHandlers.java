package muster.registry.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.http.Api.Headers;
import muster.registry.query.Reads;
import muster.registry.state.Command;
import muster.registry.state.KeyOperation;
import muster.registry.state.KeyOperation.Verb;

/** The KV store. (Consul HTTP API: KV store) */
final class KvHandlers {
    private final Api api;

    KvHandlers(Api api) {
        this.api = api;
    }

    CompletionStage<Reply> get(Call call) {
        String key = call.parameter("key");
        if (call.has("keys")) {
            return api.read(call, new Reads.KeyNames(key, call.query("separator")), Headers.PLAIN,
                    keys -> keys.isEmpty() ? Reply.empty(404) : api.bodies.json(call, 200, keys));
        }
        if (call.has("recurse")) {
            return api.read(call, new Reads.Entries(key), Headers.PLAIN, entries -> entries.isEmpty()
                    ? Reply.empty(404)
                    : api.bodies.json(call, 200, entries.stream().map(Rows::keyValue).toList()));
        }
        requireKey(key);
        return api.read(call, new Reads.Key(key), Headers.PLAIN, entry -> {
            if (entry.isEmpty()) {
                return Reply.empty(404);
            }
            return call.has("raw")
                    ? Reply.of(200, "text/plain", entry.get().value())
                    : api.bodies.json(call, 200, List.of(Rows.keyValue(entry.get())));
        });
    }

    CompletionStage<Reply> put(Call call) {
        api.requireDatacenter(call);
        String key = requireKey(call.parameter("key"));
        refuseTogether(call, "acquire", "release", "cas");
        long flags = call.has("flags") ? Numbers.unsigned(call.query("flags")) : 0;
        if (call.has("cas")) {
            return write(call, KeyOperation.compareAndSet(key, call.body(), flags, Numbers.unsigned(call.query("cas"))));
        }
        if (call.has("acquire")) {
            String session = session(call.query("acquire"));
            return api.registry().isLockDelayed(key)
                    ? Api.now(api.bodies.json(call, 200, false))
                    : write(call, new KeyOperation(Verb.LOCK, key, call.body(), flags, 0, session));
        }
        if (call.has("release")) {
            return write(call, new KeyOperation(Verb.UNLOCK, key, call.body(), flags, 0, call.query("release")));
        }
        return write(call, KeyOperation.set(key, call.body(), flags));
    }

    CompletionStage<Reply> delete(Call call) {
        api.requireDatacenter(call);
        refuseTogether(call, "recurse", "cas");
        String key = call.parameter("key");
        if (call.has("recurse")) {
            return write(call, KeyOperation.deleteTree(key));
        }
        requireKey(key);
        return write(call, call.has("cas")
                ? new KeyOperation(Verb.DELETE_CAS, key, null, 0, Numbers.unsigned(call.query("cas")), "")
                : KeyOperation.delete(key));
    }

    private CompletionStage<Reply> write(Call call, KeyOperation operation) {
        return api.decide(call, new Command.WriteKey(operation));
    }

    private static String requireKey(String key) {
        if (key.isEmpty()) {
            throw ApiException.badRequest("Missing key name");
        }
        return key;
    }

    /** Fails with 500 as Consul does for what can't be a session's id. */
    static String session(String id) {
        if (id.isEmpty()) {
            throw ApiException.refused("missing session");
        }
        return SessionHandlers.requireUuid(id);
    }

    private static void refuseTogether(Call call, String... names) {
        long given = List.of(names).stream().filter(call::has).count();
        if (given < 2) {
            return;
        }
        List<String> parameters = new ArrayList<>();
        new TreeMap<>(call.query()).forEach((name, values) -> values.forEach(
                value -> parameters.add(encode(name) + "=" + encode(value))));
        throw ApiException.badRequest("Conflicting flags: " + String.join("&", parameters));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
