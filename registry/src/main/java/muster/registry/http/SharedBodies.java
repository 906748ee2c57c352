package muster.registry.http;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.query.Answer;
import muster.registry.query.StateQuery;

/**
 * Bodies of answers that many get: encoded once, and packed once, for as long as the registry gives the same answer. Any thread
 * may call.
 */
final class SharedBodies {
    static final int MOST = 4_096;
    static final long MOST_BYTES = 64L << 20;

    /** What a request says about when and for whom, not about what. */
    private static final Set<String> ASIDE =
            Set.of("index", "wait", "stale", "consistent", "max_stale", "cached", "token", "dc", "max-age");
    /** These make a body depend on more than its query. */
    private static final List<String> OWN = List.of("near", "node-meta");

    private record Key(StateQuery<?> query, String path, Map<String, List<String>> parameters) {}

    private record Shared(Answer<?> answer, Reply.Full body) {}

    private final ConcurrentHashMap<Key, Shared> bodies = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /** The body for a request that is answered with all of the answer; made where it is not there. */
    Reply.Full of(Call call, StateQuery<?> query, Answer<?> answer, Supplier<Reply.Full> encode) {
        if (OWN.stream().anyMatch(call::has)) {
            return encode.get();
        }
        Key key = new Key(query, call.path(), parameters(call));
        Shared known = bodies.get(key);
        if (known != null && known.answer == answer) {
            return known.body;
        }
        Reply.Full body = encode.get();
        Shared before = bodies.put(key, new Shared(answer, body));
        bytes.addAndGet(body.body().length - (before == null ? 0 : before.body.body().length));
        if (bodies.size() > MOST || bytes.get() > MOST_BYTES) {
            makeRoom();
        }
        return body;
    }

    int size() {
        return bodies.size();
    }

    private static Map<String, List<String>> parameters(Call call) {
        if (call.query().isEmpty()) {
            return Map.of();
        }
        Map<String, List<String>> parameters = new HashMap<>(call.query());
        parameters.keySet().removeAll(ASIDE);
        return parameters;
    }

    /** Whichever comes first goes: what is asked for often is soon here again. */
    private void makeRoom() {
        Iterator<Key> keys = bodies.keySet().iterator();
        while (keys.hasNext() && (bodies.size() > MOST || bytes.get() > MOST_BYTES)) {
            Shared gone = bodies.remove(keys.next());
            if (gone != null) {
                bytes.addAndGet(-gone.body.body().length);
            }
        }
    }
}
