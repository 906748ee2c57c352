package muster.scheduler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The docker driver with a real engine. Skipped where none can be started, with the reason. */
@Timeout(120)
class DockerTest {
    @TempDir
    static Path home;
    private static DockerEngine daemon;
    private static DockerClient client;

    @TempDir
    Path root;
    private final List<String> progress = new CopyOnWriteArrayList<>();
    private Docker driver;
    private Path logs;
    private Path folder;
    private TaskHandle started;

    @BeforeAll
    static void engine() throws Exception {
        assumeTrue(DockerEngine.lacking().isEmpty(), DockerEngine::lacking);
        daemon = DockerEngine.start(home);
        DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder().withDockerHost(daemon.endpoint()).build();
        client = DockerClientImpl.getInstance(config, new ZerodepDockerHttpClient.Builder().dockerHost(config.getDockerHost()).build());
        daemon.image();
    }

    @AfterAll
    static void stop() throws Exception {
        if (daemon != null) {
            client.close();
            daemon.close();
        }
    }

    @BeforeEach
    void folders() throws IOException {
        logs = Files.createDirectories(root.resolve("alloc/logs"));
        folder = Files.createDirectories(root.resolve("web/local")).getParent();
        Files.createDirectories(folder.resolve("secrets"));
        driver = new Docker(new Config(Map.of("endpoint", daemon.endpoint())), Instant.now());
    }

    @AfterEach
    void end() throws InterruptedException {
        if (started != null) {
            started.kill();
            started.await();
        }
        driver.close();
    }

    private TaskLaunch launch(Map<String, Object> config, String allocation) {
        Map<String, Object> all = new LinkedHashMap<>(Map.of("image", "bb:1", "network_mode", "host"));
        all.putAll(config);
        return new TaskLaunch("web", all, Map.of("MINE", "a b=c", "PATH", "/bin"), folder, new TaskLaunch.LogTarget(logs, 2, 1 << 20),
                new TaskLaunch.Owner(allocation, "job", "job", "default", "group", "node-1"),
                new TaskGrants("", new TaskGrants.Limits(100, 0.1, List.of(), 64 << 20, 0), List.of(), List.of(), progress::add));
    }

    private TaskHandle shell(String script, Map<String, Object> more) throws DriverException {
        Map<String, Object> config = new LinkedHashMap<>(more);
        config.put("command", "/bin/sh");
        config.put("args", List.of("-c", script));
        started = driver.start(launch(config, "a-" + root.getFileName()));
        return started;
    }

    private String output() throws IOException {
        return Files.readString(logs.resolve("web.stdout.0"));
    }

    @Test
    void tellsWhichEngineThereIs() {
        assertThat(driver.fingerprint().healthy()).isTrue();
        assertThat(driver.fingerprint().attributes()).containsKey("driver.docker.version");
        Docker nowhere = new Docker(new Config(Map.of("endpoint", "unix:///no/such.sock")), Instant.now());
        assertThat(nowhere.fingerprint().detected()).isFalse();
        assertThat(nowhere.fingerprint().description()).startsWith("no Docker engine at unix:///no/such.sock");
    }

    @Test
    void runsAContainerWithItsFoldersAndEnvironment() throws Exception {
        ExitStatus status = shell("echo $MINE; echo x > /local/f; echo y > /alloc/g; hostname; echo bad >&2; cat /extra/h; exit 3",
                Map.of("hostname", "box", "network_mode", "none", "volumes", List.of("local:/extra"), "labels", List.of(Map.of("team", "two")))).await();
        assertThat(status).isEqualTo(new ExitStatus(3, 0, "", false));
        assertThat(output()).startsWith("a b=c\nbox\n");
        assertThat(Files.readString(logs.resolve("web.stderr.0"))).startsWith("bad\n");
        assertThat(folder.resolve("local/f")).hasContent("x");
        assertThat(logs.resolveSibling("g")).hasContent("y");
        assertThat(client.listContainersCmd().withShowAll(true).exec()).isEmpty();
    }

    @Test
    void namesATaskThatTookTooMuchMemory() throws Exception {
        ExitStatus status = shell("x=$(head -c 300000000 /dev/zero | base64)", Map.of()).await();
        assertThat(status.outOfMemory()).isTrue();
        assertThat(status.message()).isEqualTo("OOM Killed");
    }

    @Test
    void passesSignalsAndKills() throws Exception {
        TaskHandle task = shell("trap 'exit 7' HUP; echo ready; while :; do sleep 0.1; done", Map.of());
        await(() -> written().contains("ready"));
        task.signal(new Signal("SIGHUP", 1));
        assertThat(task.await().code()).isEqualTo(7);
        TaskHandle deaf = shell("trap '' TERM; while :; do sleep 1; done", Map.of());
        deaf.signal(driver.killSignal());
        deaf.kill();
        assertThat(deaf.await().code()).isEqualTo(137);
    }

