package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import muster.http.Call;
import muster.http.Reply;
import muster.http.Routes;
import muster.registry.client.testing.FakeRegistry;
import muster.scheduler.state.Allocation;
import muster.testkit.Eventually;
import muster.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, real templates, and the API that looks at them. */
@Timeout(60)
class RunningTasksTest {
    @TempDir
    Path data;
    private final FakeServers servers = new FakeServers();
    private final FakeRegistry registry = new FakeRegistry();
    private Client client;

    @BeforeEach
    void begin() throws IOException {
        ClientSettings settings = UsualNode.settings(data.toAbsolutePath(), false, "127.0.0.1:4646", ClientSettings.Rules.USUAL);
        client = UsualNode.start(settings, servers, registry);
    }

    @AfterEach
    void end() {
        client.close();
        registry.close();
    }

    private void give(String type, String script, String more) {
        servers.give(Jobs.allocation(Jobs.ID, Jobs.job(type, "", "{'Name':'main','Driver':'raw_exec','KillTimeout':1000000000,"
                + "'Config':{'command':'/bin/sh','args':['-c','" + script + "']}" + more + "}"), ""));
    }

    private Allocation reported(String what, Predicate<Allocation> condition) {
        Eventually.holds(what, () -> servers.reported(Jobs.ID) != null && condition.test(servers.reported(Jobs.ID)));
        return servers.reported(Jobs.ID);
    }

    private static String word(Allocation allocation) {
        return allocation.clientStatus();
    }

    /** An answer as a client sees it: status, content type, text. */
    private record Answer(int status, String contentType, String text) {}

    private Answer get(String method, String path, String body) {
        String[] parts = path.replace("ALLOC", Jobs.ID).split("\\?", 2);
        Map<String, List<String>> query = new LinkedHashMap<>();
        if (parts.length > 1) {
            for (String pair : parts[1].split("&")) {
                String[] named = pair.split("=", 2);
                query.put(named[0], List.of(named.length > 1 ? named[1] : ""));
            }
        }
        for (Routes.Route route : ClientRoutes.of(client).all()) {
            int star = route.pattern().indexOf('*');
            String prefix = star < 0 ? route.pattern() : route.pattern().substring(0, star);
            boolean matches = star < 0 ? parts[0].equals(prefix) : parts[0].startsWith(prefix);
            if (route.method().equals(method) && matches) {
                Map<String, String> parameters = star < 0 ? Map.of()
                        : Map.of(route.pattern().substring(star + 1), parts[0].substring(prefix.length()));
                Call call = new Call(method, parts[0], parameters, query, Map.of(), body.getBytes(StandardCharsets.UTF_8),
                        new InetSocketAddress(0), new CompletableFuture<>());
                return answer(route.handler().handle(call).toCompletableFuture().join());
            }
        }
        throw new AssertionError("no route for " + path);
    }

    private Answer get(String path) {
        return get("GET", path, "");
    }

