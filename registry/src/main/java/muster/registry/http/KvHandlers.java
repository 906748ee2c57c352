package muster.registry.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Access;
import muster.registry.acl.Need;
import muster.registry.acl.Permission;
import muster.registry.acl.Resource;
import muster.registry.http.Api.Headers;
import muster.registry.query.Reads;
import muster.registry.state.Command;
import muster.registry.state.KeyOperation;
import muster.registry.state.KeyOperation.Verb;
import muster.registry.state.KeyValue;

/** The KV store. (Consul HTTP API: KV store) */
final class KvHandlers {
    private final Api api;

    KvHandlers(Api api) {
        this.api = api;
    }

    CompletionStage<Reply> get(Call call) {
        String key = call.parameter("key");
        if (call.has("keys")) {
            return api.read(call, toList(key), new Reads.KeyNames(key, call.query("separator")), Headers.PLAIN,
                    (sieve, keys) -> {
                        List<String> shown = sieve.keys(keys);
                        // The list of all keys is there even while there are none.
                        return shown.isEmpty() && !key.isEmpty() ? Reply.empty(404) : api.bodies.json(call, 200, shown);
                    });
        }
        if (call.has("recurse")) {
            return api.read(call, toList(key), new Reads.Entries(key), Headers.PLAIN, (sieve, entries) -> {
                List<KeyValue> shown = sieve.entries(entries);
                return shown.isEmpty()
                        ? Reply.empty(404)
                        : api.bodies.json(call, 200, shown.stream().map(Rows::keyValue).toList());
            });
        }
        Need need = Need.of(Access.READ, Resource.KEY, requireKey(key));
        return api.read(call, need, new Reads.Key(key), Headers.PLAIN, (sieve, entry) -> {
            if (entry.isEmpty()) {
                return Reply.empty(404);
            }
            return call.has("raw")
                    ? Reply.of(200, "text/plain", entry.get().value())
                    : api.bodies.json(call, 200, List.of(Rows.keyValue(entry.get())));
        });
    }

    /** Lists are sifted; a configuration may demand the right to list the prefix besides. */
    private Need toList(String prefix) {
        return api.registry().access().settings().keyListPolicy() ? Need.of(Access.LIST, Resource.KEY, prefix) : Need.TOKEN;
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
            api.require(call, Need.of(Access.WRITE, Resource.KEY, key));
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
        Permission permission = operation.verb() == Verb.DELETE_TREE
                ? Permission.writeUnder(operation.key())
                : Permission.of(Access.WRITE, Resource.KEY, operation.key());
        return api.decide(call, Need.of(permission), new Command.WriteKey(operation));
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
