package muster.scheduler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be said of isolation without doing it. */
class IsolationRulesTest {
    @TempDir
    Path root;

    private TaskLaunch launch(Map<String, Object> config) {
        return new TaskLaunch("web", config, Map.of(), root.resolve("web"), new TaskLaunch.LogTarget(root.resolve("alloc/logs"), 1, 1),
                TaskLaunch.Owner.NONE, new TaskGrants("", new TaskGrants.Limits(500, 0.5, List.of(), 256 << 20, 512 << 20), List.of(),
                        List.of(new TaskGrants.Mount(Path.of("/srv/my data"), "/data", true)), message -> {}));
    }

    record Case(String name, boolean java, Map<String, Object> config, List<String> problems) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> configs() {
        return List.of(
                new Case("a command is enough", false, Map.of("command", "x"), List.of()),
                new Case("everything at once", false, Map.of("pid_mode", "shared", "ipc_mode", "hots", "cap_add", List.of("sys_admin", "fly"), "jar_path", "x"),
                        List.of("Invalid label: No argument or block type is named \"jar_path\".",
                                "Missing required argument: The argument \"command\" is required, but no definition was found.",
                                "pid_mode must be \"private\" or \"host\", got \"shared\"", "ipc_mode must be \"private\" or \"host\", got \"hots\"",
                                "there is no capability \"fly\"", "driver does not allow the following capabilities: sys_admin")),
                new Case("java needs a jar or a class", true, Map.of("args", List.of("a")), List.of("jar_path or class must be specified")),
                new Case("java with a class", true, Map.of("class", "Main", "class_path", "/local"), List.of()),
                new Case("java knows no command", true, Map.of("jar_path", "x.jar", "command", "y", "jvm_options", "-Xmx1g"),
                        List.of("Invalid label: No argument or block type is named \"command\".",
                                "Incorrect attribute value type: Inappropriate value for attribute \"jvm_options\": list of string required.")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configs")
    void tellsAllThatIsWrongWithAConfig(Case given) {
        Isolated isolated = new Isolated(Map.of());
        Driver driver = given.java() ? new JavaTasks(isolated, new Config(Map.of()), "/usr/bin") : new Exec(isolated, new Config(Map.of()));
        assertThat(driver.problems(launch(given.config()))).isEqualTo(given.problems());
    }

    @Test
    void whatTheOperatorAllowsMayBeAdded() {
        Exec driver = new Exec(new Isolated(Map.of()), new Config(Map.of("allow_caps", List.of("sys_time"))));
        assertThat(driver.problems(launch(Map.of("command", "x", "cap_add", List.of("CAP_SYS_TIME"))))).isEmpty();
        assertThat(driver.problems(launch(Map.of("command", "x", "cap_add", List.of("chown")))))
                .containsExactly("driver does not allow the following capabilities: chown");
    }

    @Test
    void aJavaCommandPutsTheTasksOwnOptionsLast() {
        assertThat(JavaTasks.command("/usr/bin/java", launch(Map.of("jar_path", "local/a.jar", "jvm_options", List.of("-Xmx64m"), "args", List.of("one", "two")))))
                .containsExactly("/usr/bin/java", "-XX:MaxRAM=536870912", "-Xmx64m", "-jar", "local/a.jar", "one", "two");
        assertThat(JavaTasks.command("java", launch(Map.of("class", "Main", "class_path", "/local"))))
                .endsWith("-cp", "/local", "Main");
    }

    @Test
    void readsWhatJavaSaysOfItself() {
        assertThat(JavaTasks.versions("""
                Picked up JAVA_TOOL_OPTIONS: -Dx
                openjdk version "25.0.1" 2025-10-21 LTS
                OpenJDK Runtime Environment Temurin-25.0.1+8 (build 25.0.1+8-LTS)
                OpenJDK 64-Bit Server VM Temurin-25.0.1+8 (build 25.0.1+8-LTS, mixed mode, sharing)
                """)).containsOnly(Map.entry("driver.java.version", "25.0.1"),
                        Map.entry("driver.java.runtime", "OpenJDK Runtime Environment Temurin-25.0.1+8 (build 25.0.1+8-LTS)"),
                        Map.entry("driver.java.vm", "OpenJDK 64-Bit Server VM Temurin-25.0.1+8 (build 25.0.1+8-LTS, mixed mode, sharing)"));
        assertThat(JavaTasks.versions("sh: java: not found")).isEmpty();
    }

    @ParameterizedTest(name = "user {0}: {1}:{2}, groups {3}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            nobody | 65534 | 65534 | []
            web    | 1000  | 1000  | [4, 50]
            1000   | 1000  | 1000  | []
            77     | 77    | 77    | []
            77:5   | 77    | 5     | []
            """)
    void findsUsers(String name, int uid, int gid, String groups) throws Exception {
        Files.writeString(root.resolve("passwd"), "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\nweb:x:1000:1000::/:/bin/sh\n");
        Files.writeString(root.resolve("group"), "adm:x:4:web\nstaff:x:50:other,web\n");
        Account account = Account.of(name, root);
        assertThat(List.of(account.uid(), account.gid())).containsExactly(uid, gid);
        assertThat(account.groups()).hasToString(groups);
        assertThatThrownBy(() -> Account.of("ghost", root)).hasMessageContaining("there is no user \"ghost\"");
    }

    @Test
    void aTaskSeesTheSystemBelowItsOwnFolder() throws IOException {
        ChrootPlan plan = ChrootPlan.of(root.resolve("web"), Map.of("/opt/tools", "/usr/local", "/usr", "/usr"));
        assertThat(plan.onHost("/usr/bin/env")).isEqualTo(Path.of("/usr/bin/env"));
        assertThat(plan.onHost("/usr/local/bin/x")).isEqualTo(Path.of("/opt/tools/bin/x"));
        assertThat(plan.onHost("/local/../local/x")).isEqualTo(root.resolve("web/local/x"));
        assertThat(plan.onHost("/../../etc/passwd")).isEqualTo(root.resolve("web/etc/passwd"));
        assertThat(plan.table(launch(Map.of()))).contains("/opt/tools " + root + "/web/usr/local none bind,ro,nosuid,nodev 0 0\n")
                .contains("/srv/my\\040data " + root + "/web/data none bind,ro,nosuid,nodev 0 0\n");
        Files.createDirectories(root.resolve("web/local"));
        Path mine = Files.createFile(root.resolve("web/local/mine"));
        assertThat(plan.find("mine", "/usr/bin")).isEmpty();
        assertThat(mine.toFile().setExecutable(true)).isTrue();
        assertThat(plan.find("mine", "/usr/bin")).contains("/local/mine");
        assertThat(plan.find("env", "/bin:/usr/bin")).contains("/usr/bin/env");
    }

    @Test
    void limitsOfTheSecondVersionGoIntoItsFiles() throws IOException {
        // A folder stands for the mount: what the kernel would take is in the files then.
        Path mount = Files.createDirectories(root.resolve("cgroup"));
        Files.writeString(mount.resolve("cgroup.controllers"), "cpuset cpu io memory pids\n");
        Path mounts = root.resolve("mounts");
        Files.writeString(mounts, "proc /proc proc rw 0 0\ncgroup2 " + mount + " cgroup2 rw,nosuid 0 0\n");
        Cgroups groups = Cgroups.find(mounts);
        assertThat(groups.version()).isEqualTo(Cgroups.Version.V2);
        assertThat(groups.lacking()).isEmpty();
        assertThat(mount.resolve("cgroup.subtree_control")).hasContent("+cpu +cpuset +memory +pids");
        Cgroup group = groups.create("a.web", new TaskGrants.Limits(1024, 0.5, List.of(0, 2), 256 << 20, 512 << 20), 50_000, 64);
        Path own = mount.resolve("muster/a.web");
        assertThat(own.resolve("cpu.weight")).hasContent("39");
        assertThat(own.resolve("cpu.max")).hasContent("50000 100000");
        assertThat(own.resolve("cpuset.cpus")).hasContent("0,2");
        assertThat(own.resolve("memory.low")).hasContent("268435456");
        assertThat(own.resolve("memory.max")).hasContent("536870912");
        assertThat(own.resolve("pids.max")).hasContent("64");
        Files.writeString(own.resolve("memory.events"), "low 0\noom 1\noom_kill 2\n");
        Files.writeString(own.resolve("cpu.stat"), "usage_usec 30\nuser_usec 20\nsystem_usec 10\n");
        Files.writeString(own.resolve("memory.stat"), "anon 4096\nfile 8192\n");
        Files.writeString(own.resolve("cgroup.procs"), "12\n15\n");
        assertThat(group.memoryKills()).isEqualTo(2);
        assertThat(group.cpuMicros()).containsExactly(20, 10);
        assertThat(group.memoryBytes()).isEqualTo(4096);
        assertThat(group.processes()).containsExactly(12L, 15L);
        assertThat(group.doors()).containsExactly(own.resolve("cgroup.procs"));
    }

    @Test
    void saysWhyTasksCantBeLimited() throws IOException {
        Path mounts = root.resolve("mounts");
        Files.writeString(mounts, "proc /proc proc rw 0 0\n");
        assertThat(Cgroups.find(mounts).lacking()).contains("no cgroups are mounted");
        Path mount = Files.createDirectories(root.resolve("cgroup"));
        Files.writeString(mount.resolve("cgroup.controllers"), "cpu io\n");
        Files.writeString(mounts, "cgroup2 " + mount + " cgroup2 rw 0 0\n");
        assertThat(Cgroups.find(mounts).lacking()).contains("the cgroup at " + mount + " has no controller memory");
    }

    @Test
    void versionOneIsUsedWhereItHasTheControllers() throws IOException {
        StringBuilder lines = new StringBuilder("cgroup2 " + root + "/unified cgroup2 rw 0 0\n");
        for (String name : List.of("cpu,cpuacct", "memory", "pids")) {
            Files.createDirectories(root.resolve(name));
            lines.append("cgroup ").append(root.resolve(name)).append(" cgroup rw,").append(name).append(" 0 0\n");
        }
        Path mounts = root.resolve("mounts");
        Files.writeString(mounts, lines);
        Cgroups groups = Cgroups.find(mounts);
        assertThat(groups.version()).isEqualTo(Cgroups.Version.V1);
        groups.create("a.web", new TaskGrants.Limits(500, 0.5, List.of(), 256 << 20, 0), 0, 0);
        assertThat(root.resolve("cpu,cpuacct/muster/a.web/cpu.shares")).hasContent("500");
        assertThat(root.resolve("memory/muster/a.web/memory.limit_in_bytes")).hasContent("268435456");
        assertThat(root.resolve("pids/muster/a.web/pids.max")).hasContent("max");
    }

    @Test
    void anAgentThatIsNotRootIsToldWhatIsMissing() {
        assertThat(Isolated.withoutRoot(Optional.empty())).contains("user namespaces are to be had here").contains("neither a user of its own nor");
        assertThat(Isolated.withoutRoot(Optional.of("unshare failed: Operation not permitted")))
                .isEqualTo("user namespaces are not to be had here (unshare failed: Operation not permitted)");
    }
}
