package muster.cli;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.Json;

/**
 * A lock, or one of a semaphore's places, held by a session that is renewed while this lives. The recipes are those of the original's
 * client library, so that holders of both kinds respect each other: flags tell a lock's key from a semaphore's. One thread acquires and
 * releases; two of this class's own renew and look.
 */
final class HeldLock implements AutoCloseable {
    /** Marks a key as a lock's. */
    private static final String LOCK_FLAG = Long.toUnsignedString(0x2ddccbc058a50c18L);
    /** Marks keys as a semaphore's. */
    private static final String SEMAPHORE_FLAG = Long.toUnsignedString(0xe0f69a2baa414de0L);
    private static final Duration TTL = Duration.ofSeconds(15);
    private static final Duration LOOK = Duration.ofSeconds(15);
    private static final Duration DELAYED = Duration.ofSeconds(5);

    /**
     * What is wanted.
     *
     * @param limit how many may hold it
     * @param retries failed looks before a held lock counts as lost
     */
    record Wish(String prefix, long limit, String session, long retries) {}

    private final Api api;
    private final Api renewing;
    private final Api looking;
    private final Wish wish;
    private volatile String session = "";
    private volatile boolean lost;
    private Thread renewer;
    private Thread watcher;

    /** Three ways to one API: each is for one thread. */
    HeldLock(Api api, Api renewing, Api looking, Wish wish) {
        this.api = api;
        this.renewing = renewing;
        this.looking = looking;
        this.wish = wish;
    }

    String prefix() {
        return wish.prefix();
    }

    String key() {
        return (wish.prefix().endsWith("/") ? wish.prefix() : wish.prefix() + "/") + ".lock";
    }

    boolean isLost() {
        return lost;
    }

    /** Waits for it; false when the time is over (zero: never). Throws {@link ApiException}. */
    boolean acquire(Duration timeout) throws InterruptedException {
        session = api.send("PUT", "/v1/session/create", Map.of("Name", wish.session(), "TTL", TTL.toSeconds() + "s")).text("ID");
        renewer = Thread.ofVirtual().name("renew").start(this::renew);
        long end = timeout.isZero() ? Long.MAX_VALUE : System.nanoTime() + timeout.toNanos();
        if (wish.limit() > 1 && !put(contender(), "acquire=" + session + "&flags=" + SEMAPHORE_FLAG, new byte[0])) {
            throw new ApiException(0, "failed to make contender entry");
        }
        String index = "0";
        while (true) {
            Duration left = timeout.isZero() ? LOOK : Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            if (left.isZero()) {
                return false;
            }
            Seen seen = look(api, index, left.compareTo(LOOK) < 0 ? left : LOOK);
            index = seen.index();
            Try tried = wish.limit() == 1 ? tryLock(seen) : tryPlace(seen);
            switch (tried) {
                case HELD -> {
                    return true;
                }
                case TAKEN -> {
                    // The next look waits for a change.
                }
                case DELAYED -> {
                    // Nobody holds it and nobody may: the time after a holder's end. No change tells of its end.
                    index = "0";
                    Duration rest = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
                    Thread.sleep(rest.compareTo(DELAYED) < 0 ? rest : DELAYED);
                }
            }
        }
    }

    private enum Try {
        HELD, TAKEN, DELAYED
    }

    /** @param entry null for none */
    private record Seen(String index, Doc entry, List<Doc> all) {}

    private Seen look(Api through, String index, Duration wait) {
        String path = wish.limit() == 1 ? "/v1/kv/" + ConsulApi.keyPath(key()) + "?" : "/v1/kv/" + ConsulApi.keyPath(directory()) + "?recurse&";
        Api.Answer answer = through.call("GET", path + "index=" + index + "&wait=" + Math.max(1, wait.toMillis()) + "ms", new byte[0]);
        List<Doc> all = answer.status() == 404 ? List.of() : Api.good(answer).json().list();
        Doc entry = null;
        for (Doc one : all) {
            entry = one.text("Key").equals(key()) ? one : entry;
        }
        return new Seen(answer.headers().getOrDefault("x-consul-index", "0"), entry, all);
    }

    private Try tryLock(Seen seen) {
        if (seen.entry() != null) {
            if (!seen.entry().text("Flags").equals(LOCK_FLAG)) {
                throw new ApiException(0, "Existing key does not match lock use");
            }
            if (!seen.entry().text("Session").isEmpty()) {
                return seen.entry().text("Session").equals(session) ? Try.HELD : Try.TAKEN;
            }
        }
        if (put(key(), "acquire=" + session + "&flags=" + LOCK_FLAG, new byte[0])) {
            return Try.HELD;
        }
        Seen again = look(api, "0", LOOK);
        return again.entry() != null && !again.entry().text("Session").isEmpty() ? Try.TAKEN : Try.DELAYED;
    }

