package muster.scheduler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import muster.testkit.Eventually;
import muster.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The docker driver with an engine that is none, so that it runs anywhere and goes wrong as wanted. */
@Timeout(60)
class DockerApiTest {
    @TempDir
    Path root;
    private FakeEngine engine;
    private final List<String> progress = new CopyOnWriteArrayList<>();
    private Docker driver;
    private Path logs;
    private Path folder;

    @BeforeEach
    void begin() throws IOException {
        logs = Files.createDirectories(root.resolve("alloc/logs"));
        folder = Files.createDirectories(root.resolve("web/local")).getParent();
        Files.createDirectories(folder.resolve("secrets"));
        engine = new FakeEngine(root.resolve("docker.sock"));
        engine.registry.put("app:1", "sha256:aaa");
        driver = driver(Map.of());
    }

    @AfterEach
    void end() throws IOException {
        driver.close();
        engine.close();
    }

    private Docker driver(Map<String, Object> plugin) {
        Map<String, Object> all = new LinkedHashMap<>(plugin);
        all.put("endpoint", engine.endpoint());
        assertThat(DockerKeys.PLUGIN.problems(all)).isEmpty();
        return new Docker(new Config(all), Instant.now());
    }

    private TaskLaunch launch(String task, Map<String, Object> config) {
        Map<String, Object> all = new LinkedHashMap<>(Map.of("image", "app:1"));
        all.putAll(config);
        return new TaskLaunch(task, all, Map.of("MINE", "a b=c"), folder, new TaskLaunch.LogTarget(logs, 2, 1 << 20),
                new TaskLaunch.Owner("a1", "job", "job", "default", "group", "node-1"),
                new TaskGrants("", new TaskGrants.Limits(100, 0.1, List.of(), 64 << 20, 0),
                        List.of(new TaskGrants.PortGrant("db", "127.0.0.1", 20_000, 6379), new TaskGrants.PortGrant("http", "127.0.0.1", 20_001, 0)),
                        List.of(), progress::add));
    }

    private void replace(Map<String, Object> plugin) {
        driver.close();
        driver = driver(plugin);
    }

    private FakeEngine.Box only() {
        assertThat(engine.containers).hasSize(1);
        return engine.containers.values().iterator().next();
    }

    @Test
    void anImageIsPulledOnceAndItsContainerRunsWritesAndIsRemoved() throws Exception {
        TaskHandle task = driver.start(launch("web", Map.of("command", "serve", "args", List.of("-x"))));
        assertThat(progress).containsExactly("Downloading image");
        assertThat(only().name).isEqualTo("web-a1");
        assertThat(only().config).containsEntry("Image", "sha256:aaa").containsEntry("Cmd", List.of("serve", "-x")).containsEntry("Env", List.of("MINE=a b=c"));
        TaskHandle second = driver.start(launch("side", Map.of()));
        assertThat(engine.requests).filteredOn("POST /images/create"::equals).hasSize(1);
        task.signal(new Signal("SIGTERM", 15));
        assertThat(task.await()).isEqualTo(new ExitStatus(143, 0, "", false));
        assertThat(logs.resolve("web.stdout.0")).hasContent("hello\n");
        second.kill();
        assertThat(second.await().code()).isEqualTo(137);
        assertThat(engine.containers).isEmpty();
    }

    @Test
    void portsAreMappedToWhatThePortSaysOrTheOldMapDoes() throws Exception {
        TaskHandle task = driver.start(launch("web", Map.of("ports", List.of("db"), "port_map", List.of(Map.of("http", 8080L)))));
        Map<?, ?> host = (Map<?, ?>) only().config.get("HostConfig");
        Map<?, ?> ports = (Map<?, ?>) host.get("PortBindings");
        assertThat(ports.toString()).contains("6379/tcp=[{HostIp=127.0.0.1, HostPort=20000}]").contains("6379/udp=")
                .contains("8080/tcp=[{HostIp=127.0.0.1, HostPort=20001}]");
        task.kill();
        task.await();
    }

    @ParameterizedTest(name = "on {0}")
    @CsvSource({"bridge, false", "team, true"})
    void aContainersOwnNetworkIsTold(String network, boolean advertised) throws Exception {
        TaskHandle task = driver.start(launch("web", Map.of("ports", List.of("db"))));
        only().network = network;
        assertThat(task.network()).contains(new TaskNetwork("172.17.0.2", Map.of("db", 6379), advertised));
        only().network = "host";
        assertThat(task.network()).isEmpty();
        task.kill();
        task.await();
    }

    @Test
    void anImageGoesWhenNoTaskUsesItForAWhile() throws Exception {
        // Two tasks of one image: it stays while one runs, and is removed when the delay after the last is over.
        replace(Map.of("gc", List.of(Map.of("image_delay", "20ms"))));
        TaskHandle one = driver.start(launch("one", Map.of()));
        TaskHandle two = driver.start(launch("two", Map.of()));
        one.kill();
        one.await();
        Eventually.holds("the first container is gone", () -> engine.containers.size() == 1);
        assertThat(engine.images).containsKey("app:1");
        two.kill();
        two.await();
        Eventually.holds("the image is gone", () -> engine.images.isEmpty());
        TaskHandle again = driver.start(launch("one", Map.of()));
        assertThat(engine.requests).filteredOn("POST /images/create"::equals).hasSize(2);
        again.kill();
        again.await();
    }

