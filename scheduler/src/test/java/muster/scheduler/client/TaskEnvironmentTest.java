package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.Task;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;
import muster.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskEnvironmentTest {
    private static final Node NODE = Json.read(Node.class, Jobs.quoted("{'ID':'n1','Name':'box','Datacenter':'dc1','NodeClass':'big',"
            + "'Attributes':{'kernel.name':'linux','unique.hostname':'h'},'Meta':{'rack':'r1'}}").getBytes(), Json.Unknown.REFUSE);

    private static TaskEnvironment environment(String task, Map<String, String> agent) {
        Job job = Jobs.job("service", "'Meta':{'tier':'front'},", task);
        Allocation allocation = Jobs.allocation(Jobs.ID, job, "");
        Task first = job.taskGroups().getFirst().tasks().getFirst();
        return TaskEnvironment.of(new TaskEnvironment.Ground(NODE, "global", agent, ""), allocation, first,
                new AllocationFolder(Path.of("/data/alloc/" + Jobs.ID)));
    }

    @Test
    void holdsExactlyWhatTheOriginalTells() {
        Map<String, String> expected = new TreeMap<>();
        for (String line : """
                MINE=port=20001 dc=dc1 k=linux m=task none=${meta.nope}
                NOMAD_ADDR_http=127.0.0.1:20001
                NOMAD_ALLOC_DIR=/data/alloc/ID/alloc
                NOMAD_ALLOC_ID=ID
                NOMAD_ALLOC_INDEX=3
                NOMAD_ALLOC_NAME=app.web[3]
                NOMAD_ALLOC_PORT_http=20001
                NOMAD_CPU_LIMIT=20
                NOMAD_DC=dc1
                NOMAD_GROUP_NAME=web
                NOMAD_HOST_ADDR_http=127.0.0.1:20001
                NOMAD_HOST_IP_http=127.0.0.1
                NOMAD_HOST_PORT_http=20001
                NOMAD_IP_http=127.0.0.1
                NOMAD_JOB_ID=app
                NOMAD_JOB_NAME=app
                NOMAD_MEMORY_LIMIT=30
                NOMAD_META_DASH_KEY=x
                NOMAD_META_OWNER=task
                NOMAD_META_TIER=front
                NOMAD_META_dash_key=x
                NOMAD_META_owner=task
                NOMAD_META_tier=front
                NOMAD_NAMESPACE=default
                NOMAD_PORT_http=20001
                NOMAD_REGION=global
                NOMAD_SECRETS_DIR=/data/alloc/ID/main/secrets
                NOMAD_TASK_DIR=/data/alloc/ID/main/local
                NOMAD_TASK_NAME=main
                """.replace("ID/", Jobs.ID + "/").replace("ALLOC_ID=ID", "ALLOC_ID=" + Jobs.ID).split("\n")) {
            expected.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        }
        TaskEnvironment found = environment("{'Name':'main','Meta':{'owner':'task'},'Env':{'MINE':'port=${NOMAD_PORT_http} "
                + "dc=${node.datacenter} k=${attr.kernel.name} m=${NOMAD_META_owner} none=${meta.nope}'}}", Map.of());
        assertThat(new TreeMap<>(found.variables())).isEqualTo(expected);
    }

    @Test
    void handsOnTheAgentsEnvironmentWithoutItsSecrets() {
        TaskEnvironment found = environment("{'Name':'main'}", Map.of("PATH", "/bin", "CONSUL_HTTP_TOKEN", "s", "AWS_SECRET_ACCESS_KEY", "s"));
        assertThat(found.variables()).containsEntry("PATH", "/bin").doesNotContainKeys("CONSUL_HTTP_TOKEN", "AWS_SECRET_ACCESS_KEY");
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource(delimiter = '|', textBlock = """
            plain                        | plain
            ${NOMAD_PORT_http}           | 20001
            a ${node.class} b            | a big b
            ${env["HOME"]}               | /root
            ${env["NOPE"]}               | ${env["NOPE"]}
            ${attr.unique.hostname}      | h
            ${meta.rack}-${meta.nope}    | r1-${meta.nope}
            ${NOMAD_SHORT_ALLOC_ID}      | 11111111
            ${NOMAD_TASK_NAME            | ${NOMAD_TASK_NAME
            $NOMAD_TASK_NAME             | $NOMAD_TASK_NAME
            """)
    void interpolates(String text, String told) {
        assertThat(environment("{'Name':'main'}", Map.of("HOME", "/root")).interpolate(text)).isEqualTo(told);
    }

    @ParameterizedTest(name = "{0} are {1}")
    @CsvSource(delimiter = '|', textBlock = """
            3         | 3
            2 1 0 7   | 0-2,7
            4 0 2     | 0,2,4
            8 9       | 8-9
            """)
    void listsProcessorsAsTheKernelDoes(String numbers, String listed) {
        assertThat(TaskEnvironment.ranges(java.util.Arrays.stream(numbers.split(" ")).map(Integer::valueOf).toList())).isEqualTo(listed);
    }
}
