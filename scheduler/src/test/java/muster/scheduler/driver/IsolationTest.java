package muster.scheduler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The exec driver with real namespaces and control groups. Skipped where this machine has none for us, with the reason. */
@Timeout(60)
class IsolationTest {
    private static final Isolated ISOLATED = new Isolated(Map.of());
    private static final TaskGrants.Limits SMALL = new TaskGrants.Limits(100, 0.1, List.of(), 64 << 20, 0);

    private final Exec driver = new Exec(ISOLATED, new Config(Map.of("pids_limit", 64L)));
    @TempDir
    Path root;
    private Path logs;
    private Path folder;
    private TaskHandle started;

    @BeforeAll
    static void possible() {
        Optional<String> lacking = ISOLATED.lacking();
        assumeTrue(lacking.isEmpty(), () -> "tasks can't be isolated here: " + lacking.orElseThrow());
    }

    @BeforeEach
    void folders() throws IOException {
        logs = Files.createDirectories(root.resolve("alloc/logs"));
        folder = Files.createDirectories(root.resolve("web/local")).getParent();
        Files.createDirectories(folder.resolve("tmp"));
        for (Path path : List.of(logs.getParent(), logs, folder, folder.resolve("local"), folder.resolve("tmp"))) {
            Files.setAttribute(path, "unix:mode", 0777);
        }
    }

    @AfterEach
    void end() throws InterruptedException, IOException {
        if (started != null) {
            started.kill();
            started.await();
        }
        for (String link : List.of("fd", "stdin", "stdout", "stderr")) {
            // They lead out of the folder, which its removal would complain of.
            Files.deleteIfExists(folder.resolve("dev").resolve(link));
        }
    }

