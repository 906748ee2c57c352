package muster.scheduler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class RawExecTest {
    private final RawExec driver = new RawExec(true, Cgroups.tracking(Path.of("/proc/self/mounts")));
    @TempDir
    Path root;
    private Path logs;
    private Path folder;
    private TaskHandle started;

    @BeforeEach
    void folders() throws IOException {
        logs = Files.createDirectories(root.resolve("alloc/logs"));
        folder = Files.createDirectories(root.resolve("web/local")).getParent();
    }

    @AfterEach
    void end() throws InterruptedException {
        if (started != null) {
            started.kill();
            started.await();
        }
    }

    private TaskLaunch launch(Map<String, Object> config) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("MINE", "a b=c");
        return new TaskLaunch("web", config, environment, folder, new TaskLaunch.LogTarget(logs, 2, 1 << 20));
    }

    private TaskHandle shell(String script) throws DriverException {
        started = driver.start(launch(Map.of("command", "/bin/sh", "args", List.of("-c", script))));
        return started;
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
        ExitStatus status = shell(script).await();
        assertThat(status.code()).isEqualTo(code);
        assertThat(status.signal()).isEqualTo(signal);
    }

    @Test
    void givesTheTaskItsEnvironmentAndFolderAndNothingElse() throws Exception {
        started = driver.start(launch(Map.of("command", "env")));
        started.await();
        assertThat(Files.readString(logs.resolve("web.stdout.0"))).isEqualTo("PATH=/usr/bin:/bin\nMINE=a b=c\n");
        shell("pwd; ls /proc/self/fd | wc -l").await();
        assertThat(Files.readString(logs.resolve("web.stdout.0")))
                .endsWith(folder.toRealPath() + "\n4\n");
    }

    @Test
    void separatesOutputFromErrors() throws Exception {
        shell("echo out; echo err >&2").await();
        assertThat(Files.readString(logs.resolve("web.stdout.0"))).isEqualTo("out\n");
        assertThat(Files.readString(logs.resolve("web.stderr.0"))).isEqualTo("err\n");
        assertThat(logs.resolve(".web.stdout.fifo")).exists();
        assertThat(root.resolve(TaskLaunch.PIPES)).isDirectory();
    }

    @Test
    void looksForACommandInTheTasksFoldersFirst() throws Exception {
        Path mine = folder.resolve("local/true");
        Files.writeString(mine, "#!/bin/sh\necho mine\n");
        assertThat(mine.toFile().setExecutable(true)).isTrue();
        started = driver.start(launch(Map.of("command", "true")));
        started.await();
        assertThat(Files.readString(logs.resolve("web.stdout.0"))).isEqualTo("mine\n");
    }

    @Test
    void namesACommandThatIsNotThere() {
        assertThatThrownBy(() -> driver.start(launch(Map.of("command", "no-such-command-x"))))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("\"no-such-command-x\" not found")
                .hasMessageContaining("/usr/bin:/bin");
    }

    @Test
    void refusesKeysThatItDoesNotKnow() {
        assertThat(driver.problems(launch(Map.of("command", "true", "bogus", 1L))))
                .containsExactly("Invalid label: No argument or block type is named \"bogus\".");
        assertThat(driver.problems(launch(Map.of("args", List.of()))))
                .containsExactly("Missing required argument: The argument \"command\" is required, but no definition was found.");
    }

    @Test
    void passesSignalsToTheTask() throws Exception {
        // A pipe of our own tells when the trap is in place and when it ran; no time is waited for.
        Path pipe = root.resolve("said");
        assertThat(new Posix().makePipe(pipe)).isTrue();
        TaskHandle task = shell("exec 3>" + pipe + "; trap 'echo hup >&3; exit 7' HUP; echo ready >&3; while :; do sleep 0.05; done");
        try (BufferedReader said = Files.newBufferedReader(pipe)) {
            assertThat(said.readLine()).isEqualTo("ready");
            task.signal(new Signal("SIGHUP", 1));
            assertThat(said.readLine()).isEqualTo("hup");
        }
        assertThat(task.await()).isEqualTo(ExitStatus.exited(7));
    }

    @Test
    void killsTheWholeGroup() throws Exception {
        // The descendant keeps the pipe open: its end is the proof that the descendant is gone too.
        Path pipe = root.resolve("alive");
        assertThat(new Posix().makePipe(pipe)).isTrue();
        TaskHandle task = shell("exec 3>" + pipe + "; (trap '' INT HUP; exec sleep 600) & echo ready >&3; wait");
        try (BufferedReader alive = Files.newBufferedReader(pipe)) {
            assertThat(alive.readLine()).isEqualTo("ready");
            assertThat(task.usage().processes()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(task.usage().residentBytes()).isPositive();
            task.kill();
            assertThat(alive.readLine()).isNull();
        }
        assertThat(task.await()).isEqualTo(ExitStatus.killed(9));
    }

    // A descendant leaves the process group and the session, as daemons do; its end is seen by the pipe that it alone holds open.
    private static final String DAEMON = "exec 3>%s; (setsid sh -c '(exec sleep 600) &') & wait; echo ready >&3; ";

    private static void needsGroups() {
        Optional<String> lacking = Cgroups.tracking(Path.of("/proc/self/mounts")).lacking();
        assumeTrue(lacking.isEmpty(), () -> "no control groups here: " + lacking.orElseThrow());
    }

    /** Those of one version alone, on machines that mount both. */
    private Cgroups ofVersion(String type) throws IOException {
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mounts")).stream().filter(line -> line.split(" ")[2].equals(type)).toList();
        Cgroups groups = Cgroups.tracking(Files.write(root.resolve("mounts"), mounts));
        assumeTrue(groups.lacking().isEmpty(), () -> "no control groups of this version here: " + groups.lacking().orElseThrow());
        return groups;
    }

    @ParameterizedTest(name = "{0}, {2}")
    @CsvSource({"the task is killed, exec sleep 600, cgroup", "the task ends by itself, exit 0, cgroup",
            "the task is killed, exec sleep 600, cgroup2", "the task ends by itself, exit 0, cgroup2"})
    void nothingOutlivesTheTaskThatLeftItsProcessGroup(String name, String then, String type) throws Exception {
        Cgroups groups = ofVersion(type);
        Path pipe = root.resolve("alive");
        assertThat(new Posix().makePipe(pipe)).isTrue();
        TaskLaunch launch = launch(Map.of("command", "/bin/sh", "args", List.of("-c", DAEMON.formatted(pipe) + then)));
        started = new RawExec(true, groups).start(launch);
        try (BufferedReader alive = Files.newBufferedReader(pipe)) {
            assertThat(alive.readLine()).isEqualTo("ready");
            if (!then.startsWith("exit")) {
                started.kill();
            }
            started.await();
            assertThat(alive.readLine()).isNull();
        }
        assertThat(groups.group(started.state().detail()).folders().values()).noneMatch(Files::exists);
    }

    private List<Path> leftGroups(TaskHandle task) {
        return Cgroups.tracking(Path.of("/proc/self/mounts")).group(task.state().detail()).folders().values().stream().filter(Files::exists).toList();
    }

    @Test
    void whatATaskLeftGoesEvenWhereItsFirstProcessEndedWithoutAnAgent() throws Exception {
        // The group is found by what was written down, the first process is not there any more: what is in the group is the task's.
        needsGroups();
        Path pipe = root.resolve("alive");
        assertThat(new Posix().makePipe(pipe)).isTrue();
        TaskHandle task = shell(DAEMON.formatted(pipe) + "exec sleep 600");
        try (BufferedReader alive = Files.newBufferedReader(pipe)) {
            assertThat(alive.readLine()).isEqualTo("ready");
            HandleState state = task.state();
            assertThat(driver.recover(launch(Map.of()), new HandleState(state.processId(), state.startTicks() + 1, state.detail()))).isEmpty();
            assertThat(alive.readLine()).isNull();
        }
        task.await();
        assertThat(leftGroups(task)).isEmpty();
    }

    @Test
    void aDescendantThatLeftIsCountedAndSoIsTimeOfEndedOnes() throws Exception {
        needsGroups();
        Path pipe = root.resolve("alive");
        assertThat(new Posix().makePipe(pipe)).isTrue();
        TaskHandle task = shell(DAEMON.formatted(pipe) + "for i in 1 2 3 4 5 6 7 8 9; do (i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done); done; echo done >&3; exec sleep 600");
        try (BufferedReader alive = Files.newBufferedReader(pipe)) {
            assertThat(alive.readLine()).isEqualTo("ready");
            assertThat(alive.readLine()).isEqualTo("done");
            TaskUsage usage = task.usage();
            assertThat(usage.processes()).hasSize(2);
            assertThat(usage.percent()).isPositive();
            assertThat(usage.residentBytes()).isPositive();
        }
    }

    @Test
    void whereThereAreNoGroupsATaskRunsAsAProcessGroupAlone() throws Exception {
        RawExec plain = new RawExec(true, Cgroups.refused());
        assertThat(plain.fingerprint().attributes()).isEmpty();
        started = plain.start(launch(Map.of("command", "/bin/sh", "args", List.of("-c", "echo hello"))));
        assertThat(started.await()).isEqualTo(ExitStatus.exited(0));
        assertThat(started.state().detail()).isEmpty();
        assertThat(driver.fingerprint().description()).isEqualTo("Healthy");
    }

    record Broken(String name, byte[] content, String mode, String message) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Broken> broken() {
        byte[] foreign = new byte[128];
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, 0, foreign, 0, 7);
        foreign[16] = 2;
        foreign[18] = (byte) 0xf3;
        return List.of(
                new Broken("a file without the right to be run", "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8), "rw-r--r--", "is not executable: set mode 0755"),
                new Broken("a program for another machine", foreign, "rwxr-xr-x", "exec format error: neither a program for this machine nor a script"),
                new Broken("text without #!", "echo hello\n".getBytes(StandardCharsets.UTF_8), "rwxr-xr-x", "exec format error"),
                new Broken("an empty file", new byte[0], "rwxr-xr-x", "exec format error"),
                new Broken("a script whose interpreter is not there", "#!/no/such/shell\n".getBytes(StandardCharsets.UTF_8), "rwxr-xr-x",
                        "no such file or directory (for a script, its interpreter)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void saysWhyAProgramCantBeRun(Broken given) throws Exception {
        Path program = Files.write(folder.resolve("local/prog"), given.content());
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString(given.mode()));
        for (RawExec each : List.of(driver, new RawExec(true, Cgroups.refused()))) {
            assertThatThrownBy(() -> each.start(launch(Map.of("command", "prog"))))
                    .isInstanceOfSatisfying(DriverException.class, e -> assertThat(e.recoverable()).isFalse()).hasMessageContaining(given.message());
        }
        Cgroup group = Cgroups.tracking(Path.of("/proc/self/mounts")).group(Cgroups.name(launch(Map.of())));
        assertThat(group.folders().values()).noneMatch(Files::exists);
    }

    @Test
    void takesARunningTaskOverAndGivesUpAStranger() throws Exception {
        TaskHandle task = shell("sleep 600");
        HandleState state = task.state();
        assertThat(driver.recover(launch(Map.of()), new HandleState(state.processId(), state.startTicks() + 1))).isEmpty();
        TaskHandle again = driver.recover(launch(Map.of()), state).orElseThrow();
        again.kill();
        again.await();
        task.await();
    }

    @Test
    void runsACommandBesideTheTask() throws Exception {
        TaskHandle task = shell("sleep 600");
        TaskHandle.CommandResult result = task.run(List.of("/bin/sh", "-c", "echo $MINE; exit 1"), Duration.ofSeconds(10));
        assertThat(result).isEqualTo(new TaskHandle.CommandResult(1, "a b=c\n"));
    }
}
