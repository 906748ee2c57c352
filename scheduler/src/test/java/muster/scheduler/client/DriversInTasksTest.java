package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;
import muster.raft.MemoryLogGroup;
import muster.registry.client.testing.FakeRegistry;
import muster.scheduler.SchedulerServer;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.driver.DockerEngine;
import muster.scheduler.driver.DriverSettings;
import muster.scheduler.driver.Drivers;
import muster.scheduler.job.Canonical;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.DriverState;
import muster.scheduler.state.TaskEvent;
import muster.scheduler.state.TaskState;
import muster.testkit.Eventually;
import muster.wire.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each driver on its whole way: a job is submitted, placed, runs, writes, and ends. Skipped where this machine lacks what a driver needs. */
@Timeout(120)
class DriversInTasksTest {
    @TempDir
    Path data;
    private final MemoryLogGroup group = new MemoryLogGroup("test");
    private final SchedulerServer server = SchedulerServer.attach(group, LeaderSettings.defaults(2), InstantSource.system(),
            RandomGenerator.of("L64X128MixRandom"));
    private final FakeRegistry registry = new FakeRegistry();
    @TempDir
    static Path home;
    private static DockerEngine engine;
    private final Drivers drivers = Drivers.of(engine == null ? DriverSettings.DEV
            : new DriverSettings(true, Map.of("docker", Map.of("endpoint", engine.endpoint())), Map.of(), Map.of()));
    private Client client;

    @BeforeAll
    static void engine() throws Exception {
        if (DockerEngine.lacking().isEmpty()) {
            engine = DockerEngine.start(home);
            engine.image();
        }
    }

    @AfterAll
    static void stopEngine() throws Exception {
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }

    @BeforeEach
    void begin() throws IOException {
        group.start();
        server.start();
        ClientSettings settings = new ClientSettings("node-1", "dc1", "global", "", "1.1.2", Map.of(), data.toAbsolutePath(), false,
                "lo", "127.0.0.1", OwnApi.plain("127.0.0.1:4646"), "", Map.of(), Map.of("PATH", "/usr/bin:/bin"),
                ClientSettings.Capacity.FOUND, ClientSettings.Rules.USUAL);
        client = Client.start(settings, server.clients(), registry, drivers, InstantSource.system(), new SplittableRandom(1),
                () -> UUID.randomUUID().toString());
        Eventually.holds("the drivers were looked at", () -> server.state().nodes().get(client.node().id()) != null
                && server.state().nodes().get(client.node().id()).drivers().values().stream()
                        .noneMatch(state -> state.healthDescription().equals("not looked at yet")));
    }

    @AfterEach
    void end() throws IOException {
        client.close();
        drivers.close();
        server.close();
        group.close();
        registry.close();
        try (var links = Files.find(data, 8, (path, attributes) -> attributes.isSymbolicLink())) {
            // They lead out of the folder, which its removal would complain of.
            for (Path link : links.toList()) {
                Files.delete(link);
            }
        }
    }

    private void needs(String driver) {
        DriverState state = server.state().nodes().get(client.node().id()).drivers().get(driver);
        assumeTrue(state.detected(), () -> "driver " + driver + " is not to be had here: " + state.healthDescription());
    }

    private void submit(String type, String driver, String config, String more) {
        Job job = Canonical.server(Canonical.api(Json.read(Job.class, Jobs.quoted("{'ID':'app','Name':'app','Datacenters':['dc1'],"
                + "'Type':'" + type + "','TaskGroups':[{'Name':'web','Count':1,'RestartPolicy':{'Attempts':0,'Mode':'fail'},"
                + "'ReschedulePolicy':{'Attempts':0,'Unlimited':false},"
                + "'Tasks':[{'Name':'main','Driver':'" + driver + "','KillTimeout':2000000000,'Config':" + config + ",'Env':{'GREETING':'hello from ${NOMAD_TASK_DIR}'},"
                + "'Resources':{'CPU':50,'MemoryMB':64}" + more + "}]}]}").getBytes(StandardCharsets.UTF_8), Json.Unknown.REFUSE)));
        server.writer().write(new Command.RegisterJob(job, new Evaluations(server.writer()).of(job, Evaluations.JOB_REGISTER), false, 0, null));
    }

    private void stop() {
        Job stopped = server.state().job("default", "app").withStop(true);
        server.writer().write(new Command.RegisterJob(stopped, new Evaluations(server.writer()).of(stopped, Evaluations.JOB_DEREGISTER),
                false, 0, null));
    }

    private Allocation allocation() {
        List<Allocation> all = server.state().allocationsOf("default", "app");
        return all.isEmpty() ? null : all.getFirst();
    }

    private void becomes(String status) {
        Eventually.holds("the allocation is " + status, () -> allocation() != null && allocation().clientStatus().equals(status));
    }

    private TaskState task() {
        return allocation().taskStates().get("main");
    }

