package muster.scheduler.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import muster.http.Call;
import muster.http.Dispatcher;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.MemoryLogGroup;
import muster.scheduler.Samples;
import muster.scheduler.SchedulerServer;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.PlanResult;
import muster.testkit.ManualClock;
import muster.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Node pools, tags of versions, sources, statuses and actions of jobs: what versions after 1.1.2 have, over the API's routes. */
@Timeout(60)
class LaterObjectsTest {
    private static final String POOL = "{\"Name\":\"gpu\",\"Description\":\"Fast ones\",\"SchedulerConfiguration\":{\"SchedulerAlgorithm\":\"spread\"}}";
    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final MemoryLogGroup group = new MemoryLogGroup("127.0.0.1:4647");
    private final SchedulerServer server = SchedulerServer.attach(group, LeaderSettings.defaults(1), clock, new java.util.Random(1));
    private Dispatcher api;

    @BeforeEach
    void start() {
        group.start();
        server.start();
        api = Dispatcher.of(ServerRoutes.of(server, Facts.alone(), clock, new java.util.Random(2)), new SchedulerDialect());
    }

    @AfterEach
    void stop() {
        server.close();
        group.close();
    }

    private record Answer(int status, String text) {
        Object json() {
            return Json.parse(text);
        }

        @SuppressWarnings("unchecked")
        Map<String, Object> object() {
            return (Map<String, Object>) json();
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> list() {
            return (List<Map<String, Object>>) json();
        }
    }

    private Answer call(String request, String body) {
        String[] parts = request.split(" ");
        String[] target = parts[1].split("\\?", 2);
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : target.length == 1 ? new String[0] : target[1].split("&")) {
            query.put(pair.substring(0, pair.indexOf('=')), List.of(pair.substring(pair.indexOf('=') + 1)));
        }
        Reply reply = api.handle(new Call(parts[0], target[0], Map.of(), query, Map.of(), body.getBytes(StandardCharsets.UTF_8),
                new InetSocketAddress(0), new CompletableFuture<>())).toCompletableFuture().join();
        return new Answer(reply.status(), new String(((Reply.Full) reply).body(), StandardCharsets.UTF_8));
    }

    private static String job(String more) {
        String job = new String(Json.write(Samples.job("app", 1)), StandardCharsets.UTF_8).replaceAll("\"SizeMB\":\\d+", "\"SizeMB\":300");
        return "{\"Job\":" + job.replaceFirst("\"AllAtOnce\"", more + "\"AllAtOnce\"") + ",\"Submission\":{\"Source\":\"job \\\"app\\\" {}\",\"Format\":\"hcl2\"}}";
    }

    @Test
    void aPoolIsMadeListedUsedAndRemovedWhenNothingBelongsToIt() {
        assertThat(call("PUT /v1/job/app", job("\"NodePool\":\"gpu\",")))
                .isEqualTo(new Answer(500, "job \"app\" is in nonexistent node pool \"gpu\""));
        assertThat(call("PUT /v1/node/pools", POOL).status()).isEqualTo(200);
        assertThat(call("GET /v1/node/pools", "").list()).extracting(pool -> pool.get("Name")).containsExactly("all", "default", "gpu");
        assertThat(call("PUT /v1/job/app", job("\"NodePool\":\"gpu\",")).status()).isEqualTo(200);
        assertThat(call("GET /v1/node/pool/gpu/jobs", "").list()).extracting(job -> job.get("ID")).containsExactly("app");
        assertThat(server.state().configurationOf("gpu").schedulerAlgorithm()).isEqualTo("spread");
        assertThat(call("DELETE /v1/node/pool/gpu", "").text()).isEqualTo("node pool \"gpu\" has non-terminal jobs in regions: [global]");
        assertThat(call("DELETE /v1/job/app?purge=true", "").status()).isEqualTo(200);
        assertThat(call("DELETE /v1/node/pool/gpu", "").status()).isEqualTo(200);
        assertThat(call("GET /v1/node/pool/gpu", "")).isEqualTo(new Answer(404, "node pool not found"));
    }

