package muster.scheduler.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import muster.http.HttpListener;
import muster.http.Routes;
import muster.raft.MemoryLogGroup;
import muster.registry.client.testing.FakeRegistry;
import muster.scheduler.SchedulerServer;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.client.Client;
import muster.scheduler.client.ClientSettings;
import muster.scheduler.client.UsualNode;
import muster.scheduler.driver.Drivers;
import muster.testkit.Eventually;
import muster.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Variables and services that the scheduler itself keeps, over HTTP, and tasks whose templates read them. */
@Timeout(120)
class OwnServicesTest {
    @TempDir
    Path data;
    private final MemoryLogGroup group = new MemoryLogGroup("127.0.0.1:4647");
    private final RandomGenerator random = new java.util.Random(1);
    private final SchedulerServer server = SchedulerServer.attach(group, LeaderSettings.defaults(2), InstantSource.system(), random);
    private final FakeRegistry registry = new FakeRegistry();
    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http = HttpClient.newHttpClient();
    private HttpListener listener;
    private Optional<Client> client = Optional.empty();

    @BeforeEach
    void start() throws Exception {
        group.start();
        server.start();
        Routes routes = ServerRoutes.of(server, Facts.alone(), InstantSource.system(), random);
        listener = HttpListener.start(vertx, HttpListener.Listen.on("127.0.0.1", 0), routes, new SchedulerDialect());
    }

    @AfterEach
    void stop() {
        client.ifPresent(Client::close);
        http.close();
        listener.close();
        vertx.close().await();
        server.close();
        group.close();
        registry.close();
    }

    private void startClient() throws IOException {
        ClientSettings settings = UsualNode.settings(data.toAbsolutePath(), false, "127.0.0.1:" + listener.port(), ClientSettings.Rules.USUAL);
        client = Optional.of(Client.start(settings, server.clients(), registry, Drivers.of(true), InstantSource.system(), random,
                () -> UUID.randomUUID().toString()));
    }

