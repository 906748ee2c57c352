package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import muster.registry.client.testing.FakeRegistry;
import muster.scheduler.artifact.Snapshots;
import muster.scheduler.artifact.ArtifactRules;
import muster.scheduler.driver.HandleState;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.HostVolume;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stays of allocations: over the agent's end, until room is needed, and on the way to another node. */
@Timeout(60)
class KeptAllocationsTest {
    @TempDir
    Path data;
    private final FakeServers servers = new FakeServers();
    private final FakeRegistry registry = new FakeRegistry();
    private Client client;

    @AfterEach
    void end() {
        client.close();
        registry.close();
    }

    private void start(ClientSettings.Rules rules, String address) throws IOException {
        ClientSettings settings = UsualNode.settings(data.toAbsolutePath(), true, address, rules);
        client = UsualNode.start(settings, servers, registry);
    }

    private static ClientSettings.Rules keeping(int allocations) {
        return new ClientSettings.Rules(Duration.ofSeconds(30), new ClientSettings.Collecting(Duration.ofHours(1), 100, 100, allocations),
                Map.of(), true, ArtifactRules.USUAL);
    }

    private static String id(int number) {
        return "0000000" + number + "-2222-3333-4444-555555555555";
    }

    private void give(String id, String group, String script, String more) {
        servers.give(Jobs.allocation(id, Jobs.job("batch", group, "{'Name':'main','Driver':'raw_exec','KillTimeout':1000000000,"
                + "'Config':{'command':'/bin/sh','args':['-c','" + script + "']}" + more + "}"), ""));
    }

    private Allocation reported(String id, Predicate<Allocation> condition) {
        Eventually.holds("reported " + id, () -> servers.reported(id) != null && condition.test(servers.reported(id)));
        return servers.reported(id);
    }

    private Allocation ended(String id) {
        return reported(id, allocation -> allocation.isClientTerminal());
    }

    @Test
    void theOldestEndedOnesGoWhenThereAreTooMany() throws Exception {
        start(keeping(2), "127.0.0.1:1");
        for (int i = 1; i <= 3; i++) {
            give(id(i), "", "echo done", "");
            ended(id(i));
        }
        give(id(4), "", "sleep 600", "");
        reported(id(4), allocation -> allocation.clientStatus().equals(Allocation.RUNNING));
        Eventually.holds("two are left", () -> Files.exists(data.resolve("alloc/" + id(4)))
                && List.of(1, 2, 3).stream().filter(i -> Files.exists(data.resolve("alloc/" + id(i)))).count() <= 2);
        servers.stop(id(4));
        ended(id(4));
    }

    @Test
    void whoAsksForLogsThatAreGoneHearsWhenAndWhy() throws Exception {
        // Plan: one ends and its files are removed; its log is answered with the reason, and so it is once the servers forgot it too.
        start(keeping(50), "127.0.0.1:1");
        give(id(1), "", "echo done", "");
        ended(id(1));
        assertThat(client.removal(id(1))).isEmpty();
        client.collectAll();
        assertThat(client.removal(id(1)).orElseThrow()).matches("files of allocation \"" + id(1)
                + "\" were removed at 20\\d\\d-\\d\\d-\\d\\dT[0-9:]+Z: asked for by an operator");
        servers.forget(id(1));
        Eventually.holds("forgotten", () -> client.allocation(id(1)).isEmpty());
        assertThat(client.removal(id(1)).orElseThrow()).contains("were removed at");
    }

    @Test
    void logsOutliveTheAgentAndStrangersDoNot() throws Exception {
        // Plan: one ends, the agent ends and leaves a folder that nothing is known of; the next agent still has the log, and reports again.
        start(keeping(50), "127.0.0.1:1");
        give(id(1), "", "echo remembered", "");
        ended(id(1));
        client.close();
        Files.createDirectories(data.resolve("alloc/ffffffff-0000-0000-0000-000000000000/alloc"));
        start(keeping(50), "127.0.0.1:1");
        assertThat(client.allocation(id(1)).orElseThrow().folder().logs().resolve("main.stdout.0")).hasContent("remembered");
        assertThat(client.allocation(id(1)).orElseThrow().isEnded()).isTrue();
        assertThat(data.resolve("alloc/ffffffff-0000-0000-0000-000000000000")).doesNotExist();
        client.collectAll();
        assertThat(data.resolve("alloc/" + id(1))).doesNotExist();
    }