    private static Answer answer(Reply reply) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        switch (reply) {
            case Reply.Full full -> bytes.writeBytes(full.body());
            case Reply.WebSocket socket -> throw new AssertionError("a conversation has no body");
            case Reply.Streaming streaming -> {
                try {
                    streaming.source().write(new Reply.Sink() {
                        @Override
                        public void write(byte[] part) {
                            bytes.writeBytes(part);
                        }

                        @Override
                        public boolean isClosed() {
                            return false;
                        }
                    });
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return new Answer(reply.status(), reply.headers().getOrDefault("Content-Type", ""), bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void showsFilesAndLogsOfATask() {
        // The task writes to both streams and a file, then ends; its files and logs are read in every form.
        give("batch", "echo first line; echo second line; echo oops >&2; printf hello > ${NOMAD_TASK_DIR}/f.txt",
                ",'Templates':[{'DestPath':'secrets/s.txt','EmbeddedTmpl':'secret','Perms':'600'}]");
        reported("complete", a -> word(a).equals(Allocation.COMPLETE));
        assertThat(names(get("/v1/client/fs/ls/ALLOC"))).containsExactly("drwxrwxrwx alloc", "drwxrwxrwx main");
        assertThat(names(get("/v1/client/fs/ls/ALLOC?path=/main"))).containsExactly(
                "-rw-r--r-- executor.out", "drwxrwxrwx local", "drwxrwxrwx secrets", "dtrwxrwxrwx tmp");
        assertThat(names(get("/v1/client/fs/ls/ALLOC?path=alloc/logs"))).containsExactly(
                "prw------- .main.stderr.fifo", "prw------- .main.stdout.fifo", "-rw-r--r-- main.stderr.0", "-rw-r--r-- main.stdout.0");
        assertThat(names(get("/v1/client/fs/ls/ALLOC?path=main/secrets"))).containsExactly("-rw-r--r-- .nomad-mount", "-rw------- s.txt");
        assertThat(get("/v1/client/fs/ls/ALLOC?path=/ghost").text()).contains("no such file or directory");
        assertThat(get("/v1/client/fs/ls/ALLOC?path=../../..")).isEqualTo(text(500, "Path escapes the alloc directory"));
        assertThat(get("/v1/client/fs/ls/ALLOC?path=main/local/f.txt").text()).contains("not a directory");
        assertThat(get("/v1/client/fs/stat/ALLOC")).isEqualTo(text(400, "must provide a file name"));
        assertThat(get("/v1/client/fs/cat/ALLOC?path=main/local/f.txt")).isEqualTo(text(200, "hello"));
        assertThat(get("/v1/client/fs/cat/ALLOC?path=/main/local").text()).isEqualTo("file \"/main/local\" is a directory");
        assertThat(get("/v1/client/fs/cat/ALLOC?path=/main/secrets/s.txt"))
                .isEqualTo(text(200, "Reading secret file prohibited: /main/secrets/s.txt"));
        assertThat(get("/v1/client/fs/readat/ALLOC?path=main/local/f.txt&offset=1&limit=3").text()).isEqualTo("ell");
        assertThat(get("/v1/client/fs/readat/ALLOC?path=main/local/f.txt&offset=9&limit=3").text()).isEmpty();
        assertThat(get("/v1/client/fs/readat/ALLOC?path=main/local/f.txt&limit=3").text())
                .isEqualTo("error parsing offset: strconv.ParseInt: parsing \"\": invalid syntax");
        String logs = "/v1/client/fs/logs/ALLOC?task=main&type=stdout";
        assertThat(get(logs + "&plain=true")).isEqualTo(new Answer(200, "text/plain", "first line\nsecond line\n"));
        assertThat(get(logs + "&plain=true&offset=6").text()).isEqualTo("line\nsecond line\n");
        assertThat(get(logs + "&plain=true&origin=end&offset=5").text()).isEqualTo("line\n");
        assertThat(get(logs)).isEqualTo(new Answer(200, "application/json",
                "{\"Data\":\"Zmlyc3QgbGluZQpzZWNvbmQgbGluZQo=\",\"File\":\"alloc/logs/main.stdout.0\",\"Offset\":23}"));
        assertThat(get(logs + "&follow=maybe").text())
                .isEqualTo("failed to parse follow field to boolean: strconv.ParseBool: parsing \"maybe\": invalid syntax");
        assertThat(get(logs + "&origin=middle")).isEqualTo(text(400, "origin must be start or end"));
        assertThat(get("/v1/client/fs/logs/ALLOC?task=ghost&type=stdout")).isEqualTo(text(400, "unknown task name \"ghost\""));
        assertThat(get("/v1/client/fs/bogus/ALLOC")).isEqualTo(text(404, "Invalid method"));
        assertThat(get("/v1/client/fs/ls/")).isEqualTo(text(400, "must provide a valid alloc id"));
        assertThat(get("/v1/client/fs/stream/ALLOC?path=/main/local/f.txt&follow=false").text())
                .isEqualTo("{\"Data\":\"aGVsbG8=\",\"File\":\"/main/local/f.txt\",\"Offset\":5}");
    }

    private static Answer text(int status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", text);
    }

    private static List<String> names(Answer answer) {
        return ((List<?>) Json.parse(answer.text())).stream().map(Jobs::map).map(m -> m.get("FileMode") + " " + m.get("Name")).toList();
    }

    @Test
    void followsWhatATaskWritesAcrossItsFiles() throws Exception {
        // The reader is there before the second line is written, by the task, when it is told to: it arrives without a new request.
        give("service", "trap \\\"echo more\\\" HUP; echo first; while :; do sleep 0.05; done", "");
        Eventually.holds("first", () -> get("/v1/client/fs/logs/ALLOC?task=main&type=stdout&plain=true").text().equals("first\n"));
        AllocationRunner runner = client.allocation(Jobs.ID).orElseThrow();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        Thread reader = Thread.ofVirtual().start(() -> {
            FileStream.Order order = new FileStream.Order(false, 0, true, true);
            Path logs = runner.folder().logs();
            try {
                new FileStream(logs, Optional.empty(), order, new Reply.Sink() {
                    @Override
                    public void write(byte[] part) {
                        seen.add(new String(part, StandardCharsets.UTF_8));
                    }

                    @Override
                    public boolean isClosed() {
                        return false;
                    }
                }).send(FileStream.numbered(logs, "main.stdout"), logs);
            } catch (IOException | InterruptedException e) {
                seen.add(e.toString());
            }
        });
        assertThat(seen.take()).isEqualTo("first\n");
        get("PUT", "/v1/client/allocation/ALLOC/signal", "{\"Signal\":\"SIGHUP\"}");
        assertThat(seen.take()).isEqualTo("more\n");
        reader.interrupt();
        reader.join();
    }

    @Test
    void doesNotFollowLinksOutOfTheAllocation() throws IOException {
        give("batch", "ln -s /etc local/out", "");
        reported("complete", a -> word(a).equals(Allocation.COMPLETE));
        assertThat(data.resolve("alloc/" + Jobs.ID + "/main/local/out/passwd")).exists();
        assertThat(get("/v1/client/fs/cat/ALLOC?path=main/local/out/passwd").text()).isEqualTo("Path escapes the alloc directory");
    }

    @Test
    void restartsAndSignalsATaskForItsUser() {
        give("service", "trap \\\"echo got hup\\\" HUP; echo ready; while :; do sleep 0.05; done", "");
        String logs = "/v1/client/fs/logs/ALLOC?task=main&type=stdout&plain=true";
        Eventually.holds("ready", () -> get(logs).text().contains("ready"));
        assertThat(get("PUT", "/v1/client/allocation/ALLOC/signal", "{\"Signal\":\"SIGHUP\"}").text()).isEqualTo("{\"Index\":0}");
        Eventually.holds("signalled", () -> get(logs).text().contains("got hup"));
        assertThat(get("PUT", "/v1/client/allocation/ALLOC/restart", "{\"TaskName\":\"ghost\"}"))
                .isEqualTo(text(500, "Could not find task runner for task: ghost"));
        assertThat(get("PUT", "/v1/client/allocation/ALLOC/restart", "{}").status()).isEqualTo(200);
        reported("restarted", a -> word(a).equals(Allocation.RUNNING) && a.taskStates().get("main").restarts() == 1);
        Map<String, Object> stats = Jobs.map(Json.parse(get("/v1/client/allocation/ALLOC/stats").text()));
        assertThat(stats.keySet()).containsExactly("ResourceUsage", "Tasks", "Timestamp");
        servers.stop(Jobs.ID);
        Allocation complete = reported("complete", a -> word(a).equals(Allocation.COMPLETE));
        assertThat(complete.taskStates().get("main").events().stream().map(e -> e.displayMessage()))
                .contains("Task being sent a signal", "User requested restart", "Task restarting in 0s", "Exit Code: 130, Signal: 2");
        assertThat(get("PUT", "/v1/client/allocation/ALLOC/restart", "{}"))
                .isEqualTo(text(500, "1 error occurred:\n\t* Task not running\n\n"));
        assertThat(get("/v1/client/allocation/ALLOC/gc")).isEqualTo(new Answer(200, "", ""));
        assertThat(get(logs).text()).matches("failed to list entries: .*no such file or directory");
    }

    @Test
    void rendersTemplatesBeforeTheStartAndRestartsWhenTheirDataChanges() throws IOException {
        // The key is missing: the task waits and says for what. The key comes: it starts with it. The key changes: it starts again.
        give("service", "cat ${NOMAD_ALLOC_DIR}/config.yml; sleep 600", ",'Templates':[{'ChangeMode':'restart','Splay':0,"
                + "'DestPath':'${NOMAD_ALLOC_DIR}/config.yml','EmbeddedTmpl':'name: {{ key \\\"app/name\\\" }} {{ env \\\"node.datacenter\\\" }}\\n'}]");
        Allocation waiting = reported("waiting", a -> a.taskStates().get("main").events().getLast().type().equals("Template"));
        assertThat(waiting.taskStates().get("main").events().getLast().displayMessage()).isEqualTo("Missing: kv.block(app/name)");
        registry.put("app/name", "Samantha".getBytes(StandardCharsets.UTF_8));
        String logs = "/v1/client/fs/logs/ALLOC?task=main&type=stdout&plain=true";
        Eventually.holds("first name", () -> get(logs).text().equals("name: Samantha dc1\n"));
        registry.put("app/name", "Bob".getBytes(StandardCharsets.UTF_8));
        Eventually.holds("second name", () -> get(logs).text().equals("name: Samantha dc1\nname: Bob dc1\n"));
        assertThat(Files.readString(data.resolve("alloc/" + Jobs.ID + "/alloc/config.yml"))).isEqualTo("name: Bob dc1\n");
        reported("counted", a -> a.taskStates().get("main").restarts() == 1);
    }

    @Test
    void aScriptRunsInTheTaskWhenItsFileChanges() throws IOException {
        // The file changes: the script copies it and exits 0, which an event says; the task is not restarted. Status names the value.
        registry.put("app/level", "info".getBytes(StandardCharsets.UTF_8));
        give("service", "sleep 600", ",'Templates':[{'ChangeMode':'script','Splay':0,'DestPath':'local/level','Uid':-1,'Wait':{'Min':1000000,'Max':2000000},"
                + "'EmbeddedTmpl':'{{ key \\\"app/level\\\" }}','ChangeScript':{'Command':'/bin/sh','Args':['-c','cp local/level local/copy'],"
                + "'Timeout':5000000000,'FailOnError':true}}]");
        reported("running", a -> word(a).equals(Allocation.RUNNING));
        registry.put("app/level", "debug".getBytes(StandardCharsets.UTF_8));
        Allocation told = reported("told", a -> a.taskStates().get("main").events().stream().anyMatch(e -> e.type().equals("Task hook message")));
        assertThat(told.taskStates().get("main").restarts()).isZero();
        assertThat(Files.readString(data.resolve("alloc/" + Jobs.ID + "/main/local/copy"))).isEqualTo("debug");
        assertThat(get("/v1/client/allocation/" + Jobs.ID + "/templates").text())
                .contains("\"Destination\":\"local/level\"", "\"State\":\"rendered\"", "\"Name\":\"kv.block(app/level)\"");
    }

    @Test
    void aRestartMayMakeItsFilesAnew() throws IOException {
        // Plan: the task spoils its file and fails; the restarted one finds it as the template says.
        give("service", "cat local/file >> local/seen; echo spoilt > local/file; test $(wc -l < local/seen) -ge 2 && exec sleep 600; exit 1",
                ",'RestartPolicy':{'Attempts':3,'Delay':1000000,'Interval':60000000000,'Mode':'fail','RenderTemplates':true},"
                        + "'Templates':[{'ChangeMode':'noop','DestPath':'local/file','EmbeddedTmpl':'fresh\\n'}]");
        reported("restarted", a -> word(a).equals(Allocation.RUNNING) && a.taskStates().get("main").restarts() == 1);
        Eventually.holds("read twice", () -> Files.readString(data.resolve("alloc/" + Jobs.ID + "/main/local/seen")).equals("fresh\nfresh\n"));
    }

    @Test
    void aScriptThatMustNotFailEndsItsTaskAsFailed() {
        registry.put("app/level", "info".getBytes(StandardCharsets.UTF_8));
        give("service", "sleep 600", ",'Templates':[{'ChangeMode':'script','Splay':0,'DestPath':'local/level','Wait':{'Min':1000000,'Max':2000000},"
                + "'EmbeddedTmpl':'{{ key \\\"app/level\\\" }}','ChangeScript':{'Command':'/bin/sh','Args':['-c','exit 3'],"
                + "'Timeout':5000000000,'FailOnError':true}}]");
        reported("running", a -> word(a).equals(Allocation.RUNNING));
        registry.put("app/level", "debug".getBytes(StandardCharsets.UTF_8));
        Allocation failed = reported("failed", a -> word(a).equals(Allocation.FAILED) && a.taskStates().get("main").state().equals("dead"));
        assertThat(failed.taskStates().get("main").events().stream().map(e -> e.displayMessage()))
                .contains("Template failed to run script /bin/sh -c exit 3: exit code 3");
    }

    @Test
    void aTemplateThatDoesNotParseFailsTheTaskWithItsReason() {
        give("batch", "true", ",'RestartPolicy':{'Attempts':0,'Mode':'fail'},'Templates':[{'DestPath':'local/x','EmbeddedTmpl':'{{ nope'}]");
        Allocation failed = reported("failed", a -> word(a).equals(Allocation.FAILED));
        assertThat(failed.taskStates().get("main").events().stream().map(e -> e.displayMessage()))
                .anyMatch(text -> text.startsWith("Template failed: "));
    }

    @Test
    void killsAtOnceWhatIgnoresItsInterrupt() {
        give("service", "trap \\\"\\\" INT; echo ready; while :; do sleep 0.05; done", "");
        Eventually.holds("ready", () -> reported("running", a -> word(a).equals(Allocation.RUNNING)) != null
                && get("/v1/client/fs/logs/ALLOC?task=main&type=stdout&plain=true").text().contains("ready"));
        servers.stop(Jobs.ID);
        Allocation complete = reported("complete", a -> word(a).equals(Allocation.COMPLETE));
        assertThat(complete.taskStates().get("main").events().stream().map(e -> e.displayMessage()))
                .endsWith("Sent interrupt. Waiting 1s before force killing", "Exit Code: 137, Signal: 9", "Task successfully killed");
    }

    @Test
    void aGroupsScriptChecksRunBesideTheTasksTheyName() {
        servers.give(Jobs.allocation(Jobs.ID, Jobs.job("service",
                "'Services':[{'Name':'web','PortLabel':'http','Checks':[{'Type':'script','Name':'alive','TaskName':'main','Command':'/bin/sh',"
                        + "'Args':['-c','echo as $NOMAD_TASK_NAME; exit 1'],'Interval':1000000000,'Timeout':5000000000}]}],",
                "{'Name':'main','Driver':'raw_exec','KillTimeout':1000000000,'Config':{'command':'/bin/sleep','args':['600']}}"), ""));
        Eventually.holds("the check is reported", () -> registry.read(
                new muster.registry.client.Query.ChecksInState("warning", muster.registry.client.Query.Scope.LOCAL)).value().stream()
                .anyMatch(check -> check.name().equals("alive") && check.output().contains("as main")));
        servers.stop(Jobs.ID);
        reported("complete", a -> word(a).equals(Allocation.COMPLETE));
        assertThat(registry.registrations()).isEmpty();
    }
}
