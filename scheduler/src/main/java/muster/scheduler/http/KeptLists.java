package muster.scheduler.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Reply;

/**
 * Lists made of one table alone, encoded once, and packed once, for all who are shown all of it. They are kept with the table: the
 * next change makes another table, and these go with the old one. Any thread may call.
 */
final class KeptLists {
    static final int MOST = 8;
    static final long MOST_BYTES = 16L << 20;

    /** What a request says about when and by whom it is answered, not about what. */
    private static final Set<String> ASIDE = Set.of("index", "wait", "stale", "consistent", "region");

    private record Asked(String path, Map<String, List<String>> parameters) {}

    private final ConcurrentHashMap<Asked, Reply.Full> lists = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /** The list that a request asks for; made where it is not there, and what making it throws is thrown on. */
    Reply.Full of(Call call, Supplier<Reply.Full> make) {
        Map<String, List<String>> parameters = new HashMap<>(call.query());
        parameters.keySet().removeAll(ASIDE);
        Asked asked = new Asked(call.path(), parameters);
        Reply.Full known = lists.get(asked);
        if (known != null) {
            return known;
        }
        if (lists.size() >= MOST || bytes.get() >= MOST_BYTES) {
            return make.get();
        }
        // Many wait for the same change: one of them makes the list, the others wait for that.
        return lists.computeIfAbsent(asked, now -> {
            Reply.Full made = make.get();
            bytes.addAndGet(made.body().length);
            return made;
        });
    }
}