    @Test
    void hostVolumesAreFoundBelowTheTasksFolder() throws Exception {
        Path volume = Files.createDirectories(data.resolve("volume"));
        start(new ClientSettings.Rules(Duration.ofSeconds(30), ClientSettings.Collecting.USUAL,
                Map.of("certs", new HostVolume("certs", volume.toString(), false)), true, ArtifactRules.USUAL), "127.0.0.1:1");
        assertThat(client.node().hostVolumes()).containsKey("certs");
        give(id(1), "'Volumes':{'v':{'Name':'v','Type':'host','Source':'certs'}},", "echo kept > srv/certs/file",
                ",'VolumeMounts':[{'Volume':'v','Destination':'/srv/certs'}]");
        assertThat(ended(id(1)).clientStatus()).isEqualTo(Allocation.COMPLETE);
        assertThat(volume.resolve("file")).hasContent("kept");
        give(id(2), "'Volumes':{'v':{'Name':'v','Type':'host','Source':'ghost'}},", "true",
                ",'VolumeMounts':[{'Volume':'v','Destination':'/srv/certs'}]");
        assertThat(ended(id(2)).taskStates().get("main").events().toString()).contains("this node offers no host volume \\\"ghost\\\"".replace("\\", ""));
    }

    @Test
    void dataMigratesFromAnotherNode() throws Exception {
        // Plan: a fake node offers the snapshot of an allocation that has ended; the one that replaces it finds its data.
        Path old = Files.createDirectories(data.resolve("old"));
        Files.createDirectories(old.resolve("alloc/data"));
        Files.createDirectories(old.resolve("main/local"));
        Files.writeString(old.resolve("alloc/data/shared"), "shared data");
        Files.writeString(old.resolve("main/local/own"), "own data");
        Files.createDirectories(old.resolve("main/secrets"));
        Files.writeString(old.resolve("main/secrets/token"), "secret");
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        Snapshots.write(old, List.of(Path.of("alloc", "data"), Path.of("main", "local"), Path.of("gone", "local")), tar);
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/v1/client/allocation/" + id(1) + "/snapshot", exchange -> {
            exchange.sendResponseHeaders(200, tar.size());
            tar.writeTo(exchange.getResponseBody());
            exchange.close();
        });
        other.start();
        try {
            start(keeping(50), "127.0.0.1:" + other.getAddress().getPort());
            servers.elsewhere(Jobs.allocation(id(1), Jobs.job("batch", "", "{'Name':'main','Driver':'raw_exec'}"), "")
                    .withClientStatus(Allocation.COMPLETE));
            servers.give(Jobs.allocation(id(2), Jobs.job("batch", "'EphemeralDisk':{'Sticky':true,'Migrate':true,'SizeMB':300},",
                    "{'Name':'main','Driver':'raw_exec','Config':{'command':'/bin/sh','args':['-c','cat local/own ../alloc/data/shared; ls secrets']}}"),
                    "'PreviousAllocation':'" + id(1) + "'"));
            ended(id(2));
            assertThat(client.allocation(id(2)).orElseThrow().folder().logs().resolve("main.stdout.0")).hasContent("own datashared data");
        } finally {
            other.stop(0);
        }
    }

    @Test
    void aLinkInPlaceOfAFolderIsNotInherited() throws Exception {
        // Plan: a task replaced its local folder, which its successor would take over, by a link to a folder of the machine's.
        start(keeping(50), "127.0.0.1:1");
        Path outside = Files.createDirectories(data.resolve("outside"));
        Files.setAttribute(outside, "unix:mode", 0700);
        String sticky = "'EphemeralDisk':{'Sticky':true,'SizeMB':300},";
        give(id(1), sticky, "echo mine > ../alloc/data/file; rmdir local && ln -s " + outside + " local", "");
        ended(id(1));
        servers.give(Jobs.allocation(id(2), Jobs.job("batch", sticky, "{'Name':'main','Driver':'raw_exec',"
                + "'Config':{'command':'/bin/sh','args':['-c','cat ../alloc/data/file; test -L local || echo folder']}}"), "'PreviousAllocation':'" + id(1) + "'"));
        ended(id(2));
        assertThat(client.allocation(id(2)).orElseThrow().folder().logs().resolve("main.stdout.0")).hasContent("mine\nfolder");
        assertThat((int) Files.getAttribute(outside, "unix:mode") & 0777).isEqualTo(0700);
    }

    @Test
    void processesOfAnEarlierRunOfTheMachineAreStrangers() throws Exception {
        Path boot = Files.writeString(data.resolve("boot-id"), "first\n");
        Allocation allocation = Jobs.allocation(id(1), Jobs.job("service", "", "{'Name':'main','Driver':'raw_exec'}"), "");
        start(keeping(50), "127.0.0.1:1");
        SavedAllocations kept = new SavedAllocations(data.resolve("kept"), true, boot);
        kept.save(new AllocationRunner.Saved(allocation, Map.of("main", new HandleState(1, 2), "box", new HandleState(0, 0, "container"))));
        assertThat(kept.load().getFirst().handles()).containsOnlyKeys("main", "box");
        assertThat(new SavedAllocations(data.resolve("kept"), true, boot).load().getFirst().handles()).containsOnlyKeys("main", "box");
        Files.writeString(boot, "second\n");
        assertThat(new SavedAllocations(data.resolve("kept"), true, boot).load().getFirst().handles()).containsOnlyKeys("box");
    }

    @Test
    void aFullDiskEndsInAClearEventAndACleanNode() throws Exception {
        // Plan: the data folder is a file system of 1 MiB without room; an allocation fails in words; with room again the next one runs, and
        // a task that fills the disk itself ends by itself, its log cut short.
        Path disk = Files.createDirectories(data.resolve("disk"));
        Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=200", "none", disk.toString()) == 0, "only root may mount a small disk");
        try {
            ClientSettings settings = UsualNode.settings(disk.toAbsolutePath(), true, "127.0.0.1:1", keeping(50));
            client = UsualNode.start(settings, servers, registry);
            for (int i = 0; i < 150; i++) {
                Files.write(disk.resolve("filler-" + i), new byte[0]);
            }
            try (var all = Files.newOutputStream(disk.resolve("filler"))) {
                all.write(new byte[2 << 20]);
            } catch (IOException full) {
                assertThat(full).hasMessageContaining("No space left");
            }
            for (int i = 150; i < 250; i++) {
                try {
                    Files.write(disk.resolve("filler-" + i), new byte[0]);
                } catch (IOException full) {
                    break;
                }
            }
            give(id(1), "", "echo never", "");
            assertThat(ended(id(1)).clientStatus()).isEqualTo(Allocation.FAILED);
            assertThat(messages(ended(id(1)))).anyMatch(text -> text.contains("can't make the") && text.contains("No space left on device"));
            client.collectAll();
            try (var fillers = Files.newDirectoryStream(disk, "filler*")) {
                for (Path filler : fillers) {
                    Files.delete(filler);
                }
            }
            give(id(2), "", "head -c 3000000 /dev/zero > local/large || echo full; head -c 3000000 /dev/zero; exit 3", ",'RestartPolicy':{'Attempts':0,'Mode':'fail'}");
            assertThat(messages(ended(id(2)))).contains("Exit Code: 3");
            client.collectAll();
            assertThat(disk.resolve("alloc")).isEmptyDirectory();
            give(id(3), "", "echo fine", "");
            assertThat(ended(id(3)).clientStatus()).isEqualTo(Allocation.COMPLETE);
        } finally {
            client.close();
            run("umount", "-l", disk.toString());
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    @Test
    void badEndsLeaveACleanNode() throws Exception {
        start(keeping(50), "127.0.0.1:1");
        give(id(1), "", "trap \\\"\\\" INT TERM; echo deaf; while :; do sleep 0.05; done", "");
        Eventually.holds("it runs", () -> Files.exists(data.resolve("alloc/" + id(1) + "/alloc/logs/main.stdout.0"))
                && Files.readString(data.resolve("alloc/" + id(1) + "/alloc/logs/main.stdout.0")).contains("deaf"));
        servers.stop(id(1));
        assertThat(messages(ended(id(1)))).contains("Sent interrupt. Waiting 1s before force killing", "Exit Code: 137, Signal: 9", "Task successfully killed");
        servers.give(Jobs.allocation(id(2), Jobs.job("batch", "", "{'Name':'main','Driver':'raw_exec','Config':{'command':'no-such-program'}}"), ""));
        assertThat(messages(ended(id(2)))).anyMatch(text -> text.contains("command \"no-such-program\" not found"));
        servers.give(Jobs.allocation(id(3), Jobs.job("batch", "", "{'Name':'main','Driver':'ghost','Config':{}}"), ""));
        assertThat(messages(ended(id(3)))).contains("this node has no driver \"ghost\"");
        client.collectAll();
        try (var left = Files.list(data.resolve("alloc"))) {
            assertThat(left).isEmpty();
        }
    }

    private static List<String> messages(Allocation allocation) {
        return allocation.taskStates().get("main").events().stream().map(event -> event.displayMessage()).toList();
    }
}