    @Test
    void whatIsNoPoolOrBuiltInIsRefused() {
        assertThat(call("PUT /v1/node/pool/all", "{\"Name\":\"all\"}")).isEqualTo(new Answer(400, "modifying node pool \"all\" is not allowed"));
        assertThat(call("DELETE /v1/node/pool/default", "")).isEqualTo(new Answer(400, "deleting node pool \"default\" is not allowed"));
        assertThat(call("PUT /v1/node/pool/a", POOL)).isEqualTo(new Answer(400, "Node pool name does not match request path"));
        assertThat(call("PUT /v1/node/pools", "{\"Name\":\"a b\"}").text()).contains("invalid name \"a b\", must match regex ^[a-zA-Z0-9-_]{1,128}$");
    }

    /** Plan: two versions, a tag on the first, which then can't be given to the second; the tag is taken off again. */
    @Test
    void aVersionHasAName() {
        call("PUT /v1/job/app", job(""));
        call("PUT /v1/job/app", job("\"NodePool\":\"all\","));

        assertThat(call("PUT /v1/job/app/versions/golden/tag", "{\"Version\":0,\"Description\":\"good\"}").status()).isEqualTo(200);
        assertThat(call("PUT /v1/job/app/versions/golden/tag", "{\"Version\":1}"))
                .isEqualTo(new Answer(500, "tag \"golden\" already exists on a different version of job \"app\""));
        assertThat(call("GET /v1/job/app/versions", "").text()).contains("\"VersionTag\":{\"Description\":\"good\",\"Name\":\"golden\"");
        assertThat(call("GET /v1/job/app/versions?diffs=true&diff_tag=golden", "").text()).contains("\"Diffs\":[{\"Fields\":[{");
        assertThat(call("DELETE /v1/job/app/versions/golden/tag", "").status()).isEqualTo(200);
        assertThat(call("DELETE /v1/job/app/versions/golden/tag", "")).isEqualTo(new Answer(500, "tag \"golden\" not found on job \"app\""));
    }

    @Test
    void aTaggedVersionIsKept() {
        call("PUT /v1/job/app", job(""));
        call("PUT /v1/job/app/versions/first/tag", "{\"Version\":0}");
        for (int i = 0; i < 9; i++) {
            call("PUT /v1/job/app", job("\"DispatchIdempotencyToken\":\"" + i + "\","));
        }

        assertThat(server.state().jobVersions("default", "app")).extracting(version -> version.version().intValue()).containsExactly(9, 8, 7, 6, 5, 4, 0);
    }

    @Test
    void theSourceOfAVersionIsKept() {
        call("PUT /v1/job/app", job(""));

        assertThat(call("GET /v1/job/app/submission?version=0", "").object()).containsEntry("Source", "job \"app\" {}").containsEntry("Format", "hcl2");
        assertThat(call("GET /v1/job/app/submission?version=1", "")).isEqualTo(new Answer(404, "job source not found"));
        assertThat(call("GET /v1/job/app/submission", "")).isEqualTo(new Answer(400, "Unable to parse job submission version parameter"));
    }

    @Test
    void statusesTellOfAllJobsAtOnce() {
        call("PUT /v1/job/app", job(""));

        assertThat(call("GET /v1/jobs/statuses", "").list()).singleElement().satisfies(row -> assertThat(row)
                .containsEntry("ID", "app").containsEntry("GroupCountSum", 1L).containsEntry("NodePool", "default"));
        assertThat(call("POST /v1/jobs/statuses", "{\"jobs\":[{\"id\":\"other\",\"namespace\":\"default\"}]}").list()).isEmpty();
    }

    @Test
    void waitingForTheScaleOfAJobEndsWithAnEvent() {
        call("PUT /v1/job/app", job(""));
        String note = "{\"Target\":{\"Group\":\"web\"},\"Message\":\"%s\"}";
        call("PUT /v1/job/app/scale", note.formatted("first"));
        long index = server.state().index();
        CompletableFuture<Answer> told = CompletableFuture.supplyAsync(() -> call("GET /v1/job/app/scale?wait=10m&index=" + index, ""));
        call("PUT /v1/job/app/scale", note.formatted("second"));

        assertThat(told.join().text()).contains("\"Message\":\"second\"");
    }

