package muster.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Reads a {@link WatchPlan}'s target again and again by blocking queries and tells what is new. It runs on its caller's thread until
 * that is interrupted or {@link Listener#seen} wants no more.
 */
public final class WatchLoop {
    private static final Duration FIRST_RETRY = Duration.ofSeconds(5);
    private static final Duration LAST_RETRY = Duration.ofMinutes(3);
    private static final String WAIT = "wait=60s";

    /** Who is told. Called on the loop's thread. */
    public interface Listener {
        /**
         * Something new, the first answer included.
         *
         * @param index the answer's, or for an agent's service its hash
         * @param data a tree as JSON has it; null for a key that is not there
         * @return whether to go on
         */
        boolean seen(String index, Object data) throws InterruptedException;

        /** An answer did not come; the loop tries again after the pause. Returns whether to. */
        boolean failed(String reason, Duration pause);
    }

    private final WatchPlan plan;
    private final Api api;
    private String index = "";
    private Object last;
    private boolean told;

    WatchLoop(WatchPlan plan, Api api) {
        this.plan = plan;
        this.api = api;
    }

    /** Of the API at the address {@code http://host:port}; the plan's token is sent, or else the given one. */
    public static WatchLoop of(WatchPlan plan, String address, String token) {
        String sent = plan.token().isEmpty() ? token : plan.token();
        return new WatchLoop(plan, new Api(new Api.Address(address, sent.isEmpty() ? Map.of() : Map.of("X-Consul-Token", sent), "")));
    }

    /** Runs; {@code going} is looked at before each read. */
    public void run(Listener listener, BooleanSupplier going) throws InterruptedException {
        int failures = 0;
        while (going.getAsBoolean()) {
            try {
                if (!read(listener)) {
                    return;
                }
                failures = 0;
            } catch (ApiException e) {
                failures = Math.min(failures + 1, 100);
                Duration pause = FIRST_RETRY.multipliedBy((long) failures * failures);
                pause = pause.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : pause;
                index = "";
                if (!going.getAsBoolean() || !listener.failed(e.getMessage(), pause)) {
                    return;
                }
                Thread.sleep(pause);
            }
        }
    }

    /** One read; whether to go on. */
    private boolean read(Listener listener) throws InterruptedException {
        boolean hashed = plan.type() == WatchPlan.Type.AGENT_SERVICE;
        String more = index.isEmpty() ? "" : (plan.target().contains("?") ? "&" : "?") + (hashed ? "hash=" : "index=") + index + "&" + WAIT;
        Api.Answer answer = api.call("GET", plan.target() + more, new byte[0]);
        boolean missing = answer.status() == 404 && (plan.type() == WatchPlan.Type.KEY || plan.type() == WatchPlan.Type.KEYPREFIX);
        Object data = missing ? null : shaped(Api.good(answer).json());
        String next = answer.headers().getOrDefault(hashed ? "x-consul-contenthash" : "x-consul-index", "");
        if (told && next.equals(index)) {
            return true;
        }
        if (!hashed && !index.isEmpty() && plan.type() != WatchPlan.Type.EVENT
                && Long.compareUnsigned(number(next), number(index)) < 0) {
            // A smaller index is another history: it is read from the start.
            index = "";
            return true;
        }
        Object fresh = plan.type() == WatchPlan.Type.EVENT ? afterIndex((List<?>) data) : data;
        index = next;
        if (told && java.util.Objects.equals(fresh, last)) {
            return true;
        }
        told = true;
        last = fresh;
        return listener.seen(next, fresh);
    }

    private static long number(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** A key's entry alone, its fields in the order in which the original's client writes them; an empty list of keys is none. */
    private Object shaped(Doc answer) {
        return switch (plan.type()) {
            case KEY -> answer.list().isEmpty() ? null : entry(answer.list().getFirst());
            case KEYPREFIX -> answer.list().stream().map(WatchLoop::entry).toList();
            case SERVICES, NODES, SERVICE, CHECKS, EVENT, CONNECT_ROOTS, CONNECT_LEAF, AGENT_SERVICE -> answer.value();
        };
    }

    private static Map<String, Object> entry(Doc row) {
        Map<String, Object> entry = new LinkedHashMap<>();
        for (String field : List.of("Key", "CreateIndex", "ModifyIndex", "LockIndex", "Flags", "Value")) {
            entry.put(field, row.at(field).value());
        }
        entry.put("Session", row.text("Session"));
        return entry;
    }

    /** Events that came after the one whose index was seen. */
    private List<?> afterIndex(List<?> events) {
        if (index.isEmpty()) {
            return events;
        }
        List<Object> fresh = new ArrayList<>();
        for (Object event : events) {
            fresh.add(event);
            if (Long.toUnsignedString(indexOf(new Doc(event).text("ID"))).equals(index)) {
                fresh.clear();
            }
        }
        return fresh;
    }

    private static long indexOf(String id) {
        try {
            UUID uuid = UUID.fromString(id);
            return uuid.getMostSignificantBits() ^ uuid.getLeastSignificantBits();
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }
}