    private List<String> events() {
        return task().events().stream().map(TaskEvent::displayMessage).toList();
    }

    private String log(String stream) throws IOException {
        return Files.readString(data.resolve("alloc/" + allocation().id() + "/alloc/logs/main." + stream + ".0"));
    }

    @Test
    void mockTasksEndAsTheyAreTold() throws IOException {
        submit("batch", "mock_driver", "{'run_for':'50ms','exit_code':0,'stdout_string':'hello'}", "");
        becomes(Allocation.COMPLETE);
        assertThat(events()).contains("Task started by client", "Exit Code: 0");
        assertThat(log("stdout")).isEqualTo("hello");
    }

    @Test
    void aMockTaskThatFailsSaysSo() {
        submit("batch", "mock_driver", "{'run_for':'10ms','exit_code':2,'exit_err_msg':'broken'}", "");
        becomes(Allocation.FAILED);
        assertThat(events()).contains("Exit Code: 2, Exit Message: \"broken\"");
    }

    @Test
    void anIsolatedTaskRunsWritesAndIsKilled() throws IOException {
        // It runs in its own root as nobody, its template and its shared folder are where it looks for them, and stopping the
        // job ends it by signal.
        needs("exec");
        submit("service", "exec", "{'command':'/bin/sh','args':['-c','id -un; echo $GREETING; cat /local/t; cat /alloc/s; exec sleep 600']}",
                ",'Templates':[{'EmbeddedTmpl':'one {{ env \\u0022NOMAD_SECRETS_DIR\\u0022 }}\\n','DestPath':'local/t'},"
                        + "{'EmbeddedTmpl':'two {{ env \\u0022NOMAD_ALLOC_DIR\\u0022 }}\\n','DestPath':'${NOMAD_ALLOC_DIR}/s'}]");
        becomes(Allocation.RUNNING);
        Eventually.holds("it wrote", () -> {
            try {
                return log("stdout").equals("nobody\nhello from /local\none /secrets\ntwo /alloc\n");
            } catch (IOException e) {
                return false;
            }
        });
        stop();
        becomes(Allocation.COMPLETE);
        assertThat(events()).contains("Exit Code: 130, Signal: 2", "Task successfully killed");
    }

    @Test
    void anIsolatedTaskThatTakesTooMuchMemoryIsNamed() {
        needs("exec");
        submit("batch", "exec", "{'command':'/bin/sh','args':['-c','x=$(head -c 300m /dev/zero | base64)']}", "");
        becomes(Allocation.FAILED);
        assertThat(events()).contains("Exit Code: 137, Signal: 9, Exit Message: \"OOM Killed\"");
        assertThat(task().events()).anySatisfy(event -> assertThat(event.details()).containsEntry("oom_killed", "true"));
    }

    @Test
    void whatIsWrongWithAnIsolatedTaskIsSaidAtOnce() {
        needs("exec");
        submit("batch", "exec", "{'args':['x'],'bogus':1,'cap_add':['sys_admin']}", "");
        becomes(Allocation.FAILED);
        assertThat(task().events()).anySatisfy(event -> assertThat(event.validationError())
                .contains("Invalid label: No argument or block type is named \"bogus\".")
                .contains("Missing required argument: The argument \"command\" is required")
                .contains("driver does not allow the following capabilities: sys_admin"));
    }

    @Test
    void aJavaProgramRuns() throws IOException {
        needs("java");
        submit("batch", "java", "{'class':'/local/Hello.java','jvm_options':['-XX:TieredStopAtLevel=1'],'args':['you']}",
                ",'Templates':[{'EmbeddedTmpl':'class Hello { public static void main(String[] a) { System.out.println(\\u0022hello \\u0022 + a[0] + \\u0022 \\u0022"
                        + " + (Runtime.getRuntime().maxMemory() < (256L << 20))); } }','DestPath':'local/Hello.java'}]");
        Eventually.holds("it ended", () -> allocation() != null && allocation().isClientTerminal());
        assertThat(events()).contains("Exit Code: 0");
        assertThat(log("stdout")).isEqualTo("hello you true\n");
    }

    @Test
    void aContainerRunsWritesAndIsKilled() {
        // It finds its template, writes, and is asked to end by the engine's usual signal; it is deaf to it, and killed in time.
        assumeTrue(engine != null, DockerEngine::lacking);
        needs("docker");
        submit("service", "docker", "{'image':'bb:1','network_mode':'host','command':'/bin/sh','args':['-c','echo $GREETING; cat /local/t; sleep 600']}",
                ",'Templates':[{'EmbeddedTmpl':'one\\n','DestPath':'local/t'}]");
        becomes(Allocation.RUNNING);
        Eventually.holds("it wrote", () -> {
            try {
                return log("stdout").equals("hello from /local\none\n");
            } catch (IOException e) {
                return false;
            }
        });
        stop();
        becomes(Allocation.COMPLETE);
        assertThat(events()).contains("Exit Code: 137", "Task successfully killed");
    }
}
