package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import muster.cli.FakeAgent.Ran;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NomadCommandsTest {
    private static final String EVAL = "eeeeeeee-1111-2222-3333-444444444444";
    private static final String ALLOC = "aaaaaaaa-1111-2222-3333-444444444444";
    private static final String NODE = "dddddddd-1111-2222-3333-444444444444";
    private static final String JOB = """
            job "web" {
              datacenters = ["dc1"]
              group "g" {
                task "t" {
                  driver = "raw_exec"
                  config { command = "sleep" }
                }
              }
            }
            """;
    private FakeAgent agent;

    @BeforeEach
    void start() throws IOException {
        agent = new FakeAgent()
                .on("PUT /v1/jobs", "{\"EvalID\":\"" + EVAL + "\",\"Warnings\":\"\"}")
                .on("GET /v1/jobs", "[]")
                .on("GET /v1/jobs?prefix=web", "[{\"ID\":\"web\",\"Type\":\"service\",\"Priority\":50,\"Status\":\"running\"}]")
                .on("GET /v1/jobs?prefix=ghost", "[]")
                .on("DELETE /v1/job/web", "{\"EvalID\":\"" + EVAL + "\"}")
                .on("GET /v1/job/web", "{\"ID\":\"web\",\"TaskGroups\":[{\"Name\":\"g\"}]}")
                .on("GET /v1/job/ghost", 404, "job not found")
                .on("PUT /v1/job/web/scale", "{\"EvalID\":\"" + EVAL + "\"}")
                .on("PUT /v1/job/web/evaluate", "{\"EvalID\":\"" + EVAL + "\"}")
                .on("PUT /v1/job/web/plan", """
                        {"Diff":{"ID":"web","Type":"Added"},"JobModifyIndex":0,
                         "Annotations":{"DesiredTGUpdates":{"g":{"Place":1}}},"Warnings":""}""")
                .on("GET /v1/job/web/scale", """
                        {"TaskGroups":{"g":{"Events":[
                          {"Time":1767225600000000000,"Count":1,"PreviousCount":0},
                          {"Time":1767225660000000000,"Count":2,"PreviousCount":1}]}}}""")
                .on("GET /v1/job/web/versions", """
                        {"Versions":[{"Version":1,"Stable":false,"SubmitTime":1767225660000000000},
                                     {"Version":0,"Stable":true,"SubmitTime":1767225600000000000}]}""")
                .on("GET /v1/nodes", "[{\"ID\":\"" + NODE + "\",\"Datacenter\":\"dc1\",\"Name\":\"n\",\"NodeClass\":\"\",\"Drain\":false,"
                        + "\"SchedulingEligibility\":\"eligible\",\"Status\":\"ready\"}]")
                .on("PUT /v1/node/" + NODE + "/eligibility", "{}")
                .on("GET /v1/allocations?prefix=aaaa", "[{\"ID\":\"" + ALLOC + "\"}]")
                .on("GET /v1/allocations?prefix=ffff", "[]")
                .on("GET /v1/allocation/" + ALLOC, "{\"ID\":\"" + ALLOC + "\",\"TaskGroup\":\"g\",\"Job\":{\"TaskGroups\":"
                        + "[{\"Name\":\"g\",\"Tasks\":[{\"Name\":\"t\"}]}]}}")
                .on("GET /v1/client/fs/logs/" + ALLOC, "one\ntwo\nthree\n")
                .on("PUT /v1/client/allocation/" + ALLOC + "/restart", "{}")
                .on("GET /v1/client/allocation/" + ALLOC + "/checks", """
                        {"c1":{"Check":"up","Group":"web.g[0]","ID":"c1","Mode":"healthiness","Output":"HTTP GET: 503","Service":"web",
                               "Status":"failure","StatusCode":503,"Task":"","Timestamp":1767225600},
                         "c2":{"Check":"port","Group":"web.g[0]","ID":"c2","Mode":"readiness","Output":"nomad: tcp ok","Service":"web",
                               "Status":"success","StatusCode":0,"Task":"t","Timestamp":1767225600}}""")
                .on("GET /v1/client/fs/stat/" + ALLOC, "{\"IsDir\":true}")
                .on("GET /v1/client/fs/ls/" + ALLOC, """
                        [{"Name":"alloc","IsDir":true,"Size":4096,"FileMode":"drwxrwxrwx","ModTime":"2026-01-01T00:00:00Z"}]""")
                .on("GET /v1/deployments", "[]");
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    static List<CommandLine> cases() {
        return List.of(
                new CommandLine("status", 0, "No running jobs\n", ""),
                new CommandLine("job stop -detach web", 0, EVAL + "\n", ""),
                new CommandLine("stop -detach web", 0, EVAL + "\n", ""),
                new CommandLine("job stop ghost", 1, "", "No job(s) with prefix or id \"ghost\" found\n"),
                new CommandLine("job scale -detach web 3", 0, "Evaluation ID: " + EVAL + "\n", ""),
                new CommandLine("job scale -detach web other 3", 1, "", "Group other not found within job\n"),
                new CommandLine("job scale web", 1, "", "Command requires at least two arguments and no more than three\n"),
                new CommandLine("job scale web many", 1, "",
                        "Failed to convert count string to int: strconv.Atoi: parsing \"many\": invalid syntax\n"),
                new CommandLine("job scale ghost 1", 1, "", "Error querying job: Unexpected response code: 404 (job not found)\n"),
                new CommandLine("job eval -detach web", 0, "Created eval ID: \"eeeeeeee\"\n", ""),
                new CommandLine("job scaling-events web", 0, """
                        Task Group  Count  PrevCount  Date
                        g           2      1          2026-01-01T00:01:00Z
                        g           1      0          2026-01-01T00:00:00Z
                        """, ""),
                new CommandLine("job history web", 0, """
                        Version     = 1
                        Stable      = false
                        Submit Date = 2026-01-01T00:01:00Z

                        Version     = 0
                        Stable      = true
                        Submit Date = 2026-01-01T00:00:00Z
                        """, ""),
                new CommandLine("job history -version 7 web", 1, "", "Error printing job history for non-existing job or job version\n"),
                new CommandLine("job revert web first", 1, "",
                        "Failed to parse job-version flag: strconv.ParseUint: parsing \"first\": invalid syntax\n"),
                new CommandLine("node status", 0, """
                        ID        DC   Name  Class   Drain  Eligibility  Status
                        dddddddd  dc1  n     <none>  false  eligible     ready
                        """, ""),
                new CommandLine("node eligibility -disable dddd", 0,
                        "Node \"" + NODE + "\" scheduling eligibility set: ineligible for scheduling\n", ""),
                new CommandLine("alloc logs aaaa", 0, "one\ntwo\nthree\n", ""),
                new CommandLine("alloc logs -n 1 aaaa t", 0, "three\n", ""),
                new CommandLine("alloc logs aaaa ghost", 1, "", "Could not find task named: ghost, found:\nt\n"),
                new CommandLine("alloc logs ffff", 1, "", "No allocation(s) with prefix or id \"ffff\" found\n"),
                new CommandLine("alloc logs f", 1, "", "Identifier must contain at least two characters.\n"),
                new CommandLine("alloc restart aaaa t", 0, "", ""),
                new CommandLine("alloc restart -task=t aaaa", 0, "", ""),
                new CommandLine("alloc restart -all-tasks aaaa", 0, "", ""),
                new CommandLine("alloc restart -all-tasks aaaa t", 1, "", "The -all-tasks option is not allowed when restarting a specific task.\n"),
                new CommandLine("alloc checks aaaa", 0, """
                        Status of 2 Nomad Service Checks

                        ID         = c1
                        Name       = up
                        Group      = web.g[0]
                        Task       = (group)
                        Service    = web
                        Status     = failure
                        StatusCode = 503
                        Mode       = healthiness
                        Timestamp  = 2026-01-01T00:00:00Z
                        Output     = HTTP GET: 503

                        ID        = c2
                        Name      = port
                        Group     = web.g[0]
                        Task      = t
                        Service   = web
                        Status    = success
                        Mode      = readiness
                        Timestamp = 2026-01-01T00:00:00Z
                        Output    = nomad: tcp ok

                        """, ""),
                new CommandLine("alloc checks ffff", 1, "", "No allocation(s) with prefix or id \"ffff\" found\n"),
                new CommandLine("alloc fs aaaa", 0, """
                        Mode        Size     Modified Time         Name
                        drwxrwxrwx  4.0 KiB  2026-01-01T00:00:00Z  alloc/
                        """, ""),
                new CommandLine("deployment list", 0, "No deployments found\n", ""),
                new CommandLine("deployment status ffff", 1, "", "Error retrieving deployment: Deployment ID \"ffff\" matched no deployments\n"),
                new CommandLine("job run", 1, "",
                        "This command takes one argument: <path>\nFor additional help try 'nomad job run -help'\n"),
                new CommandLine("job plan", 255, "",
                        "This command takes one argument: <path>\nFor additional help try 'nomad job plan -help'\n"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void answersAsTheOriginal(CommandLine given) {
        given.matches(agent.run("nomad", given.words()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            not a url       | "/v1/jobs": unsupported protocol scheme ""
            127.0.0.1:4646  | "/v1/jobs": unsupported protocol scheme ""
            localhost:4646  | "localhost:///v1/jobs": unsupported protocol scheme "localhost"
            ftp://a         | "ftp://a/v1/jobs": unsupported protocol scheme "ftp"
            http://my_host  | "http://my_host/v1/jobs": "my_host" is no host name
            """)
    void whatIsNoAddressIsRefusedInGoWords(String given, String words) {
        Ran ran = FakeAgent.run("nomad", "", Map.of(), Path.of(""), "status", "-address=" + given);

        assertThat(ran).isEqualTo(new Ran(1, "", "Error querying jobs: Get " + words + "\n"));
    }

    @Test
    void aFileIsValidatedWithoutAServer() {
        Ran ran = FakeAgent.run("nomad", JOB, Map.of("NOMAD_ADDR", "http://127.0.0.1:1"), Path.of(""), "job", "validate", "-");

        assertThat(ran).isEqualTo(new Ran(0, "Driver configuration not validated since connection to Nomad agent couldn't be established.\n\n"
                + "Job Warnings:\n0 warning(s):\n\n\nJob validation successful\n", ""));
    }

    @Test
    void submitsAJobFile() {
        Ran ran = agent.feed("nomad", JOB, "job", "run", "-detach", "-");

        assertThat(ran).isEqualTo(new Ran(0, "Job registration successful\nEvaluation ID: " + EVAL + "\n", ""));
        assertThat(agent.lastBody()).startsWith("{\"Job\":{").contains("\"ID\":\"web\"");
    }

    @Test
    void plansAJobFile() {
        Ran ran = agent.feed("nomad", JOB, "job", "plan", "-");

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).startsWith("""
                + Job: "web"

                Scheduler dry-run:
                - All tasks successfully allocated.

                Job Modify Index: 0
                """).contains("nomad job run -check-index 0 -");
    }

    /** Plan: an evaluation is pending, then done with a deployment, which runs and then succeeds; all is told as it comes. */
    @Test
    void followsAnEvaluationAndItsDeployment() {
        String evaluation = "{\"ID\":\"" + EVAL + "\",\"JobID\":\"web\",\"TriggeredBy\":\"job-register\",\"CreateIndex\":10,";
        agent.on("GET /v1/evaluation/" + EVAL, evaluation + "\"Status\":\"pending\"}")
                .on("GET /v1/evaluation/" + EVAL, evaluation + "\"Status\":\"complete\",\"DeploymentID\":\"bbbbbbbb-1\"}")
                .on("GET /v1/evaluation/" + EVAL + "/allocations", """
                        [{"ID":"aaaaaaaa-1","NodeID":"dddddddd-1","TaskGroup":"g","CreateIndex":11,"ClientStatus":"pending"},
                         {"ID":"cccccccc-1","NodeID":"dddddddd-1","TaskGroup":"g","CreateIndex":4,"ClientStatus":"running"}]""")
                .on("GET /v1/evaluation/" + EVAL + "/allocations", """
                        [{"ID":"aaaaaaaa-1","NodeID":"dddddddd-1","TaskGroup":"g","CreateIndex":11,"ClientStatus":"running",
                          "ClientDescription":"Tasks are running"}]""")
                .on("GET /v1/deployment/bbbbbbbb-1", "{\"ID\":\"bbbbbbbb-1\",\"Status\":\"running\"}")
                .on("GET /v1/deployment/bbbbbbbb-1", "{\"ID\":\"bbbbbbbb-1\",\"JobID\":\"web\",\"JobVersion\":0,\"Status\":\"successful\","
                        + "\"StatusDescription\":\"Deployment completed successfully\"}");

        Ran ran = agent.feed("nomad", JOB, "job", "run", "-");

        assertThat(ran).isEqualTo(new Ran(0, """
                ==> T: Monitoring evaluation "eeeeeeee"
                    T: Evaluation triggered by job "web"
                    T: Allocation "aaaaaaaa" created: node "dddddddd", group "g"
                    T: Allocation "cccccccc" modified: node "dddddddd", group "g"
                    T: Evaluation within deployment: "bbbbbbbb"
                    T: Allocation "aaaaaaaa" status changed: "pending" -> "running" (Tasks are running)
                    T: Evaluation status changed: "pending" -> "complete"
                ==> T: Evaluation "eeeeeeee" finished with status "complete"
                ==> T: Monitoring deployment "bbbbbbbb"

                    T
                    ID          = bbbbbbbb
                    Job ID      = web
                    Job Version = 0
                    Status      = successful
                    Description = Deployment completed successfully
                """.replace("T:", "2026-03-01T12:00:00Z:").replace("    T\n", "    2026-03-01T12:00:00Z\n"), ""));
        assertThat(agent.requests()).contains("GET /v1/evaluation/" + EVAL).anyMatch(line -> line.contains("index="));
    }

    @Test
    void aPartThatCanNotBePlacedIsExitCodeTwo() {
        agent.on("GET /v1/evaluation/" + EVAL, "{\"ID\":\"" + EVAL + "\",\"JobID\":\"web\",\"Status\":\"complete\",\"BlockedEval\":\"ffffffff-1\","
                        + "\"FailedTGAllocs\":{\"g\":{\"NodesEvaluated\":1,\"NodesExhausted\":1,\"DimensionExhausted\":{\"memory\":1}}}}")
                .on("GET /v1/evaluation/" + EVAL + "/allocations", "[]");

        Ran ran = agent.feed("nomad", JOB, "job", "run", "-");

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).contains("but failed to place all allocations:", "(failed to place 1 allocation):",
                "      * Dimension \"memory\" exhausted on 1 nodes", "Evaluation \"ffffffff\" waiting for additional capacity");
    }

    @Test
    void aBadJobFileIsRefusedBeforeAnythingIsSent(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("bad.hcl"), JOB.replace("datacenters", "datacentres"));

        Ran ran = agent.runIn(folder, "muster", "job", "plan", "bad.hcl");

        assertThat(ran.exit()).isEqualTo(255);
        assertThat(ran.err()).contains("bad.hcl:2,3-14", "datacentres = [\"dc1\"]", "\"datacenters\"");
        assertThat(agent.requests()).isEmpty();
    }

    @Test
    void theExampleIsAValidJobAndNeverOverwritten(@TempDir Path folder) {
        Ran written = FakeAgent.run("nomad", "", Map.of("HOME", "/"), folder, "job", "init");
        Ran again = FakeAgent.run("nomad", "", Map.of("HOME", "/"), folder, "job", "init");
        Ran shown = FakeAgent.run("nomad", "", Map.of("HOME", "/"), folder, "job", "run", "-output", "example.nomad");

        assertThat(written).isEqualTo(new Ran(0, "Example job file written to example.nomad\n", ""));
        assertThat(again).isEqualTo(new Ran(1, "", "Job 'example.nomad' already exists\n"));
        assertThat(shown.err()).isEmpty();
        assertThat(shown.out()).contains("\"Name\": \"example\"");
    }
}
