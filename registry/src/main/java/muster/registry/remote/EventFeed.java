package muster.registry.remote;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.raft.members.AgentMember;
import muster.raft.members.Membership;
import muster.registry.event.Event;
import muster.registry.event.Events;
import muster.wire.Json;
import muster.wire.JsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings user events to this agent: a server asks each other server for what is new, an agent without a state asks one of them. A
 * question waits at the other side until there is something. What was fired before this agent came is not taken. Any thread may call.
 */
public final class EventFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);
    private static final String KIND = "registry.events";
    private static final Duration WAIT = Duration.ofMinutes(1);
    private static final long ANSWER_SECONDS = WAIT.toSeconds() + 10;
    private static final long PAUSE_MILLIS = 1_000;

    /** What is wanted: all after a position of one run of the other agent; from the first on for another run. */
    record Question(String run, long after) {}

    record Answer(String run, long position, List<Event> events) {}

    private record Position(String run, long after) {}

    private final Membership members;
    private final Events events;
    private final String run = UUID.randomUUID().toString();
    private final Map<String, Position> positions = new ConcurrentHashMap<>();
    /** Of the supervising thread. */
    private final Map<String, Thread> followers = new HashMap<>();
    private final Thread supervisor = Thread.ofVirtual().name("events").unstarted(this::supervise);
    private volatile boolean closed;

    public EventFeed(Membership members, Events events) {
        this.members = members;
        this.events = events;
    }

    /** Answers others' questions where this agent is a server, and asks its own from now on. */
    public void start() {
        if (members.self().server()) {
            members.answer(KIND, this::answer);
        }
        supervisor.start();
    }

    private CompletionStage<byte[]> answer(String from, byte[] body, CompletionStage<Void> gone) {
        Question question = Json.read(Question.class, body, Json.Unknown.IGNORE);
        long after = question.run().equals(run) ? question.after() : -1;
        return events.next(after, WAIT, gone).thenApply(woken -> {
            Events.Told told = events.since(after);
            return Json.write(new Answer(run, told.position(), told.events()));
        });
    }

    private void supervise() {
        try {
            while (!closed) {
                followers.values().removeIf(thread -> !thread.isAlive());
                for (String name : wanted()) {
                    followers.computeIfAbsent(name, server -> Thread.ofVirtual().name("events of " + server).start(() -> follow(server)));
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            followers.values().forEach(Thread::interrupt);
        }
    }

    /** Servers hear of every event by each other, so one is enough for all others. */
    private List<String> wanted() {
        String self = members.self().name();
        List<String> servers = members.servers().stream().map(AgentMember::name).filter(name -> !name.equals(self)).toList();
        if (members.self().server()) {
            return servers;
        }
        return followers.isEmpty() ? servers.stream().limit(1).toList() : List.of();
    }

    /** Ends with the first question that is not answered; the supervisor begins again, where this server still is one to follow. */
    private void follow(String server) {
        try {
            while (!closed) {
                Position position = positions.getOrDefault(server, new Position("", -1));
                Answer answer = Json.read(Answer.class, members.ask(server, KIND, Json.write(new Question(position.run(), position.after())))
                        .get(ANSWER_SECONDS, TimeUnit.SECONDS), Json.Unknown.IGNORE);
                if (positions.isEmpty()) {
                    events.skip(answer.events());
                } else {
                    events.take(answer.events());
                }
                positions.put(server, new Position(answer.run(), answer.position()));
            }
        } catch (ExecutionException | TimeoutException | JsonException e) {
            LOG.debug("events not followed server={} reason={}", server, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        supervisor.interrupt();
    }
}
