package muster.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import muster.wire.Json;
import org.junit.jupiter.api.Test;

class JobJsonTest {
    private static final String TEXT = """
            {"id": "web", "NAME": "web", "Unknown": [1], "Datacenters": ["dc1"], "Migrate": {"MaxParallel": 2},
             "TaskGroups": [{"Name": "g", "Count": 2, "Services": [{"Name": "s", "Id": "x", "Namespace": "default"}],
               "Tasks": [{"Name": "t", "Driver": "raw_exec", "Config": {"command": "sleep", "args": ["1", 2, 2.5]},
                          "KillTimeout": 5000000000, "Resources": {"CPU": 20, "Networks": [{"MBits": 3,
                          "DynamicPorts": [{"Label": "http"}]}]}}]}]}""";

    @Test
    void keysAreReadInAnyLetterCaseAndUnknownOnesAreIgnored() {
        Job job = read();
        assertThat(job.id()).isEqualTo("web");
        assertThat(job.name()).isEqualTo("web");
        assertThat(job.group("g").task("t").config()).containsEntry("args", List.of("1", 2L, 2.5));
        assertThat(job.group("g").task("t").killTimeout()).hasSeconds(5);
        assertThat(job.group("g").task("t").resources().networks().getFirst().mBits()).isEqualTo(3);
    }

    @Test
    void whatWasWrittenIsReadBackEqual() {
        assertThat(Json.read(Job.class, Json.write(read()), Json.Unknown.REFUSE)).isEqualTo(read());
    }

    @Test
    void keysAreWrittenInTheOrderOfTheAlphabet() {
        assertThat(List.copyOf(JobTree.parsed(read()).keySet())).isSorted().contains("Migrate", "Reschedule", "VaultToken").hasSize(36);
    }

    @Test
    void theParsersFormHasTheKeysOfJobFiles() {
        Map<String, Object> service = service(JobTree.parsed(read()));
        assertThat(service).containsKeys("Id", "CheckRestart").doesNotContainKey("Namespace");
    }

    @Test
    void theStoredFormHasTheKeysOfTheServer() {
        Map<String, Object> tree = JobTree.stored(read());
        assertThat(tree).doesNotContainKeys("Migrate", "Reschedule");
        assertThat(service(tree)).containsKey("Namespace").doesNotContainKeys("Id", "CheckRestart");
    }

    private static Job read() {
        return Json.read(Job.class, TEXT.getBytes(StandardCharsets.UTF_8), Json.Unknown.IGNORE);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> service(Map<String, Object> job) {
        Map<String, Object> group = ((List<Map<String, Object>>) job.get("TaskGroups")).getFirst();
        return ((List<Map<String, Object>>) group.get("Services")).getFirst();
    }
}
