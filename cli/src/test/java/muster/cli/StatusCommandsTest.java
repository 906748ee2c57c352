package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is shown of one job, allocation or node, and of several where a beginning fits several. */
class StatusCommandsTest {
    private static final String ONE = "aaaa1111-1111-2222-3333-444444444444";
    private static final String TWO = "aaaa2222-1111-2222-3333-444444444444";
    private static final String NODE = "dddddddd-1111-2222-3333-444444444444";
    private static final String STUBS = "[{\"ID\":\"" + ONE + "\",\"Namespace\":\"team\",\"TaskGroup\":\"g\",\"NodeID\":\"" + NODE
            + "\",\"JobVersion\":1,\"DesiredStatus\":\"run\",\"ClientStatus\":\"failed\",\"CreateIndex\":5,\"ModifyTime\":1772366400000000000,"
            + "\"CreateTime\":1772366340000000000,\"FollowupEvalID\":\"eeeeeeee-1\"},{\"ID\":\"" + TWO + "\",\"TaskGroup\":\"g\",\"NodeID\":\"" + NODE
            + "\",\"JobVersion\":0,\"DesiredStatus\":\"stop\",\"ClientStatus\":\"complete\",\"CreateIndex\":4}]";
    private static final String ALLOCATIONS = """
            ID        Node ID   Task Group  Version  Desired  Status    Created  Modified
            aaaa1111  dddddddd  g           1        run      failed    1m ago   <1s ago
            aaaa2222  dddddddd  g           0        stop     complete  <none>   <none>
            """;
    private FakeAgent agent;

