package muster.scheduler.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import muster.http.Call;
import muster.http.Reply;
import muster.scheduler.driver.DriverException;
import muster.scheduler.driver.ExecSession;
import muster.scheduler.driver.TaskHandle;
import muster.wire.GoQuote;
import muster.wire.Json;
import muster.wire.JsonException;
import muster.wire.Key;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands beside tasks for somebody at the other end of a WebSocket: frames of JSON both ways (API page "Allocations": exec).
 * What is refused once the parameters are read is told by the status and reason of the WebSocket's end, as browsers can't see more.
 */
final class Exec {
    private static final Logger LOG = LoggerFactory.getLogger(Exec.class);
    private static final int MOST_SESSIONS = 128;
    private static final int CHUNK = 8 << 10;
    private static final long STACK_BYTES = 192 << 10;
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    /** For what a command's descendants may still write after its end. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final int REFUSED = 1008;
    private static final int FAILED = 1011;
    private static final byte[] NOTHING = {'{', '}'};

    private final Client client;
    private final Semaphore room = new Semaphore(MOST_SESSIONS);

    Exec(Client client) {
        this.client = client;
    }

    private record Order(String allocation, String task, List<String> command, boolean terminal, boolean handshake) {}

    /** The answer to {@code GET /v1/client/allocation/ID/exec}. */
    Reply reply(Call call, String allocation) throws Refusal {
        boolean terminal;
        List<String> command;
        try {
            terminal = Refusal.flag(call, "tty", false);
        } catch (Refusal e) {
            throw new Refusal(400, "tty value is not a boolean: strconv.ParseBool: parsing " + GoQuote.quote(call.query("tty"))
                    + ": invalid syntax");
        }
        try {
            command = Json.parse(call.query("command").getBytes(StandardCharsets.UTF_8)) instanceof List<?> words
                    ? words.stream().map(String::valueOf).toList() : List.of();
        } catch (JsonException e) {
            throw new Refusal(400, "error unmarshalling command: " + e.getMessage());
        }
        Order order = new Order(allocation, call.query("task"), command, terminal, Refusal.flag(call, "ws_handshake", false));
        return new Reply.WebSocket(peer -> hold(peer, order));
    }

    private void hold(Reply.Peer peer, Order order) throws InterruptedException {
        if (!client.settings().rules().allowsCommands()) {
            peer.close(REFUSED, "Permission denied: commands beside tasks are turned off on this node (client { disable_remote_exec })");
            return;
        }
        if (!room.tryAcquire()) {
            peer.close(FAILED, "this node runs " + MOST_SESSIONS + " commands for clients already: end some");
            return;
        }
        try {
            if (order.handshake()) {
                greet(peer);
            }
            TaskHandle task = task(order);
            try (ExecSession session = task.exec(order.command(), order.terminal())) {
                LOG.info("command begun alloc={} task={} command={} terminal={}", order.allocation(), order.task(), order.command().getFirst(),
                        order.terminal());
                talk(peer, task, session);
            }
        } catch (Refusal e) {
            peer.close(REFUSED, e.getMessage());
        } catch (DriverException e) {
            peer.close(FAILED, e.getMessage());
        } finally {
            room.release();
        }
    }

    /** What browsers send first, as they can't send headers. The token was looked at with the request. */
    private static void greet(Reply.Peer peer) throws InterruptedException, Refusal {
        record Greeting(@Key("version") Double version) {}
        Optional<byte[]> first = peer.receive();
        try {
            Greeting greeting = Json.read(Greeting.class, first.orElse(NOTHING), Json.Unknown.IGNORE);
            if (greeting.version() == null || greeting.version() != 1) {
                throw new Refusal(400, "unexpected handshake value: " + greeting.version());
            }
        } catch (JsonException e) {
            throw new Refusal(400, "unexpected handshake value: " + e.getMessage());
        }
    }