    private HttpRequest request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + path)).timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))).build();
    }

    private HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        return http.send(request(method, path, body), HttpResponse.BodyHandlers.ofString());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(HttpResponse<String> answer) {
        return (Map<String, Object>) Json.parse(answer.body());
    }

    @Test
    void variablesAreWrittenReadListedAndRemoved() throws Exception {
        Map<String, Object> written = object(send("PUT", "/v1/var/app/db", "{'Items':{'user':'ann','pass':'s3cret'}}"));
        assertThat(written).containsEntry("Path", "app/db").containsEntry("Namespace", "default")
                .containsEntry("Items", Map.of("user", "ann", "pass", "s3cret"));
        assertThat(object(send("GET", "/v1/var/app/db", ""))).isEqualTo(written);
        send("PUT", "/v1/var/other", "{'Items':{'a':'b'}}");
        assertThat(send("GET", "/v1/vars?prefix=app", "").body()).contains("\"Path\":\"app/db\"").doesNotContain("other", "s3cret");
        assertThat(send("DELETE", "/v1/var/app/db", "").statusCode()).isEqualTo(204);
        assertThat(send("GET", "/v1/var/app/db", "")).returns(404, HttpResponse::statusCode).returns("variable not found", HttpResponse::body);
    }

    @Test
    void checkAndSetWritesOnlyWhatIsAsExpected() throws Exception {
        long index = ((Number) object(send("PUT", "/v1/var/a?cas=0", "{'Items':{'n':'1'}}")).get("ModifyIndex")).longValue();
        HttpResponse<String> refused = send("PUT", "/v1/var/a?cas=0", "{'Items':{'n':'2'}}");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(object(refused)).containsEntry("Items", Map.of("n", "1"));
        assertThat(send("PUT", "/v1/var/a?cas=" + index, "{'Items':{'n':'3'}}").statusCode()).isEqualTo(200);
        assertThat(send("DELETE", "/v1/var/a?cas=" + index, "").statusCode()).isEqualTo(409);
        assertThat(send("PUT", "/v1/var/a?cas=x", "{'Items':{'n':'4'}}").statusCode()).isEqualTo(400);
        assertThat(send("DELETE", "/v1/var/unheard?cas=0", "").statusCode()).isEqualTo(204);
    }

    @Test
    void aReadWaitsForItsVariableAlone() throws Exception {
        long index = ((Number) object(send("PUT", "/v1/var/a", "{'Items':{'n':'1'}}")).get("ModifyIndex")).longValue();
        CompletableFuture<HttpResponse<String>> waiting = http.sendAsync(request("GET", "/v1/var/a?wait=20s&index=" + index, ""),
                HttpResponse.BodyHandlers.ofString());
        send("PUT", "/v1/var/b", "{'Items':{'n':'1'}}");
        assertThat(waiting).isNotDone();
        send("PUT", "/v1/var/a", "{'Items':{'n':'2'}}");
        assertThat(waiting.get().body()).contains("\"n\":\"2\"");
    }

    @Test
    void whatCanNotBeKeptIsRefusedInTheOriginalsWords() throws Exception {
        assertThat(send("PUT", "/v1/var/a", "{'Items':{}}")).returns(400, HttpResponse::statusCode)
                .returns("variable missing required Items object", HttpResponse::body);
        assertThat(send("PUT", "/v1/var/nomad", "{'Items':{'a':'b'}}").body()).startsWith("\"nomad\" is a reserved top-level directory path");
        assertThat(send("PUT", "/v1/var/nomad/other", "{'Items':{'a':'b'}}").body()).startsWith("only paths at \"nomad/jobs\"");
        assertThat(send("PUT", "/v1/var/a@b", "{'Items':{'a':'b'}}").body()).isEqualTo("invalid path \"a@b\"");
        assertThat(send("PUT", "/v1/var/big", "{'Items':{'a':'" + "x".repeat(70_000) + "'}}").body())
                .isEqualTo("variables are limited to 64KiB in total size");
        assertThat(send("PUT", "/v1/var/a?namespace=x", "{'Items':{'a':'b'}}").body()).contains("nonexistent namespace \"x\"");
    }

    private void runJob(String id, String services, String data) throws Exception {
        String job = "{'Job':{'ID':'" + id + "','Name':'" + id + "','Type':'service','Datacenters':['dc1'],'TaskGroups':[{'Name':'g','Services':["
                + services + "],'Tasks':[{'Name':'t','Driver':'raw_exec','Config':{'command':'/bin/sleep','args':['1000']},'KillTimeout':1000000000,"
                + "'Templates':[{'EmbeddedTmpl':'" + data + "','DestPath':'local/out','ChangeMode':'noop','EmptyHold':0}]}]}]}}";
        assertThat(send("PUT", "/v1/jobs", job).statusCode()).isEqualTo(200);
    }

    private Optional<String> file(String job) throws IOException {
        String allocation = server.state().allocationsOf("default", job).stream().findFirst().map(a -> a.id()).orElse("none");
        Path file = data.resolve("alloc").resolve(allocation).resolve("t/local/out");
        return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    }

    /**
     * Plan: a task waits for a variable and, once it is written, shows it and the native services; a second job brings an
     * instance, and its stop takes it away.
     */
    @Test
    void templatesOfTasksFollowVariablesAndServices() throws Exception {
        startClient();
        runJob("reader", "", "{{with nomadVar `nomad/jobs/reader`}}{{.word}}{{end}}:{{range nomadService `echo`}}{{.Address}}/{{.JobID}}{{end}}");
        Eventually.holds("placed", () -> !server.state().allocationsOf("default", "reader").isEmpty());
        send("PUT", "/v1/var/nomad/jobs/reader", "{'Items':{'word':'hello'}}");
        Eventually.holds("variable", () -> file("reader").equals(Optional.of("hello:")));
        runJob("echo", "{'Name':'echo','Provider':'nomad','Tags':['v1']}", "x");
        Eventually.holds("service", () -> file("reader").equals(Optional.of("hello:127.0.0.1/echo")));
        assertThat(send("GET", "/v1/services", "").body())
                .isEqualTo("[{\"Namespace\":\"default\",\"Services\":[{\"ServiceName\":\"echo\",\"Tags\":[\"v1\"]}]}]");
        assertThat(registry.registrations()).isEmpty();
        send("PUT", "/v1/var/nomad/jobs/reader", "{'Items':{'word':'bye'}}");
        Eventually.holds("new variable", () -> file("reader").equals(Optional.of("bye:127.0.0.1/echo")));
        send("DELETE", "/v1/job/echo", "");
        Eventually.holds("gone", () -> file("reader").equals(Optional.of("bye:")));
    }

    @Test
    void aKeyChoosesTheSameInstancesAgain() throws Exception {
        startClient();
        runJob("echo", Stream.of("a", "b", "c").map(port -> "{'Name':'echo','Provider':'nomad','PortLabel':'" + port + "'}")
                .reduce((a, b) -> a + "," + b).orElseThrow(), "x");
        Eventually.holds("three", () -> server.state().servicesOf("default", "echo").size() == 3);
        String first = send("GET", "/v1/service/echo?choose=1%7Cme", "").body();
        assertThat((List<?>) Json.parse(first)).hasSize(1);
        assertThat(send("GET", "/v1/service/echo?choose=1%7Cme", "").body()).isEqualTo(first);
        assertThat(send("GET", "/v1/service/echo?choose=x", "").statusCode()).isEqualTo(400);
        String id = server.state().servicesOf("default", "echo").getFirst().id();
        assertThat(send("DELETE", "/v1/service/echo/" + id, "").statusCode()).isEqualTo(200);
        assertThat(server.state().servicesOf("default", "echo")).hasSize(2);
        assertThat(send("DELETE", "/v1/service/echo/none", "").statusCode()).isEqualTo(404);
    }
}
