package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import muster.scheduler.artifact.ArtifactRules;
import muster.scheduler.driver.DriverSettings;
import muster.scheduler.driver.Drivers;
import muster.scheduler.driver.FakeEngine;
import muster.scheduler.state.Allocation;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tasks that can't run, will not end, or reach for what is not theirs: each ends in an event that says so, on a node that is clean. */
@Timeout(120)
class BadTasksTest {
    private static final ClientSettings.Rules STRICT = new ClientSettings.Rules(Duration.ofMillis(300), ClientSettings.Collecting.USUAL,
            Map.of(), true, ArtifactRules.USUAL);

    @TempDir
    Path data;
    @TempDir
    Path outside;
    private OneNode node;
    private HttpServer server;
    private Path mounted;

    @AfterEach
    void end() throws Exception {
        if (node != null) {
            node.close();
        }
        if (server != null) {
            server.stop(0);
        }
        if (mounted != null) {
            assertThat(run("umount", mounted.toString())).as("nothing holds the disk").isZero();
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    private void start(Path where) throws IOException {
        node = new OneNode(where, Drivers.of(DriverSettings.DEV), STRICT);
    }

    private String serve(byte[] body) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/file";
    }

    record Refused(String name, String driver, String config, String more, String event) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Refused> refused() {
        String program = ",'Templates':[{'EmbeddedTmpl':'echo hi\\n','DestPath':'local/prog','Perms':'%s'}]";
        String gone = "Driver Failure: failed to launch command with executor: command \"no-such-x\" not found";
        return List.of(
                new Refused("a command that is missing", "raw_exec", "{'command':'no-such-x'}", "", gone),
                new Refused("a command that is missing in isolation", "exec", "{'command':'no-such-x'}", "", gone),
                new Refused("a file that is not executable", "raw_exec", "{'command':'prog'}", program.formatted("644"), "prog is not executable: set mode 0755"),
                new Refused("a file that is not executable in isolation", "exec", "{'command':'prog'}", program.formatted("644"), "prog is not executable: set mode 0755"),
                new Refused("text that is no script", "raw_exec", "{'command':'prog'}", program.formatted("755"), "exec format error"),
                new Refused("text that is no script in isolation", "exec", "{'command':'prog'}", program.formatted("755"), "exec format error"),
                new Refused("NUL in the environment", "raw_exec", "{'command':'true'}", ",'Env':{'A':'x\\u0000y'}",
                        "environment variable \"A\": its value holds a NUL character"),
                new Refused("NUL in an argument", "exec", "{'command':'true','args':['x\\u0000y']}", "", "config.args holds a NUL character"),
                new Refused("an endless variable", "raw_exec", "{'command':'true'}", ",'Env':{'A':'" + "x".repeat(200_000) + "'}", "argument list too long"),
                new Refused("an endless variable in isolation", "exec", "{'command':'true'}", ",'Env':{'A':'" + "x".repeat(200_000) + "'}",
                        "argument list too long"),
                new Refused("an artifact that goes up", "raw_exec", "{'command':'true'}",
                        ",'Artifacts':[{'GetterSource':'local/x','RelativeDest':'../../../../etc'}]", "escapes the allocation's folder"),
                new Refused("an artifact of the machine's own files", "raw_exec", "{'command':'true'}",
                        ",'Artifacts':[{'GetterSource':'/etc/passwd','RelativeDest':'local/'}]", "only files in it can be sources"),
                new Refused("a template that goes up", "raw_exec", "{'command':'true'}",
                        ",'Templates':[{'EmbeddedTmpl':'x','DestPath':'../../../../../../../../tmp/evil'}]", "template destination path escapes alloc directory"),
                new Refused("a template of the machine's own files", "raw_exec", "{'command':'true'}",
                        ",'Templates':[{'SourcePath':'../../../../../../../../../etc/passwd','DestPath':'local/x'}]", "Template failed: "));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void failsAtOnceWithTheReason(Refused given) throws Exception {
        start(data);
        assumeTrue(node.driver(given.driver()).detected(), () -> node.driver(given.driver()).healthDescription());
        node.submit("batch", given.driver(), given.config(), given.more());
        node.becomes(Allocation.FAILED);
        assertThat(node.events("main")).anySatisfy(event -> assertThat(event).contains(given.event()));
        assertThat(node.events("main")).noneSatisfy(event -> assertThat(event).startsWith("Started"));
    }

    static List<Refused> planted() {
        return List.of(
                new Refused("an artifact", "", "", ",'Artifacts':[{'GetterSource':'../alloc/data/mine','RelativeDest':'../alloc/data/out'}]", "through a link"),
                new Refused("a template", "", "", ",'Templates':[{'EmbeddedTmpl':'x','DestPath':'${NOMAD_ALLOC_DIR}/data/out/evil'}]",
                        "template destination path escapes alloc directory"),
                new Refused("a link in a template's own place", "", "",
                        ",'Templates':[{'EmbeddedTmpl':'x','DestPath':'${NOMAD_ALLOC_DIR}/data/file'}]", "template destination path escapes alloc directory"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("planted")
    void aLinkThatAnEarlierTaskLeftLeadsNowhere(Refused given) throws Exception {
        // A first task lays links to another folder and to a file in it among the shared data; what the second wants there is refused.
        Files.writeString(outside.resolve("victim"), "safe");
        start(data);
        node.submit("batch", OneNode.task("init", "raw_exec", "{'command':'/bin/sh','args':['-c','cd $NOMAD_ALLOC_DIR/data; echo x > mine; ln -s "
                + outside + " out; ln -s " + outside.resolve("victim") + " file']}", ",'Lifecycle':{'Hook':'prestart'}") + ","
                + OneNode.task("main", "raw_exec", "{'command':'true'}", given.more()));
        node.becomes(Allocation.FAILED);
        assertThat(node.events("main")).anySatisfy(event -> assertThat(event).contains(given.event()));
        try (Stream<Path> files = Files.list(outside)) {
            assertThat(files).containsExactly(outside.resolve("victim"));
        }
        assertThat(outside.resolve("victim")).hasContent("safe");
    }

    @Test
    void aTaskThatIgnoresSignalsIsKilledWhenTheNodesLongestTimeIsOver() throws Exception {
        start(data);
        node.submit("service", "raw_exec", "{'command':'/bin/sh','args':['-c','trap \\u0022\\u0022 INT TERM HUP; echo $$; while :; do sleep 0.05; done']}", "");
        node.becomes(Allocation.RUNNING);
        Eventually.holds("it wrote", () -> written().endsWith("\n"));
        node.stop();
        node.becomes(Allocation.COMPLETE);
        assertThat(node.events("main")).contains("Killing: Sent interrupt. Waiting 300ms before force killing", "Terminated: Exit Code: 137, Signal: 9",
                "Killed: Task successfully killed");
        assertThat(Path.of("/proc", written().strip())).doesNotExist();
    }

    private String written() {
        try {
            return node.log("stdout");
        } catch (IOException e) {
            return "";
        }
    }

    private Path smallDisk(String options) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount a small disk");
        Path place = Files.createDirectories(data.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", options, "small", place.toString()) == 0, "a small disk can't be mounted here");
        mounted = place;
        return place;
    }

    @Test
    void aFullDiskCostsLinesAndSaysSoButNotTheTask() throws Exception {
        start(smallDisk("size=2m"));
        node.submit("batch", "raw_exec", "{'command':'/bin/sh','args':['-c','yes long line | head -c 6000000; exit 3']}", "");
        node.becomes(Allocation.FAILED);
        assertThat(node.events("main")).contains("Terminated: Exit Code: 3").anySatisfy(event -> assertThat(event).contains("Task output is lost: No space left on device"));
    }

    @Test
    void anArtifactThatDoesNotFitTheDiskSaysSo() throws Exception {
        start(smallDisk("size=2m"));
        String source = serve(new byte[4 << 20]);
        node.submit("batch", "raw_exec", "{'command':'true'}", ",'Artifacts':[{'GetterSource':'" + source + "','RelativeDest':'local/'}]");
        node.becomes(Allocation.FAILED);
        assertThat(node.events("main")).anySatisfy(event -> assertThat(event).startsWith("Failed Artifact Download: ").contains("No space left on device"));
        try (Stream<Path> left = Files.list(node.folder().resolve("main/tmp"))) {
            assertThat(left).as("nothing half fetched is left").isEmpty();
        }
    }

    @Test
    void aTemplateThatDoesNotFitTheDiskSaysSo() throws Exception {
        start(smallDisk("size=2m"));
        node.submit("batch", "raw_exec", "{'command':'true'}", ",'Templates':[{'EmbeddedTmpl':'" + "x".repeat(3 << 20) + "','DestPath':'local/t'}]");
        node.becomes(Allocation.FAILED);
        assertThat(node.events("main")).anySatisfy(event -> assertThat(event).contains("No space left on device"));
        try (Stream<Path> left = Files.list(node.folder().resolve("main/local"))) {
            assertThat(left).as("nothing half written is left").isEmpty();
        }
    }

    @Test
    void aDiskWithoutRoomForFoldersSaysSo() throws Exception {
        Path disk = smallDisk("size=2m");
        start(disk);
        assertThat(run("mount", "-o", "remount,nr_inodes=" + (inodes(disk) + 3), disk.toString())).isZero();
        node.submit("batch", "raw_exec", "{'command':'true'}", "");
        node.becomes(Allocation.FAILED);
        assertThat(node.events("main")).anySatisfy(event -> assertThat(event).contains("No space left on device"));
    }

    private static long inodes(Path disk) throws IOException {
        try (Stream<Path> all = Files.walk(disk)) {
            return all.count();
        }
    }

    @Test
    void anEngineThatGoesAwayEndsItsTaskAndMakesTheDriverUnhealthy() throws Exception {
        Path socket = data.resolve("docker.sock");
        FakeEngine engine = new FakeEngine(socket);
        engine.registry.put("app:1", "sha256:aaa");
        node = new OneNode(data, Drivers.of(new DriverSettings(true, Map.of("docker", Map.of("endpoint", engine.endpoint())), Map.of(), Map.of())), STRICT);
        node.submit("service", "docker", "{'image':'app:1'}", "");
        node.becomes(Allocation.RUNNING);
        engine.close();
        node.becomes(Allocation.FAILED);
        assertThat(node.events("main")).contains("Driver: Downloading image")
                .anySatisfy(event -> assertThat(event).contains("the Docker engine went away while the task ran"));
        Eventually.holds("the driver is unhealthy", () -> !node.driver("docker").healthy());
        assertThat(node.driver("docker").healthDescription()).startsWith("Failed to connect to docker daemon");
    }
}