    @Test
    void anImageThatSomebodyElseUsesOrThatIsToStayStays() throws Exception {
        replace(Map.of("gc", List.of(Map.of("image_delay", "1ms"))));
        engine.inUse.add("sha256:aaa");
        TaskHandle task = driver.start(launch("one", Map.of()));
        task.kill();
        task.await();
        Eventually.holds("its removal was tried", () -> engine.requests.contains("DELETE /images/sha256:aaa"));
        assertThat(engine.images).containsKey("app:1");
        replace(Map.of("gc", List.of(Map.of("image", false, "image_delay", "1ms"))));
        long tried = removals();
        TaskHandle kept = driver.start(launch("one", Map.of()));
        kept.kill();
        kept.await();
        driver.close();
        assertThat(removals()).isEqualTo(tried);
    }

    private long removals() {
        return engine.requests.stream().filter("DELETE /images/sha256:aaa"::equals).count();
    }

    @Test
    void anImageIsHeldByATaskThatWasTakenOver() throws Exception {
        TaskHandle task = driver.start(launch("web", Map.of()));
        Docker next = driver(Map.of("gc", List.of(Map.of("image_delay", "1ms"))));
        TaskHandle over = next.recover(launch("web", Map.of()), task.state()).orElseThrow();
        assertThat(next.recover(launch("another", Map.of()), task.state())).as("a container of another task").isEmpty();
        over.kill();
        over.await();
        Eventually.holds("the image is gone", () -> engine.images.isEmpty());
        next.close();
    }

    @Test
    void aDownloadThatFallsSilentOrTakesTooLongEnds() throws Exception {
        engine.pullsHang = true;
        replace(Map.of("pull_activity_timeout", "300ms"));
        assertThatThrownBy(() -> driver.start(launch("web", Map.of()))).isInstanceOfSatisfying(DriverException.class, e -> assertThat(e.recoverable()).isTrue())
                .hasMessageContaining("Failed to pull `app:1`: nothing came for 0s (pull_activity_timeout)");
        replace(Map.of());
        assertThatThrownBy(() -> driver.start(launch("web", Map.of("image_pull_timeout", "300ms"))))
                .hasMessageContaining("Failed to pull `app:1`: not there within 0s (image_pull_timeout)");
        engine.pullsHang = false;
        assertThatThrownBy(() -> driver.start(launch("web", Map.of("image", "none:2")))).hasMessageContaining("manifest for none:2 not found");
        assertThat(engine.containers).isEmpty();
    }

    private Map<?, ?> password(int index) {
        return (Map<?, ?>) Json.parse(Base64.getUrlDecoder().decode(engine.passwords.get(index)));
    }

    @Test
    void passwordsComeFromTheTaskTheOperatorsFileOrAHelper() throws Exception {
        // In this order, each for its registry; what is wrong with a file is an error unless the task lives without.
        Path config = root.resolve("auth.json");
        Files.writeString(config, "{\"auths\":{\"reg.test\":{\"auth\":\"" + Base64.getEncoder().encodeToString("file:pw:1".getBytes(StandardCharsets.UTF_8)) + "\"}}}");
        engine.registry.putAll(Map.of("reg.test/app:1", "sha256:bbb", "other.test/app:1", "sha256:ccc"));
        replace(Map.of("auth", List.of(Map.of("config", config.toString()))));
        end(driver.start(launch("a", Map.of("image", "reg.test/app:1", "auth", List.of(Map.of("username", "me", "password", "own"))))));
        assertThat(password(0).get("username")).isEqualTo("me");
        end(driver.start(launch("b", Map.of("image", "reg.test/app:1", "force_pull", true))));
        assertThat(password(1).get("username") + " " + password(1).get("password")).isEqualTo("file pw:1");
        end(driver.start(launch("c", Map.of("image", "other.test/app:1"))));
        assertThat(engine.passwords.get(2)).isEmpty();
        Files.writeString(config, "nonsense");
        assertThatThrownBy(() -> driver.start(launch("d", Map.of("image", "reg.test/app:1", "force_pull", true))))
                .hasMessageContaining("can't read the registries' passwords").hasMessageNotContaining("pw:1");
        end(driver.start(launch("e", Map.of("image", "reg.test/app:1", "force_pull", true, "auth_soft_fail", true))));
    }

    private static void end(TaskHandle task) throws InterruptedException {
        task.kill();
        task.await();
    }

    @ParameterizedTest(name = "a helper that does {0} gives {1}")
    @CsvSource(delimiter = '|', textBlock = """
            read r; echo '{"Username":"u","Secret":"s-'$r'"}'   | u s-reg.test
            echo warning >&2; echo '{"Username":"u","Secret":"s"}' | u s
            echo not found; exit 1                              | none
            echo nonsense                                       | docker-credential-mine does not answer
            """)
    void helperPrograms(String script, String expected) throws Exception {
        Path program = root.resolve("docker-credential-mine");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        DockerAuth auth = new DockerAuth(new Config(Map.of("auth", List.of(Map.of("helper", "mine")))), root + ":/usr/bin");
        String found;
        try {
            found = auth.of("reg.test/app:1", new Config(Map.of())).map(who -> who.getUsername() + " " + who.getPassword()).orElse("none");
        } catch (DriverException e) {
            found = e.getMessage();
        }
        assertThat(found).startsWith(expected);
    }