    @BeforeEach
    void start() throws IOException {
        String job = "\"Name\":\"web\",\"Type\":\"batch\",\"Priority\":50,\"Datacenters\":[\"dc1\"],\"Namespace\":\"default\",\"Status\":\"running\"";
        agent = new FakeAgent()
                .on("GET /v1/jobs?namespace=*", "[{\"ID\":\"web\",\"Namespace\":\"team\",\"Type\":\"service\",\"Priority\":50,\"Status\":\"running\"}]")
                .on("GET /v1/jobs?prefix=web", "[{\"ID\":\"web\"}]")
                .on("GET /v1/jobs?prefix=web&namespace=*", "[{\"ID\":\"web\",\"Namespace\":\"team\"},{\"ID\":\"web\",\"Namespace\":\"default\"}]")
                .on("GET /v1/jobs?prefix=api&namespace=*", "[{\"ID\":\"api\",\"Namespace\":\"team\"}]")
                .on("GET /v1/job/api/allocations?namespace=team", STUBS)
                .on("GET /v1/jobs?prefix=cron", "[{\"ID\":\"cron\"}]")
                .on("GET /v1/job/cron", "{\"ID\":\"cron\"," + job + ",\"Periodic\":{\"Enabled\":true}}")
                .on("PUT /v1/job/cron/plan", "{\"NextPeriodicLaunch\":\"2026-03-01T12:01:30Z\"}")
                .on("GET /v1/job/cron/summary", "{\"Children\":{\"Pending\":0,\"Running\":1,\"Dead\":2},\"Summary\":{}}")
                .on("GET /v1/jobs?prefix=cron%2Fperiodic-", "[{\"ID\":\"cron/periodic-1\",\"ParentID\":\"cron\",\"Status\":\"dead\"},"
                        + "{\"ID\":\"cron/periodic-x\",\"ParentID\":\"\",\"Status\":\"dead\"}]")
                .on("GET /v1/jobs?prefix=form", "[{\"ID\":\"form\"}]")
                .on("GET /v1/job/form", "{\"ID\":\"form\"," + job + ",\"Dispatched\":false,\"ParameterizedJob\":{\"Payload\":\"required\","
                        + "\"MetaRequired\":[\"a\",\"b\"],\"MetaOptional\":null}}")
                .on("GET /v1/job/form/summary", "{\"Children\":{\"Pending\":0,\"Running\":0,\"Dead\":0}}")
                .on("GET /v1/jobs?prefix=form%2Fdispatch-", "[]")
                .on("GET /v1/job/web", "{\"ID\":\"web\"," + job + "}")
                .on("GET /v1/job/web/summary", "{\"Children\":{\"Pending\":0,\"Running\":0,\"Dead\":0},\"Summary\":{\"g\":{\"Failed\":1}}}")
                .on("GET /v1/job/web/evaluations", "[]")
                .on("GET /v1/job/web/allocations", STUBS)
                .on("GET /v1/evaluation/eeeeeeee-1", "{\"WaitUntil\":\"2026-03-01T12:00:25Z\"}")
                .on("GET /v1/job/web/deployment", "null")
                .on("GET /v1/allocations?prefix=aaaa", STUBS)
                .on("GET /v1/allocations?prefix=aaaa11", "[{\"ID\":\"" + ONE + "\"}]")
                .on("GET /v1/allocation/" + ONE, """
                        {"ID":"%s","Name":"web.g[0]","TaskGroup":"g","CreateTime":1772366340000000000,"ModifyTime":1772366400000000000,
                         "Job":{"TaskGroups":[{"Name":"g","Volumes":{"data":{"Name":"data","Type":"host"}},
                           "Tasks":[{"Name":"main","VolumeMounts":[{"Volume":"data","ReadOnly":true}]},
                                    {"Name":"proxy","Lifecycle":{"Hook":"prestart","Sidecar":true}},
                                    {"Name":"setup","Lifecycle":{"Hook":"prestart"}}]}]},
                         "TaskStates":{"main":{"State":"running","Events":[{"Type":"Started","Time":1772366400000000000}]},
                                       "proxy":{"State":"running"},"setup":{"State":"dead"}}}""".formatted(ONE))
                .on("GET /v1/nodes?prefix=dddd", "[{\"ID\":\"" + NODE + "\"}]")
                .on("GET /v1/nodes?prefix=dd", "[{\"ID\":\"" + NODE + "\",\"Datacenter\":\"dc1\",\"Name\":\"n\",\"Status\":\"ready\","
                        + "\"SchedulingEligibility\":\"eligible\"},{\"ID\":\"ddeeeeee-1\",\"Datacenter\":\"dc1\",\"Name\":\"m\",\"Status\":\"down\","
                        + "\"SchedulingEligibility\":\"ineligible\"}]")
                .on("GET /v1/node/" + NODE, """
                        {"ID":"%s","Name":"n","Datacenter":"dc1","Drain":true,"SchedulingEligibility":"ineligible","Status":"ready",
                         "DrainStrategy":{"Deadline":1,"ForceDeadline":"2026-03-01T13:00:00Z","IgnoreSystemJobs":true},
                         "HostVolumes":{"data":{"Path":"/srv","ReadOnly":false}},
                         "Drivers":{"exec":{"Detected":true,"Healthy":false},"java":{"Detected":false},"raw_exec":{"Detected":true,"Healthy":true}},
                         "Events":[{"Timestamp":"2026-03-01T11:00:00Z","Subsystem":"Cluster","Message":"Node registered"},
                                   {"Timestamp":"2026-03-01T11:01:00Z","Subsystem":"Driver","Message":"Healthy","Details":{"driver":"exec"}}],
                         "Attributes":{"unique.storage.volume":"/dev/a"},
                         "NodeResources":{"Cpu":{"CpuShares":2000},"Memory":{"MemoryMB":1024},"Disk":{"DiskMB":2048}},
                         "ReservedResources":{"Cpu":{"CpuShares":500},"Memory":{"MemoryMB":0},"Disk":{"DiskMB":0}}}""".formatted(NODE))
                .on("GET /v1/node/" + NODE + "/allocations", "[{\"ID\":\"a1\",\"TaskGroup\":\"g\",\"ClientStatus\":\"running\",\"AllocatedResources\":{"
                        + "\"Tasks\":{\"t\":{\"Cpu\":{\"CpuShares\":100},\"Memory\":{\"MemoryMB\":256}}},\"Shared\":{\"DiskMB\":300}}}]")
                .on("GET /v1/client/allocation/a1/stats", "{\"ResourceUsage\":{\"CpuStats\":{\"TotalTicks\":12.7},\"MemoryStats\":{\"RSS\":1048576}}}")
                .on("GET /v1/client/stats", """
                        {"Uptime":3661,"CPUTicksConsumed":99.9,"Memory":{"Total":1073741824,"Used":536870912,"Available":536870912,"Free":1048576},
                         "CPU":[{"CPU":"cpu0","User":1.5,"System":2,"Idle":96.5}],
                         "DiskStats":[{"Device":"/dev/a","Mountpoint":"/","Size":2147483648,"Used":1073741824,"Available":1073741824,
                                       "UsedPercent":50,"InodesUsedPercent":1.234}]}""");
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    static List<CommandLine> cases() {
        String head = """
                ID%s = %s
                Name%1$s = web
                Submit Date%1$s = N/A
                Type%1$s = batch
                Priority%1$s = 50
                Datacenters%1$s = dc1
                Namespace%1$s = default
                Status%1$s = running
                Periodic%1$s = %s
                Parameterized%1$s = %s
                """;
        return List.of(
                new CommandLine("job status -namespace=*", 0, "ID   Namespace  Type     Priority  Status   Submit Date\n"
                        + "web  team       service  50        running  N/A\n", ""),
                new CommandLine("job status -namespace=* web", 1, "", "Prefix matched multiple jobs\n\n"
                        + "ID   Namespace  Type    Priority  Status  Submit Date\nweb  team       <none>  <none>    <none>  N/A\n"
                        + "web  default    <none>  <none>    <none>  N/A\n"),
                new CommandLine("job allocs -namespace=* api", 0, ALLOCATIONS, ""),
                new CommandLine("job status cron", 0, folded(head.formatted("", "cron", "true", "false")
                        + "Next Periodic Launch = 2026-03-01T12:01:30Z (1m30s from now)\n")
                        + "\nChildren Job Summary\nPending  Running  Dead\n0        1        2\n"
                        + "\nPreviously Launched Jobs\nID               Status\ncron/periodic-1  dead\n", ""),
                new CommandLine("job status form", 0, folded(head.formatted("", "form", "false", "true"))
                        + "\nParameterized Job\nPayload           = required\nRequired Metadata = a, b\nOptional Metadata = <none>\n"
                        + "\nParameterized Job Summary\nPending  Running  Dead\n0        0        0\n"
                        + "\nNo dispatched instances of parameterized job found\n", ""),
                new CommandLine("job status web", 0, folded(head.formatted("", "web", "false", "false"))
                        + "\nSummary\nTask Group  Queued  Starting  Running  Failed  Complete  Lost\n"
                        + "g           0       0         0        1       0         0\n"
                        + "\nFuture Rescheduling Attempts\nTask Group  Eval ID   Eval Time\ng           eeeeeeee  25s from now\n"
                        + "\nAllocations\n" + ALLOCATIONS, ""),
                new CommandLine("job status -t {{range.}}{{range.Allocations}}x{{end}}{{end}} web", 0, "xx\n", ""),
                new CommandLine("alloc status aaaa", 0, "Prefix matched multiple allocations\n\n" + ALLOCATIONS, ""),
                new CommandLine("alloc stop aaaa", 1, "", "Prefix matched multiple allocations\n\n" + ALLOCATIONS),
                new CommandLine("alloc status -short aaaa11", 0, "ID       = " + ONE + """

                        Name     = web.g[0]
                        Created  = 1m ago
                        Modified = <1s ago

                        Tasks
                        Name   State    Last Event  Time                  Lifecycle
                        setup  dead     <none>      <none>                prestart
                        proxy  running  <none>      <none>                prestart sidecar
                        main   running  Started     2026-03-01T12:00:00Z  main
                        """, ""),
                new CommandLine("node status dd", 1, "", """
                        Prefix matched multiple nodes

                        ID        DC   Name  Class   Drain  Eligibility  Status
                        dddddddd  dc1  n     <none>  false  eligible     ready
                        ddeeeeee  dc1  m     <none>  false  ineligible   down
                        """),
                new CommandLine("node status -quiet -json", 1, "", "-quiet cannot be used with -verbose or -json\n"),
                new CommandLine("node status dddd", 0, "ID              = " + NODE + """

                        Name            = n
                        Class           = <none>
                        DC              = dc1
                        Drain           = true; 2026-03-01T13:00:00Z deadline; ignoring system jobs
                        Eligibility     = ineligible
                        Status          = ready
                        CSI Controllers = <none>
                        CSI Drivers     = <none>
                        Uptime          = 1h1m1s
                        Host Volumes    = data
                        CSI Volumes     = <none>
                        Driver Status   = exec (unhealthy),raw_exec

                        Node Events
                        Time                  Subsystem     Message
                        2026-03-01T11:01:00Z  Driver: exec  Healthy
                        2026-03-01T11:00:00Z  Cluster       Node registered

                        Allocated Resources
                        CPU           Memory           Disk
                        100/1500 MHz  256 MiB/1.0 GiB  300 MiB/2.0 GiB

                        Allocation Resource Utilization
                        CPU          Memory
                        12/1500 MHz  1.0 MiB/1.0 GiB

                        Host Resource Utilization
                        CPU          Memory           Disk
                        99/2000 MHz  512 MiB/1.0 GiB  1.0 GiB/2.0 GiB

                        Allocations
                        ID  Node ID  Task Group  Version  Desired  Status   Created  Modified
                        a1  <none>   g           <none>   <none>   running  <none>   <none>
                        """, ""));
    }

    /** {@code name = value} lines with their names padded to one width. */
    private static String folded(String rows) {
        return Layout.values(rows.lines().map(line -> line.replaceFirst(" = ", "|")).toList()) + "\n";
    }

    @ParameterizedTest
    @MethodSource("cases")
    void showsWhatTheOriginalDoes(CommandLine given) {
        given.matches(agent.run("nomad", given.words()));
    }

    @Test
    void tasksStandInTheOrderThatTheyRunIn() {
        assertThat(agent.run("nomad", "alloc", "status", "aaaa11").out()).containsSubsequence(
                "Task \"setup\" (prestart) is \"dead\"", "Task \"proxy\" (prestart sidecar) is \"running\"", "Task \"main\" is \"running\"",
                "Host Volumes:\nID    Read Only\ndata  true\n");
    }

    @Test
    void aNodesMeasurementsAreShownOnRequest() {
        assertThat(agent.run("nomad", "node", "status", "-stats", "-verbose", "dddd").out()).containsSubsequence(
                "Host Volumes\nName  ReadOnly  Source\ndata  false     /srv\n", "Drivers\nDriver    Detected  Healthy",
                "Time                  Subsystem     Message          Details\n",
                "CPU Stats\nCPU    = cpu0\nUser   = 1.50%\nSystem = 2.00%\nIdle   = 96.50%\n", "Memory Stats\nTotal     = 1.0 GiB\n",
                "Disk Stats\nDevice         = /dev/a\n", "Inodes Percent = 1.23%\n", "Attributes\nunique.storage.volume = /dev/a\n");
    }
}