    /** A place is a name in the list that the lock's key holds; names of sessions that are gone are struck out. */
    private Try tryPlace(Seen seen) {
        Map<String, Object> holders = new LinkedHashMap<>();
        String modified = "0";
        if (seen.entry() != null) {
            if (!seen.entry().text("Flags").equals(SEMAPHORE_FLAG)) {
                throw new ApiException(0, "Existing key does not match semaphore use");
            }
            modified = seen.entry().text("ModifyIndex");
            Doc list = list(seen.entry());
            if (list.number("Limit") != wish.limit()) {
                throw new ApiException(0, "semaphore limit conflict (lock: " + list.number("Limit") + ", local: " + wish.limit() + ")");
            }
            List<String> alive = new ArrayList<>();
            seen.all().forEach(entry -> alive.add(entry.text("Session")));
            list.at("Holders").members().forEach((holder, there) -> {
                if (alive.contains(holder)) {
                    holders.put(holder, true);
                }
            });
        }
        if (holders.containsKey(session)) {
            return Try.HELD;
        }
        if (holders.size() >= wish.limit()) {
            return Try.TAKEN;
        }
        holders.put(session, true);
        if (!put(key(), "cas=" + modified + "&flags=" + SEMAPHORE_FLAG, Json.write(semaphore(holders)))) {
            return Try.TAKEN;
        }
        return Try.HELD;
    }

    private Map<String, Object> semaphore(Map<String, Object> holders) {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("Limit", wish.limit());
        list.put("Holders", holders);
        return list;
    }

    private static Doc list(Doc entry) {
        byte[] value = Base64.getDecoder().decode(entry.text("Value"));
        return new Doc(value.length == 0 ? null : Json.parse(new String(value, StandardCharsets.UTF_8)));
    }

    private String directory() {
        return key().substring(0, key().length() - ".lock".length());
    }

    private String contender() {
        return directory() + session;
    }

    private boolean put(String key, String query, byte[] value) {
        return Api.good(api.call("PUT", "/v1/kv/" + ConsulApi.keyPath(key) + "?" + query, value)).text().trim().equals("true");
    }

    /** Looks on from now; {@code whenLost} is called once when another holds it or nobody can tell. */
    void watch(Runnable whenLost) {
        watcher = Thread.ofVirtual().name("look").start(() -> {
            String index = "0";
            long failures = 0;
            while (!Thread.currentThread().isInterrupted() && !lost) {
                try {
                    Seen seen = look(looking, index, LOOK);
                    failures = 0;
                    index = seen.index();
                    lost = !holds(seen);
                } catch (ApiException e) {
                    failures++;
                    lost = failures > wish.retries() && !Thread.currentThread().isInterrupted();
                    index = "0";
                    pause(Duration.ofSeconds(1));
                }
            }
            if (lost) {
                whenLost.run();
            }
        });
    }

    private boolean holds(Seen seen) {
        if (seen.entry() == null) {
            return false;
        }
        return wish.limit() == 1 ? seen.entry().text("Session").equals(session) : list(seen.entry()).at("Holders").members().containsKey(session);
    }

    private void renew() {
        while (!Thread.currentThread().isInterrupted()) {
            pause(TTL.dividedBy(2));
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            try {
                renewing.call("PUT", "/v1/session/renew/" + session, new byte[0]);
            } catch (ApiException e) {
                // The next one may get through; whether the lock is still held, the other thread sees.
                continue;
            }
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives it back. Throws {@link ApiException}. */
    void release() {
        if (watcher != null) {
            watcher.interrupt();
        }
        if (wish.limit() == 1) {
            put(key(), "release=" + session + "&flags=" + LOCK_FLAG, new byte[0]);
            return;
        }
        for (int attempt = 0; attempt < 100; attempt++) {
            Seen seen = look(api, "0", LOOK);
            if (seen.entry() == null || !list(seen.entry()).at("Holders").members().containsKey(session)) {
                break;
            }
            Map<String, Object> holders = new LinkedHashMap<>();
            list(seen.entry()).at("Holders").members().keySet().stream().filter(holder -> !holder.equals(session))
                    .forEach(holder -> holders.put(holder, true));
            if (put(key(), "cas=" + seen.entry().text("ModifyIndex") + "&flags=" + SEMAPHORE_FLAG, Json.write(semaphore(holders)))) {
                break;
            }
        }
        Api.good(api.call("DELETE", "/v1/kv/" + ConsulApi.keyPath(contender()), new byte[0]));
    }

    /** Removes its key where nobody holds it; whether it is gone. Throws {@link ApiException}. */
    boolean destroy() {
        Seen seen = look(api, "0", LOOK);
        if (seen.entry() == null) {
            return true;
        }
        boolean used = wish.limit() == 1 ? !seen.entry().text("Session").isEmpty() : !list(seen.entry()).at("Holders").members().isEmpty();
        return !used && Api.good(api.call("DELETE", "/v1/kv/" + ConsulApi.keyPath(key()) + "?cas=" + seen.entry().text("ModifyIndex"),
                new byte[0])).text().trim().equals("true");
    }

    /** Ends the session, and with it whatever it still holds. Twice is once. */
    @Override
    public synchronized void close() {
        if (renewer != null) {
            renewer.interrupt();
        }
        if (watcher != null) {
            watcher.interrupt();
        }
        if (!session.isEmpty()) {
            String gone = session;
            session = "";
            try {
                api.call("PUT", "/v1/session/destroy/" + gone, new byte[0]);
            } catch (ApiException e) {
                // Its TTL ends it.
                return;
            }
        }
    }
}
