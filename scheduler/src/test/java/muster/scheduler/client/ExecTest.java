package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;
import muster.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ExecTest {
    @TempDir
    Path data;
    private final FakeServers servers = new FakeServers();
    private final FakeRegistry registry = new FakeRegistry();
    private Client client;

    @BeforeEach
    void begin() throws IOException {
        ClientSettings settings = UsualNode.settings(data.toAbsolutePath(), false, "127.0.0.1:4646", ClientSettings.Rules.USUAL);
        client = UsualNode.start(settings, servers, registry);
        servers.give(Jobs.allocation(Jobs.ID, Jobs.job("service", "", "{'Name':'main','Driver':'raw_exec','KillTimeout':1000000000,"
                + "'Config':{'command':'/bin/sleep','args':['600']}}"), ""));
        Eventually.holds("runs", () -> client.allocation(Jobs.ID).flatMap(runner -> runner.tasks().get("main").handle()).isPresent());
    }

    @AfterEach
    void end() {
        client.close();
        registry.close();
    }

    /** A client in the same process. */
    private static final class Visitor implements Reply.Peer {
        final BlockingQueue<Optional<byte[]>> says = new LinkedBlockingQueue<>();
        final BlockingQueue<String> hears = new LinkedBlockingQueue<>();

        void say(String frame) {
            says.add(Optional.of(frame.getBytes(StandardCharsets.UTF_8)));
        }

        void type(String text) {
            say("{\"stdin\":{\"data\":\"" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "\"}}");
        }

        @Override
        public Optional<byte[]> receive() throws InterruptedException {
            return says.take();
        }

        @Override
        public void send(byte[] text) {
            Map<String, Object> frame = Jobs.map(Json.parse(text));
            frame.forEach((name, value) -> {
                if (name.equals("result")) {
                    hears.add("exit " + Jobs.map(value).get("exit_code"));
                } else if (!name.equals("exited")) {
                    Map<String, Object> part = Jobs.map(value);
                    hears.add(name + (part.containsKey("close") ? " ends"
                            : " " + new String(Base64.getDecoder().decode((String) part.get("data")), StandardCharsets.UTF_8)));
                }
            });
        }

        @Override
        public void close(int status, String reason) {
            hears.add("closed " + status + " " + reason);
        }

        void until(String text) throws InterruptedException {
            StringBuilder seen = new StringBuilder();
            while (seen.indexOf(text) < 0) {
                String next = hears.poll(10, TimeUnit.SECONDS);
                assertThat(next).as("waiting for \"%s\" after: %s", text, seen).isNotNull();
                seen.append(next).append('|');
            }
        }
    }

    private Reply ask(String task, String command, String tty, String handshake) throws Refusal {
        Map<String, List<String>> query = Map.of("task", List.of(task), "command", List.of(command), "tty", List.of(tty),
                "ws_handshake", List.of(handshake));
        return new Exec(client).reply(new Call("GET", "/", Map.of(), query, Map.of(), new byte[0], new InetSocketAddress(0),
                new CompletableFuture<>()), Jobs.ID);
    }

    private Visitor visit(String task, String command, String tty) throws Refusal {
        return visit(ask(task, command, tty, "false"));
    }

    private static Visitor visit(Reply reply) {
        Visitor visitor = new Visitor();
        Reply.Conversation conversation = ((Reply.WebSocket) reply).conversation();
        Thread.ofVirtual().start(() -> {
            try {
                conversation.hold(visitor);
                visitor.hears.add("over");
            } catch (IOException | InterruptedException e) {
                visitor.hears.add(e.toString());
            }
        });
        return visitor;
    }

    @Test
    void passesInputOutputErrorsAndTheExitCode() throws Exception {
        Visitor visitor = visit("main", "[\"sh\",\"-c\",\"echo $NOMAD_TASK_NAME; cat; echo bad >&2; exit 4\"]", "false");
        visitor.until("stdout main\n");
        visitor.type("typed");
        visitor.say("{\"stdin\":{\"close\":true}}");
        visitor.until("stdout typed");
        visitor.until("exit 4");
        visitor.until("over");
    }

    @Test
    void aTerminalFollowsItsWindow() throws Exception {
        Visitor visitor = visit("main", "[\"sh\"]", "true");
        visitor.say("{\"tty_size\":{\"height\":40,\"width\":100}}");
        visitor.type("stty size; exit 5\n");
        visitor.until("40 100");
        visitor.until("exit 5");
    }

    @Test
    void aCommandEndsWithItsClientOrItsTask() throws Exception {
        Visitor leaving = visit("main", "[\"sh\",\"-c\",\"echo on; sleep 600\"]", "false");
        leaving.until("stdout on");
        leaving.says.add(Optional.empty());
        leaving.until("over");
        Visitor staying = visit("main", "[\"sh\",\"-c\",\"echo on; sleep 600\"]", "false");
        staying.until("stdout on");
        servers.stop(Jobs.ID);
        staying.until("exit 137");
    }

    @Test
    void saysWhatItRefuses() throws Exception {
        visit("", "[\"sh\"]", "false").until("closed 1008 must provide task name");
        visit("main", "[]", "false").until("closed 1008 command is not present");
        visit("ghost", "[\"sh\"]", "false").until("closed 1008 unknown task name \"ghost\"");
        visit("main", "[\"ghost\"]", "false").until("closed 1011 failed to launch command with executor: command \"ghost\" not found");
        assertThatThrownBy(() -> ask("main", "[", "false", "false")).hasMessageStartingWith("error unmarshalling command: ");
        assertThatThrownBy(() -> ask("main", "[]", "maybe", "false")).hasMessage(
                "tty value is not a boolean: strconv.ParseBool: parsing \"maybe\": invalid syntax");
    }

    @Test
    void browsersGreetFirst() throws Exception {
        Visitor polite = visit(ask("main", "[\"echo\",\"hi\"]", "false", "true"));
        polite.say("{\"version\":1,\"auth_token\":\"secret\"}");
        polite.until("stdout hi\n");
        Visitor other = visit(ask("main", "[\"echo\",\"hi\"]", "false", "true"));
        other.say("{\"version\":2}");
        other.until("closed 1008 unexpected handshake value: 2");
    }
}