    private TaskHandle task(Order order) throws Refusal {
        AllocationRunner runner = Refusal.runner(client, order.allocation());
        if (order.task().isEmpty()) {
            throw new Refusal(400, "must provide task name");
        }
        if (order.command().isEmpty()) {
            throw new Refusal(400, "command is not present");
        }
        TaskRunner task = runner.tasks().get(order.task());
        if (task == null) {
            throw new Refusal(400, "unknown task name " + GoQuote.quote(order.task()));
        }
        return task.handle().orElseThrow(() -> new Refusal(404, "task " + GoQuote.quote(order.task()) + " is not running."));
    }

    private static void talk(Reply.Peer peer, TaskHandle task, ExecSession session) throws InterruptedException {
        Thread out = copier("stdout", session.output(), peer, session);
        Thread err = copier("stderr", session.errors(), peer, session);
        Thread in = thread("stdin", () -> listen(peer, session));
        Thread beat = Thread.ofVirtual().name("exec-heartbeat").start(() -> beat(peer, session));
        Thread end = Thread.ofVirtual().name("exec-task").start(() -> {
            try {
                task.await();
                session.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            int code = session.await();
            out.join(LAST_WORDS);
            err.join(LAST_WORDS);
            peer.send(Json.write(Map.of("exited", true, "result", Map.of("exit_code", code))));
        } catch (IOException e) {
            LOG.debug("nobody waits for the command's end reason={}", e.toString());
        } finally {
            session.close();
            in.interrupt();
            beat.interrupt();
            end.interrupt();
        }
    }

    private static Thread thread(String name, Runnable work) {
        return Thread.ofPlatform().daemon().name("exec-" + name).stackSize(STACK_BYTES).start(work);
    }

    private static Thread copier(String name, InputStream from, Reply.Peer peer, ExecSession session) {
        return thread(name, () -> {
            byte[] buffer = new byte[CHUNK];
            try {
                for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
                    String data = Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(buffer, length));
                    peer.send(Json.write(Map.of(name, Map.of("data", data))));
                }
                peer.send(Json.write(Map.of(name, Map.of("close", true))));
            } catch (IOException e) {
                session.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private record Frame(@Key("stdin") Input stdin, @Key("tty_size") Size size) {}

    private record Input(@Key("data") String data, @Key("close") Boolean close) {}

    private record Size(@Key("height") Integer height, @Key("width") Integer width) {}

    /** Passes on what is typed, until the client is gone: nobody is left to see the command then. */
    private static void listen(Reply.Peer peer, ExecSession session) {
        try {
            OutputStream input = session.input();
            for (Optional<byte[]> message = peer.receive(); message.isPresent(); message = peer.receive()) {
                take(message.get(), input, session);
            }
            session.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (JsonException | IllegalArgumentException e) {
            LOG.debug("frame not understood reason={}", e.toString());
            session.close();
        }
    }

    private static void take(byte[] message, OutputStream input, ExecSession session) {
        Frame frame = Json.read(Frame.class, message, Json.Unknown.IGNORE);
        if (frame.size() != null && frame.size().height() != null && frame.size().width() != null) {
            session.resize(Math.clamp(frame.size().height(), 1, Short.MAX_VALUE), Math.clamp(frame.size().width(), 1, Short.MAX_VALUE));
        }
        if (frame.stdin() == null) {
            return;
        }
        try {
            if (frame.stdin().data() != null) {
                input.write(Base64.getDecoder().decode(frame.stdin().data()));
                input.flush();
            }
            if (Boolean.TRUE.equals(frame.stdin().close())) {
                input.close();
            }
        } catch (IOException e) {
            // A command may end, or close its input, before it has read all that was typed.
            LOG.debug("input not taken reason={}", e.toString());
        }
    }

    private static void beat(Reply.Peer peer, ExecSession session) {
        try {
            while (true) {
                Thread.sleep(HEARTBEAT);
                peer.send(NOTHING);
            }
        } catch (IOException e) {
            session.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