    private TaskLaunch launch(Map<String, Object> config, String user) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("MINE", "a b=c");
        String allocation = "test-" + root.getFileName();
        return new TaskLaunch("web", config, environment, folder, new TaskLaunch.LogTarget(logs, 2, 1 << 20),
                new TaskLaunch.Owner(allocation, "job", "job", "default", "group", "node"),
                new TaskGrants(user, SMALL, List.of(), List.of(), message -> {}));
    }

    private TaskHandle shell(String script) throws DriverException {
        return shell(script, "", Map.of());
    }

    private TaskHandle shell(String script, String user, Map<String, Object> more) throws DriverException {
        Map<String, Object> config = new LinkedHashMap<>(more);
        config.put("command", "/bin/sh");
        config.put("args", List.of("-c", script));
        started = driver.start(launch(config, user));
        return started;
    }

    private String output() throws IOException {
        return Files.readString(logs.resolve("web.stdout.0"));
    }

    @ParameterizedTest(name = "{0}: code {1}, signal {2}")
    @CsvSource(delimiter = '|', textBlock = """
            exit 0        | 0   | 0
            exit 3        | 3   | 0
            exit 137      | 137 | 0
            kill -9 $$    | 137 | 9
            kill -TERM $$ | 143 | 15
            """)
    void tellsHowATaskEnded(String script, int code, int signal) throws Exception {
        assertThat(shell(script).await()).isEqualTo(new ExitStatus(code, signal, "", false));
    }

    @Test
    void runsAsNobodyInAFolderOfItsOwnWithNothingButItsProcesses() throws Exception {
        shell("id -u; pwd; env | sort; ls /proc | grep -c '^[0-9]'; cat /proc/1/comm; ls -d /home /root /alloc /local 2>/dev/null").await();
        assertThat(output()).isEqualTo("""
                65534
                /
                MINE=a b=c
                PATH=/usr/bin:/bin
                PWD=/
                4
                sh
                /alloc
                /local
                """);
    }

    @Test
    void canChangeNothingOfTheSystemButItsOwnFolders() throws Exception {
        shell("for f in /etc/x /usr/x /bin/x /proc/sys/kernel/hostname /dev/x; do (echo no > $f) 2>/dev/null && echo wrote $f; done;"
                + " for f in /local/x /tmp/x /alloc/x /dev/shm/x /dev/null; do (echo yes > $f) || echo failed $f; done; echo over").await();
        assertThat(output()).isEqualTo("over\n");
        assertThat(folder.resolve("local/x")).hasContent("yes");
        assertThat(logs.resolveSibling("x")).hasContent("yes");
    }

    @Test
    void neverGetsMoreRights() throws Exception {
        shell("grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status | cut -f2").await();
        assertThat(output()).isEqualTo("0000000000000000\n00000000a80425fb\n1\n".replace("a80425fb", bounding()));
    }

    /** The usual ones as a mask. */
    private static String bounding() {
        long mask = 0;
        for (int bit : List.of(0, 1, 3, 4, 5, 6, 7, 8, 10, 18, 27, 29, 31)) {
            mask |= 1L << bit;
        }
        return "%08x".formatted(mask);
    }

    @Test
    void givesAndTakesRightsByName() throws Exception {
        shell("grep ^CapEff /proc/self/status | cut -f2", "", Map.of("cap_drop", List.of("all"), "cap_add", List.of("NET_BIND_SERVICE"))).await();
        assertThat(output()).isEqualTo("0000000000000400\n");
        shell("grep ^CapEff /proc/self/status | cut -f2; id -u", "root", Map.of("cap_drop", List.of("all"))).await();
        assertThat(output()).endsWith("0000000000000000\n0\n");
    }

    @Test
    void rootInsideCanNeitherMountNorLeave() throws Exception {
        shell("mount -t tmpfs x /tmp 2>/dev/null && echo mounted; ls /proc/1/root/home 2>/dev/null && echo out; echo over", "root", Map.of()).await();
        assertThat(output()).isEqualTo("over\n");
    }

    @Test
    void aForkBombStaysWithinItsLimits() throws Exception {
        TaskHandle task = shell("(while :; do sleep 600 & done) 2>/dev/null; exec sleep 600");
        // What it may not start it complains about, so its end by kill is all that is waited for.
        await(() -> task.usage().processes().size() > 40);
        assertThat(task.usage().processes().size()).isLessThanOrEqualTo(64);
        task.kill();
        task.await();
        assertThat(task.usage().processes()).isEmpty();
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void namesATaskThatTookTooMuchMemory() throws Exception {
        ExitStatus status = shell("x=$(head -c 300m /dev/zero | tr '\\0' x); echo never").await();
        assertThat(status).isEqualTo(new ExitStatus(137, 9, "OOM Killed", true));
    }

    @Test
    void passesSignalsToTheTaskAndEndsOneThatHasNoHandler() throws Exception {
        TaskHandle task = shell("trap 'echo hup; exit 7' HUP; echo ready > /alloc/ready; while :; do sleep 0.05; done");
        await(() -> Files.exists(logs.resolveSibling("ready")));
        task.signal(new Signal("SIGHUP", 1));
        assertThat(task.await()).isEqualTo(ExitStatus.exited(7));
        started = driver.start(launch(Map.of("command", "sleep", "args", List.of("600")), ""));
        await(() -> started.usage().processes().stream().anyMatch(id -> commandOf(id).equals("sleep")));
        started.signal(Signal.INTERRUPT);
        assertThat(started.await()).isEqualTo(ExitStatus.killed(2));
    }

    private static String commandOf(long id) {
        try {
            return Files.readString(Path.of("/proc/" + id + "/comm")).strip();
        } catch (IOException gone) {
            return "";
        }
    }

    @Test
    void leavesNothingBehind() throws Exception {
        TaskHandle task = shell("sleep 600 & setsid sleep 600 & echo ready > /alloc/ready; wait");
        await(() -> Files.exists(logs.resolveSibling("ready")));
        List<Long> processes = task.usage().processes();
        task.kill();
        assertThat(task.await()).isEqualTo(ExitStatus.killed(9));
        assertThat(processes).isNotEmpty().allSatisfy(id -> assertThat(Path.of("/proc/" + id)).doesNotExist());
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(root.toString());
        Cgroups groups = Cgroups.find(Path.of("/proc/self/mounts"));
        assertThat(groups.group("test-" + root.getFileName() + ".web").folders().values()).allSatisfy(path -> assertThat(path).doesNotExist());
    }

    @Test
    void runsACommandBesideTheTask() throws Exception {
        TaskHandle task = shell("sleep 600");
        assertThat(task.run(List.of("sh", "-c", "echo $MINE; id -u; exit 3"), Duration.ofSeconds(20)))
                .isEqualTo(new TaskHandle.CommandResult(3, "a b=c\n65534\n"));
    }

    @Test
    void letsSomebodyTalkToACommandBesideTheTask() throws Exception {
        TaskHandle task = shell("sleep 600");
        try (ExecSession session = task.exec(List.of("/bin/sh", "-c", "read line; echo got $line; cat /proc/1/comm; exit 4"), false)) {
            session.input().write("hello\n".getBytes(StandardCharsets.UTF_8));
            session.input().close();
            try (InputStream out = session.output()) {
                assertThat(new String(out.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("got hello\nsh\n");
            }
            assertThat(session.await()).isEqualTo(4);
        }
        assertThatThrownBy(() -> task.exec(List.of("no-such-x"), false)).hasMessageContaining("\"no-such-x\" not found");
    }

    @Test
    void takesARunningTaskOverAndGivesUpAStranger() throws Exception {
        TaskHandle task = shell("sleep 600");
        HandleState state = task.state();
        TaskLaunch again = launch(Map.of("command", "/bin/sh"), "");
        assertThat(driver.recover(again, new HandleState(state.processId(), state.startTicks(), "1:1:1"))).isEmpty();
        TaskHandle over = driver.recover(again, state).orElseThrow();
        assertThat(over.run(List.of("sh", "-c", "exit 5"), Duration.ofSeconds(20)).code()).isEqualTo(5);
        over.kill();
        over.await();
        task.await();
        assertThat(driver.recover(again, state)).isEmpty();
    }

    @Test
    void aMachinesProcessesAreSeenWhereThatIsAskedFor() throws Exception {
        TaskHandle task = shell("sleep 600 & echo $$ > /alloc/pid; exec sleep 600", "", Map.of("pid_mode", "host", "ipc_mode", "host"));
        await(() -> Files.exists(logs.resolveSibling("pid")) && !read(logs.resolveSibling("pid")).isBlank());
        long pid = Long.parseLong(read(logs.resolveSibling("pid")).strip());
        assertThat(task.usage().processes()).contains(pid);
        task.kill();
        task.await();
        assertThat(Path.of("/proc/" + pid)).doesNotExist();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void writesToItsOutputByName() throws Exception {
        shell("echo one > /dev/stdout; echo two > /dev/stderr").await();
        assertThat(output()).isEqualTo("one\n");
        try (BufferedReader errors = Files.newBufferedReader(logs.resolve("web.stderr.0"))) {
            assertThat(errors.readLine()).isEqualTo("two");
        }
    }

    @Test
    void namesWhatIsMissing() {
        assertThatThrownBy(() -> driver.start(launch(Map.of("command", "no-such-x"), "")))
                .hasMessageContaining("command \"no-such-x\" not found").hasMessageContaining("chroot_env");
        assertThatThrownBy(() -> shell("true", "no-such-user", Map.of())).hasMessageContaining("there is no user \"no-such-user\"");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("muster.scheduler.driver.RawExecTest#broken")
    void saysWhyAProgramCantBeRun(RawExecTest.Broken given) throws Exception {
        // What the kernel refuses a shell would take for a script of its own; here it never gets so far.
        Path program = Files.write(folder.resolve("local/prog"), given.content());
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString(given.mode()));
        String expected = given.name().contains("interpreter") ? "its interpreter \"/no/such/shell\" is not there" : given.message();
        assertThatThrownBy(() -> driver.start(launch(Map.of("command", "prog"), "")))
                .isInstanceOfSatisfying(DriverException.class, e -> assertThat(e.recoverable()).isFalse()).hasMessageContaining(expected);
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(root.toString());
    }

    @Test
    void refusesALinkWhereSomethingIsToBeMounted() throws Exception {
        Files.createSymbolicLink(folder.resolve("etc"), Path.of("/home"));
        assertThatThrownBy(() -> shell("true")).hasMessageContaining("is a link where something is to be mounted");
    }
}