    /** Plan: a job with two tasks that have an action; each request becomes the right command beside the right task, or a refusal. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            action=check                      | 200 [one] ["echo","a b"]
            action=both&task=two              | 200 [two] ["date"]
            action=both                       | 400 action "both" is in several tasks of group "web": name one by task
            action=none                       | 404 job "app" has no running allocation with an action "none"
            action=check&task=two             | 404 group "web" has no action "check" in task "two"
            action=check&allocID=00000000-0000-0000-0000-000000000009 | 404 Unknown allocation "00000000-0000-0000-0000-000000000009"
            task=one                          | 400 must provide action name
            """)
    void anActionRunsBesideItsTask(String query, String wanted) {
        Routes nodes = new Routes();
        nodes.get("/v1/client/allocation/:id/exec", Handlers.direct(
                call -> Reply.text(200, call.query().get("task") + " " + call.query("command"))));
        Job job = Samples.read(Job.class, """
                {"ID": "app", "Name": "app", "Namespace": "default", "Type": "service", "Version": 0, "TaskGroups": [{"Name": "web", "Tasks": [
                  {"Name": "one", "Actions": [{"Name": "check", "Command": "echo", "Args": ["a b"]}, {"Name": "both", "Command": "true"}]},
                  {"Name": "two", "Actions": [{"Name": "both", "Command": "date"}]}]}]}""");
        Allocation running = Samples.read(Allocation.class, """
                {"ID": "00000000-0000-0000-0000-000000000002", "Namespace": "default", "JobID": "app", "TaskGroup": "web", "NodeID": "n",
                 "ClientStatus": "running", "DesiredStatus": "run"}""");
        try (InProcess other = InProcess.open(nodes)) {
            other.server.writer().write(new Command.RegisterJob(job.withStop(true), null, false, 0, null));
            other.server.writer().write(new Command.ApplyPlan(new PlanResult("e", job, List.of(), List.of(running), List.of(), null, List.of(),
                    List.of(), 0)));
            assertThat(other.call("GET /v1/job/app/action?" + query, "").refusal()).isEqualTo(wanted);
        }
    }

    @Test
    void whoMayNotRunCommandsLearnsNothingOfActions() {
        try (InProcess guarded = InProcess.guarded()) {
            guarded.bootstrap();
            for (String query : List.of("action=a", "action=a&ws_handshake=true")) {
                assertThat(guarded.call("GET /v1/job/app/action?" + query, "").refusal()).isEqualTo("403 Permission denied");
            }
        }
    }

    /** Plan: register a job, wait until its deployment began (nothing can be placed), scale; fail the deployment, scale again. */
    @Test
    void aJobIsNotScaledWhileItIsDeployed() {
        Map<String, Object> registered = call("PUT /v1/jobs", job("")).object();
        call("GET /v1/evaluation/" + registered.get("EvalID") + "?wait=30s&index=" + registered.get("EvalCreateIndex"), "");
        Object deployment = call("GET /v1/job/app/deployment", "").object().get("ID");
        String two = "{\"Target\":{\"Group\":\"web\"},\"Count\":2}";

        assertThat(call("PUT /v1/job/app/scale", two.replace(",\"Count\"", ",\"Meta\":{\"k\":1},\"Message\":\"more\",\"Count\"")))
                .isEqualTo(new Answer(400, "job scaling blocked due to active deployment"));
        assertThat(call("GET /v1/job/app/scale", "").text()).contains("\"Events\":[{\"Count\":null,", "\"Error\":true,\"EvalID\":null,"
                + "\"Message\":\"job scaling blocked due to active deployment\",\"Meta\":{\"OriginalCount\":2,\"OriginalMessage\":\"more\","
                + "\"OriginalMeta\":{\"k\":1}},\"PreviousCount\":1,");
        assertThat(call("PUT /v1/deployment/fail/" + deployment, "{\"DeploymentID\":\"" + deployment + "\"}").status()).isEqualTo(200);
        assertThat(call("PUT /v1/job/app/scale", two).status()).isEqualTo(200);
    }
}
