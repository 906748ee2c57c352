package muster.ui;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import muster.http.Call;
import muster.http.Dispatcher;
import muster.http.Reply;

/**
 * One read that is repeated: as a blocking query where the answer has an index, at intervals where it has none. Owned by the one thread
 * that runs it.
 */
final class Watch {
    /** What became of the read. */
    sealed interface Seen {
        record Whole(long index, byte[] body) implements Seen {}

        record Changed(long index, Delta delta) implements Seen {}

        record Refused(int status, String text) implements Seen {}
    }

    interface Seer {
        /** Blocks while the receiver is slower. */
        void seen(int watch, Seen seen) throws java.io.IOException, InterruptedException;
    }

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(55);
    /** Between two reads of an answer that can't be waited for. */
    private static final Duration POLL = Duration.ofSeconds(1);
    /** Between two answers, so that a storm of changes becomes a few pictures a second. */
    private static final Duration CALM = Duration.ofMillis(50);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    private static final int LONGEST_TEXT = 2_000;
    private static final List<String> INDEXES = List.of("X-Consul-Index", "X-Nomad-Index");

    private final int number;
    private final Dispatcher api;
    private final Call template;
    private long index;
    private byte[] held;

    /** @param index of the answer that the receiver holds; 0 when it holds none */
    Watch(int number, Dispatcher api, Call template, long index) {
        this.number = number;
        this.api = api;
        this.template = template;
        this.index = index;
    }

    /** Reads until interrupted or until the receiver is gone. */
    void run(Seer seer, CompletableFuture<Void> gone) throws java.io.IOException, InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!gone.isDone()) {
            Reply reply = absentAsNull(read(gone));
            if (reply.status() != 200 || !(reply instanceof Reply.Full full)) {
                seer.seen(number, new Seen.Refused(reply.status(), text(reply)));
                index = 0;
                held = null;
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
                continue;
            }
            pause = FIRST_PAUSE;
            long now = indexOf(full);
            boolean isWaitedFor = now > 0;
            boolean isNew = held == null ? !isWaitedFor || now != index : !Arrays.equals(held, full.body());
            // An index that went back belongs to a state made anew: it is waited for from there on.
            index = now;
            if (isNew) {
                seer.seen(number, change(full.body()));
                held = full.body();
            }
            Thread.sleep(isWaitedFor ? CALM : POLL);
        }
    }

    private Seen change(byte[] body) {
        if (held != null) {
            java.util.Optional<Delta> delta = Delta.between(held, body);
            if (delta.isPresent()) {
                return new Seen.Changed(index, delta.get());
            }
        }
        return new Seen.Whole(index, body);
    }

    private Reply read(CompletableFuture<Void> gone) throws InterruptedException {
        Map<String, List<String>> query = new LinkedHashMap<>(template.query());
        if (index > 0) {
            query.put("index", List.of(Long.toUnsignedString(index)));
            query.put("wait", List.of(LONGEST_WAIT.toSeconds() + "s"));
        }
        try {
            return api.handle(new Call("GET", template.path(), Map.of(), query, template.headers(), template.body(), template.remote(), gone))
                    .toCompletableFuture().get();
        } catch (ExecutionException e) {
            return Reply.text(500, String.valueOf(e.getCause().getMessage()));
        }
    }

    /** A key that is not there yet answers 404 with an index to wait for and says nothing: that is a value too. Words are a refusal. */
    private static Reply absentAsNull(Reply reply) {
        return reply.status() == 404 && reply instanceof Reply.Full full && full.body().length == 0 && indexOf(full) > 0
                ? new Reply.Full(200, full.headers(), "null".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                : reply;
    }

    private static long indexOf(Reply.Full reply) {
        for (String name : INDEXES) {
            String value = reply.headers().get(name);
            if (value != null && value.matches("\\d{1,19}")) {
                return Long.parseUnsignedLong(value);
            }
        }
        return 0;
    }

    private static String text(Reply reply) {
        if (!(reply instanceof Reply.Full full)) {
            return "the answer is a stream, which can't be followed";
        }
        String text = new String(full.body(), java.nio.charset.StandardCharsets.UTF_8);
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    }
}