    private String written() {
        try {
            return output();
        } catch (IOException e) {
            return "";
        }
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void runsCommandsInTheContainer() throws Exception {
        TaskHandle task = shell("sleep 600", Map.of());
        assertThat(task.run(List.of("/bin/sh", "-c", "echo $MINE; exit 4"), Duration.ofSeconds(20))).isEqualTo(new TaskHandle.CommandResult(4, "a b=c\n"));
        try (ExecSession session = task.exec(List.of("/bin/sh", "-c", "read line; echo got $line; exit 5"), false)) {
            session.input().write("hello\n".getBytes(StandardCharsets.UTF_8));
            session.input().flush();
            assertThat(new String(session.output().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("got hello\n");
            assertThat(session.await()).isEqualTo(5);
        }
        assertThat(task.usage().residentBytes()).isPositive();
    }

    @Test
    void takesAContainerOverAndNeverAStrangers() throws Exception {
        TaskHandle task = shell("sleep 600", Map.of());
        Docker next = new Docker(new Config(Map.of("endpoint", daemon.endpoint())), Instant.now());
        assertThat(next.recover(launch(Map.of(), "another"), task.state())).isEmpty();
        assertThat(next.recover(launch(Map.of(), "a-" + root.getFileName()), new HandleState(0, 0, "0123"))).isEmpty();
        TaskHandle over = next.recover(launch(Map.of(), "a-" + root.getFileName()), task.state()).orElseThrow();
        over.kill();
        assertThat(over.await().code()).isEqualTo(137);
        next.close();
    }

    @Test
    void saysWhyAStartFailed() {
        assertThatThrownBy(() -> driver.start(launch(Map.of("image", "127.0.0.1:1/none:2", "image_pull_timeout", "20s"), "x")))
                .isInstanceOf(DriverException.class).hasMessageContaining("Failed to pull `127.0.0.1:1/none:2`");
        assertThat(progress).containsExactly("Downloading image");
        assertThatThrownBy(() -> driver.start(launch(Map.of("command", "/no/such"), "x")))
                .isInstanceOfSatisfying(DriverException.class, e -> assertThat(e.recoverable()).isFalse()).hasMessageContaining("/no/such");
        assertThat(client.listContainersCmd().withShowAll(true).exec()).isEmpty();
    }

    @Test
    void limitsAndRightsReachTheContainer() throws Exception {
        TaskHandle task = shell("sleep 600", Map.of("cap_drop", List.of("all"), "ulimit", List.of(Map.of("nofile", "100:200")), "pids_limit", 50L,
                "mount", List.of(Map.of("type", "tmpfs", "target", "/scratch", "tmpfs_options", List.of(Map.of("size", 100000L))))));
        var host = client.inspectContainerCmd(task.state().detail()).exec().getHostConfig();
        assertThat(host.getMemory()).isEqualTo(64L << 20);
        assertThat(host.getCpuShares()).isEqualTo(100);
        assertThat(host.getPidsLimit()).isEqualTo(50L);
        assertThat(host.getCapAdd()).isNullOrEmpty();
        assertThat(host.getUlimits()).singleElement().satisfies(limit -> assertThat(limit.getSoftLong() + ":" + limit.getHardLong()).isEqualTo("100:200"));
        assertThat(task.run(List.of("/bin/sh", "-c", "grep scratch /proc/mounts | cut -d' ' -f1; grep CapEff /proc/self/status"), Duration.ofSeconds(20)).output())
                .startsWith("tmpfs\n").contains("0000000000000000");
    }

    // An engine of its own is stopped under a running task: the driver turns unhealthy, and the task ends with the reason.
    @Test
    void anEngineThatGoesAwayEndsItsTasksWithAReason(@TempDir Path other) throws Exception {
        DockerEngine second = DockerEngine.start(other);
        Docker lost = new Docker(new Config(Map.of("endpoint", second.endpoint())), Instant.now());
        try (second) {
            second.image();
            assertThat(lost.fingerprint().healthy()).isTrue();
            started = lost.start(launch(Map.of("command", "sleep", "args", List.of("600")), "lost"));
        }
        assertThat(started.await().message()).startsWith("the Docker engine went away while the task ran");
        DriverFingerprint found = lost.fingerprint();
        assertThat(found.detected()).isTrue();
        assertThat(found.healthy()).isFalse();
        assertThat(found.description()).startsWith("Failed to connect to docker daemon");
        started = null;
        lost.close();
    }
}
