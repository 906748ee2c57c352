package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import muster.scheduler.driver.DockerEngine;
import muster.scheduler.driver.DriverSettings;
import muster.scheduler.driver.Drivers;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.TaskEvent;
import muster.testkit.Eventually;
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
    @TempDir
    static Path home;
    private static DockerEngine engine;
    private final Drivers drivers = Drivers.of(engine == null ? DriverSettings.DEV
            : new DriverSettings(true, Map.of("docker", Map.of("endpoint", engine.endpoint())), Map.of(), Map.of()));
    private OneNode node;

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
        node = new OneNode(data, drivers, ClientSettings.Rules.USUAL);
    }

    @AfterEach
    void end() throws IOException {
        node.close();
    }

    private void needs(String driver) {
        assumeTrue(node.driver(driver).detected(), () -> "driver " + driver + " is not to be had here: " + node.driver(driver).healthDescription());
    }

    private void submit(String type, String driver, String config, String more) {
        node.submit(type, driver, config, ",'Env':{'GREETING':'hello from ${NOMAD_TASK_DIR}'}" + more);
    }

    private List<String> events() {
        return node.task("main").events().stream().map(TaskEvent::displayMessage).toList();
    }

    @Test
    void mockTasksEndAsTheyAreTold() throws IOException {
        submit("batch", "mock_driver", "{'run_for':'50ms','exit_code':0,'stdout_string':'hello'}", "");
        node.becomes(Allocation.COMPLETE);
        assertThat(events()).contains("Task started by client", "Exit Code: 0");
        assertThat(node.log("stdout")).isEqualTo("hello");
    }

    @Test
    void aMockTaskThatFailsSaysSo() {
        submit("batch", "mock_driver", "{'run_for':'10ms','exit_code':2,'exit_err_msg':'broken'}", "");
        node.becomes(Allocation.FAILED);
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
        node.becomes(Allocation.RUNNING);
        Eventually.holds("it wrote", () -> {
            try {
                return node.log("stdout").equals("nobody\nhello from /local\none /secrets\ntwo /alloc\n");
            } catch (IOException e) {
                return false;
            }
        });
        node.stop();
        node.becomes(Allocation.COMPLETE);
        assertThat(events()).contains("Exit Code: 130, Signal: 2", "Task successfully killed");
    }

    @Test
    void anIsolatedTaskThatTakesTooMuchMemoryIsNamed() {
        needs("exec");
        submit("batch", "exec", "{'command':'/bin/sh','args':['-c','x=$(head -c 300m /dev/zero | base64)']}", "");
        node.becomes(Allocation.FAILED);
        assertThat(events()).contains("Exit Code: 137, Signal: 9, Exit Message: \"OOM Killed\"");
        assertThat(node.task("main").events()).anySatisfy(event -> assertThat(event.details()).containsEntry("oom_killed", "true"));
    }

    @Test
    void whatIsWrongWithAnIsolatedTaskIsSaidAtOnce() {
        needs("exec");
        submit("batch", "exec", "{'args':['x'],'bogus':1,'cap_add':['sys_admin']}", "");
        node.becomes(Allocation.FAILED);
        assertThat(node.task("main").events()).anySatisfy(event -> assertThat(event.validationError())
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
        Eventually.holds("it ended", () -> node.allocation() != null && node.allocation().isClientTerminal());
        assertThat(events()).contains("Exit Code: 0");
        assertThat(node.log("stdout")).isEqualTo("hello you true\n");
    }

    @Test
    void aContainerRunsWritesAndIsKilled() {
        // It finds its template, writes, and is asked to end by the engine's usual signal; it is deaf to it, and killed in time.
        assumeTrue(engine != null, DockerEngine::lacking);
        needs("docker");
        submit("service", "docker", "{'image':'bb:1','network_mode':'host','command':'/bin/sh','args':['-c','echo $GREETING; cat /local/t; sleep 600']}",
                ",'Templates':[{'EmbeddedTmpl':'one\\n','DestPath':'local/t'}]");
        node.becomes(Allocation.RUNNING);
        Eventually.holds("it wrote", () -> {
            try {
                return node.log("stdout").equals("hello from /local\none\n");
            } catch (IOException e) {
                return false;
            }
        });
        node.stop();
        node.becomes(Allocation.COMPLETE);
        assertThat(events()).contains("Exit Code: 137", "Task successfully killed");
    }
}