    @Test
    void aHelperThatIsNotThereIsNamed() {
        DockerAuth auth = new DockerAuth(new Config(Map.of("auth", List.of(Map.of("helper", "ghost")))), root.toString());
        assertThatThrownBy(() -> auth.of("app:1", new Config(Map.of()))).hasMessageContaining("there is no program docker-credential-ghost in PATH " + root);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            groups of version 1 | {"rss":100,"total_rss":4096,"cache":9,"total_swap":5}                | 4096 | 5
            groups of version 2 | {"active_anon":1000,"inactive_anon":24,"file":5}                     | 1024 | 0
            hardly a word       | {"inactive_file":100}                                                | 900  | 0
            """)
    void tellsWhatAContainerUses(String name, String memory, long resident, long swap) throws Exception {
        engine.stats = "{\"cpu_stats\":{\"cpu_usage\":{\"total_usage\":3000000,\"usage_in_usermode\":2000000},\"system_cpu_usage\":20000000,\"online_cpus\":2},"
                + "\"precpu_stats\":{\"cpu_usage\":{\"total_usage\":1000000,\"usage_in_usermode\":1000000},\"system_cpu_usage\":10000000},"
                + "\"memory_stats\":{\"usage\":1000,\"stats\":" + memory + "}}";
        TaskHandle task = driver.start(launch("web", Map.of()));
        TaskUsage usage = task.usage();
        assertThat(usage.percent()).isEqualTo(40);
        assertThat(usage.userPercent()).isEqualTo(20);
        assertThat(usage.systemPercent()).isEqualTo(20);
        assertThat(usage.residentBytes()).isEqualTo(resident);
        assertThat(usage.swapBytes()).isEqualTo(swap);
        engine.stats = "{}";
        assertThat(task.usage().percent()).isZero();
        end(task);
    }

    @Test
    void theOperatorSaysWhichRuntimesMayBeAskedForAndWhetherOutputIsKept() throws Exception {
        assertThat(driver.problems(launch("web", Map.of("runtime", "kata")))).containsExactly("requested runtime \"kata\" is not allowed");
        assertThat(driver.problems(launch("web", Map.of("runtime", "runc")))).isEmpty();
        replace(Map.of("allow_runtimes", List.of("kata"), "disable_log_collection", true));
        assertThat(driver.problems(launch("web", Map.of("runtime", "kata")))).isEmpty();
        end(driver.start(launch("web", Map.of())));
        assertThat(engine.requests).noneMatch(request -> request.endsWith("/logs"));
    }

    @Test
    void aLinkThatATaskLeftIsNotMounted() throws Exception {
        Files.createSymbolicLink(folder.resolve("local/data"), Path.of("/etc"));
        assertThatThrownBy(() -> driver.start(launch("web", Map.of("volumes", List.of("local/data:/d"))))).hasMessageContaining("leads out of the allocation's folder");
        assertThat(engine.containers).isEmpty();
    }

    @Test
    void aContainerKilledForItsMemoryOrRemovedByAStrangerSaysSo() throws Exception {
        TaskHandle hungry = driver.start(launch("one", Map.of()));
        only().outOfMemory = true;
        only().end(137);
        assertThat(hungry.await()).isEqualTo(new ExitStatus(137, 0, "OOM Killed", true));
        TaskHandle lost = driver.start(launch("two", Map.of()));
        FakeEngine.Box box = only();
        engine.containers.clear();
        box.end(0);
        assertThat(lost.await().message()).isEqualTo("the container was removed by somebody else");
    }

    @Test
    void anEngineWhoseSocketGoesAwayMakesTheDriverUnhealthyAndEndsItsTasks() throws Exception {
        assertThat(driver.fingerprint().healthy()).isTrue();
        TaskHandle task = driver.start(launch("web", Map.of()));
        engine.close();
        DriverFingerprint found = driver.fingerprint();
        assertThat(found.detected()).isTrue();
        assertThat(found.healthy()).isFalse();
        assertThat(found.description()).startsWith("Failed to connect to docker daemon: its socket");
        assertThat(task.await().message()).startsWith("the Docker engine went away while the task ran");
        assertThatThrownBy(() -> driver.start(launch("next", Map.of()))).isInstanceOfSatisfying(DriverException.class, e -> assertThat(e.recoverable()).isTrue());
    }

    @Test
    void aCommandThatCantBeRunIsNamed() throws Exception {
        TaskHandle task = driver.start(launch("web", Map.of()));
        assertThatThrownBy(() -> task.run(List.of("true"), Duration.ofSeconds(5))).isInstanceOf(DriverException.class).hasMessageContaining("can't run true in container");
        end(task);
    }
}
