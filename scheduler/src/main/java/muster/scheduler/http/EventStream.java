package muster.scheduler.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import muster.http.Call;
import muster.http.Handler;
import muster.http.Handlers;
import muster.http.Reply;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.DeniedException;
import muster.scheduler.acl.Permission;
import muster.scheduler.job.Job;
import muster.scheduler.job.JobTree;
import muster.scheduler.state.Change;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.wire.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /v1/event/stream}: what changes, as JSON lines (API page "Events"). Keeps the last changes, so that a stream may start at an
 * earlier index, or at the earliest that is kept. A reader that is slower than the changes for too long is cut off, and so is one whose
 * token has ended, is gone or may no longer hear what it asked for: rights are looked at anew before each line.
 */
public final class EventStream implements Store.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final int KEPT = 1_000;
    /** Of all batches together; a plan of a large job alone has a thousand. The last batch is kept whole, however large. */
    private static final int KEPT_CHANGES = 20_000;
    private static final int MAX_BEHIND = 4_096;
    private static final long HEARTBEAT_SECONDS = 10;
    private static final byte[] HEARTBEAT = "{}\n".getBytes(StandardCharsets.UTF_8);

    private final Function<Call, Caller> callers;

    EventStream(Function<Call, Caller> callers) {
        this.callers = callers;
    }

    private record Batch(long index, List<Change> changes) {}

    private final ArrayDeque<Batch> kept = new ArrayDeque<>();
    private int keptChanges;
    private final List<BlockingQueue<Batch>> readers = new ArrayList<>();

    @Override
    public void published(State state, List<Change> changes, Set<String> topics) {
        Map<Long, List<Change>> byIndex = new LinkedHashMap<>();
        changes.forEach(change -> byIndex.computeIfAbsent(change.index(), i -> new ArrayList<>()).add(change));
        synchronized (kept) {
            byIndex.forEach((index, list) -> {
                Batch batch = new Batch(index, list);
                kept.add(batch);
                keptChanges += list.size();
                while (kept.size() > KEPT || keptChanges > KEPT_CHANGES && kept.size() > 1) {
                    keptChanges -= kept.remove().changes().size();
                }
                readers.removeIf(reader -> !reader.offer(batch));
            });
        }
    }

    Handler handler() {
        return Handlers.blocking(this::open);
    }

    private Reply open(Call call) {
        long from = index(call);
        Predicate<Change> asked = topics(call);
        shown(call, callers.apply(call));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("Cache-Control", "no-cache");
        return new Reply.Streaming(200, headers, sink -> stream(sink, from, asked, call));
    }

    private static long index(Call call) {
        String text = call.query("index");
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new ApiException(400, "Unable to parse index: strconv.Atoi: parsing \"" + text + "\": invalid syntax");
        }
    }

    /**
     * What of the topics a caller may hear, after a refusal of what it names and may not: everything, and what is about access control,
     * is for management tokens.
     */
    private static Predicate<Change> shown(Call call, Caller caller) {
        String namespace = Answers.namespace(call);
        for (String text : call.query().getOrDefault("topic", List.of("*"))) {
            String topic = text.split(":", -1)[0];
            switch (topic) {
                case "Job", "Allocation", "Evaluation", "Deployment", "Service" -> {
                    if (!namespace.equals("*")) {
                        caller.require(Permission.in(namespace, Capability.READ_JOB));
                    }
                }
                case "Node" -> caller.require(Permission.NODE_READ);
                default -> caller.require(Permission.MANAGEMENT);
            }
        }
        return change -> change.namespace().isEmpty()
                || (namespace.equals("*") ? caller.may(change.namespace(), Capability.READ_JOB) : namespace.equals(change.namespace()));
    }

    private static Predicate<Change> topics(Call call) {
        Predicate<Change> any = null;
        for (String text : call.query().getOrDefault("topic", List.of())) {
            String[] parts = text.split(":", -1);
            if (parts.length > 2 || parts[0].isEmpty()) {
                throw new ApiException(400, "Invalid topic query: error parsing topics: Invalid key value pair for topic, topic: " + text);
            }
            String key = parts.length == 2 ? parts[1] : "*";
            Predicate<Change> one = change -> (parts[0].equals("*") || parts[0].equals(change.topic()))
                    && (key.equals("*") || key.equals(change.key()) || change.filterKeys().contains(key));
            any = any == null ? one : any.or(one);
        }
        return any == null ? change -> true : any;
    }

    private void stream(Reply.Sink sink, long from, Predicate<Change> asked, Call call) throws IOException, InterruptedException {
        BlockingQueue<Batch> queue = new ArrayBlockingQueue<>(MAX_BEHIND);
        synchronized (kept) {
            if (from > 0) {
                kept.stream().filter(batch -> batch.index() >= from).forEach(queue::offer);
            }
            readers.add(queue);
        }
        try {
            sink.write(HEARTBEAT);
            while (!sink.isClosed()) {
                Batch batch = queue.poll(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
                byte[] line = batch == null ? HEARTBEAT : line(batch, asked.and(shown(call, callers.apply(call))));
                if (line.length > 0) {
                    sink.write(line);
                }
                if (isCutOff(queue)) {
                    return;
                }
            }
        } catch (DeniedException e) {
            LOG.info("event stream ended reason={}", e.reason());
        } finally {
            synchronized (kept) {
                readers.removeIf(reader -> reader == queue);
            }
        }
    }

    private boolean isCutOff(BlockingQueue<Batch> queue) {
        synchronized (kept) {
            return !readers.contains(queue) && queue.isEmpty();
        }
    }

    /** Nothing where none of the changes is wanted. */
    private static byte[] line(Batch batch, Predicate<Change> wanted) {
        List<Object> events = new ArrayList<>();
        batch.changes().stream().filter(wanted).forEach(change -> events.add(event(change)));
        if (events.isEmpty()) {
            return new byte[0];
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("Index", batch.index());
        line.put("Events", events);
        return (Json.text(line) + '\n').getBytes(StandardCharsets.UTF_8);
    }

    private static Object event(Change change) {
        Map<String, Object> event = new TreeMap<>();
        event.put("FilterKeys", change.filterKeys().isEmpty() ? null : change.filterKeys());
        event.put("Index", change.index());
        event.put("Key", change.key());
        event.put("Namespace", change.namespace());
        Object payload = change.payload() instanceof Job job ? JobTree.stored(job) : change.payload();
        event.put("Payload", Map.of(change.topic(), payload));
        event.put("Topic", change.topic());
        event.put("Type", change.type());
        return event;
    }
}
