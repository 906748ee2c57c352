package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import muster.cli.FakeAgent.Ran;
import muster.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands about what the scheduler keeps beside jobs: namespaces, access, variables, services, scaling policies. */
class SchedulerObjectsTest {
    private static final String TOKEN = """
            {"AccessorID":"a-1","SecretID":"s-1","Name":"ci","Type":"client","Global":false,"Policies":["readers","writers"],
             "CreateTime":"2026-01-02T03:04:05.120Z","CreateIndex":7,"ModifyIndex":8}""";
    private static final String METHOD = """
            {"Name":"ci","Type":"JWT","TokenLocality":"local","MaxTokenTTL":"10m0s","TokenNameFormat":"f","Default":true,"CreateIndex":7,
             "ModifyIndex":8,"Config":{"JWKSURL":"https://keys","BoundAudiences":["a","b"],"ClaimMappings":{"name":"user"}}}""";
    private static final String METHOD_SHOWN = """
            Name              = ci
            Type              = JWT
            Locality          = local
            Max Token TTL     = 10m0s
            Token Name Format = f
            Default           = true
            Create Index      = 7
            Modify Index      = 8

            Auth Method Config

            JWT Validation Public Keys = <none>
            JWKS URL                   = https://keys
            OIDC Discovery URL         = <none>
            Bound audiences            = a,b
            Bound issuer               = <none>
            Signing algorithms         = <none>
            Expiration Leeway          = <none>
            NotBefore Leeway           = <none>
            ClockSkew Leeway           = <none>
            Claim mappings             = {name: user}
            List claim mappings        = <none>
            """;
    private static final String RULE = """
            {"ID":"r-1","AuthMethod":"ci","Description":"all","Selector":"value.a == b","BindType":"role","BindName":"ops","CreateIndex":7,"ModifyIndex":8}""";
    private static final String RULE_SHOWN = """
            ID           = r-1
            Description  = all
            Auth Method  = ci
            Selector     = "value.a == b"
            Bind Type    = role
            Bind Name    = ops
            Create Index = 7
            Modify Index = 8
            """;
    private FakeAgent agent;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        agent = new FakeAgent()
                .on("GET /v1/namespaces", "[{\"Name\":\"team\",\"Description\":\"A team\",\"Quota\":\"\"},{\"Name\":\"default\",\"Description\":\"Default\"}]")
                .on("GET /v1/agent/members", "{\"Members\":[{\"Name\":\"n1.global\",\"Status\":\"alive\"},{\"Name\":\"n2.global\",\"Status\":\"left\"}]}")
                .on("GET /v1/namespaces?prefix=team", "[{\"Name\":\"team\",\"Description\":\"A team\",\"Quota\":\"\"}]")
                .on("GET /v1/namespaces?prefix=ghost", "[]")
                .on("GET /v1/namespace/new", 404, "Namespace not found")
                .on("PUT /v1/namespace", "")
                .on("DELETE /v1/namespace/team", "")
                .on("GET /v1/node/pools", "[{\"Name\":\"gpu\",\"Description\":\"Fast\"},{\"Name\":\"all\",\"Description\":\"All nodes\"}]")
                .on("GET /v1/node/pools?prefix=gpu", "[{\"Name\":\"gpu\",\"Description\":\"Fast\",\"Meta\":{\"owner\":\"sre\"},"
                        + "\"SchedulerConfiguration\":{\"SchedulerAlgorithm\":\"spread\"}}]")
                .on("GET /v1/node/pools?prefix=none", "[]")
                .on("DELETE /v1/node/pool/gpu", 500, "node pool \"gpu\" has nodes in regions: [global]")
                .on("GET /v1/client/metadata", "{\"Meta\":{\"rack\":\"r1\"},\"Dynamic\":{\"rack\":\"r1\",\"gone\":null},\"Static\":{}}")
                .on("POST /v1/client/metadata", "{}")
                .on("GET /v1/jobs?prefix=web", "[{\"ID\":\"web\"}]")
                .on("GET /v1/job/web", "{\"ID\":\"web\",\"Name\":\"web\",\"Version\":3,\"Stop\":false,\"Status\":\"running\"}")
                .on("PUT /v1/job/web/versions/golden/tag", "{}")
                .on("DELETE /v1/job/web/versions/old/tag", 500, "tag \"old\" not found on job \"web\"")
                .on("PUT /v1/acl/bootstrap", TOKEN.replace("client", "management"))
                .on("PUT /v1/acl/token", TOKEN)
                .on("GET /v1/acl/tokens", "[" + TOKEN + "]")
                .on("GET /v1/acl/token/none", 404, "ACL token not found")
                .on("DELETE /v1/acl/token/a-1", "")
                .on("PUT /v1/acl/policy/readers", "")
                .on("GET /v1/acl/policies", "[]")
                .on("GET /v1/vars?prefix=nomad", "[]").on("GET /v1/vars", "[]")
                .on("GET /v1/acl/auth-methods", "[{\"Name\":\"ci\",\"Type\":\"JWT\",\"Default\":true},{\"Name\":\"sso\",\"Type\":\"OIDC\"}]")
                .on("PUT /v1/acl/auth-method", METHOD)
                .on("GET /v1/acl/auth-method/ci", METHOD)
                .on("PUT /v1/acl/auth-method/ci", METHOD)
                .on("DELETE /v1/acl/auth-method/none", 500, "ACL auth method not found")
                .on("GET /v1/acl/binding-rules", "[{\"ID\":\"r-1\",\"AuthMethod\":\"ci\",\"Description\":\"all\"}]")
                .on("PUT /v1/acl/binding-rule", RULE)
                .on("GET /v1/acl/binding-rule/r-1", RULE)
                .on("PUT /v1/acl/binding-rule/r-1", RULE)
                .on("DELETE /v1/acl/binding-rule/r-1", "")
                .on("PUT /v1/acl/login", TOKEN)
                .on("GET /v1/var/app", "{\"Namespace\":\"default\",\"Path\":\"app\",\"Items\":{\"b\":\"2\",\"a\":\"1\"},\"CreateTime\":1767225600000000000,"
                        + "\"ModifyTime\":1767225600000000000,\"ModifyIndex\":9}")
                .on("PUT /v1/var/app", "{\"Path\":\"app\",\"ModifyIndex\":10}")
                .on("PUT /v1/var/taken?cas=3", 409, "{}")
                .on("GET /v1/services", "[{\"Namespace\":\"default\",\"Services\":[{\"ServiceName\":\"web\",\"Tags\":[\"a\",\"b\"]}]}]")
                .on("GET /v1/scaling/policies", "[{\"ID\":\"11111111-2222-3333-4444-555555555555\",\"Enabled\":true,\"Type\":\"horizontal\","
                        + "\"Target\":{\"Group\":\"g\",\"Job\":\"web\",\"Namespace\":\"default\"}}]")
                .on("PUT /v1/job/report/dispatch", "{\"DispatchedJobID\":\"report/dispatch-1-abc\",\"EvalID\":\"eeeeeeee-1111-2222-3333-444444444444\"}")
                .on("GET /v1/quotas", 501, "Nomad Enterprise only endpoint")
                .on("GET /v1/evaluations", "[]")
                .on("GET /v1/agent/self", "{\"stats\":{\"nomad\":{\"leader\":\"true\"},\"client\":{\"node_id\":\"n\"}}}");
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    static List<CommandLine> cases() {
        return List.of(
                new CommandLine("namespace list", 0, "Name     Description\ndefault  Default\nteam     A team\n", ""),
                new CommandLine("namespace apply -description x new", 0, "Successfully applied namespace \"new\"!\n", ""),
                new CommandLine("namespace delete team", 0, "Successfully deleted namespace \"team\"!\n", ""),
                new CommandLine("namespace status team", 0, "Name        = team\nDescription = A team\nQuota       = <none>\n", ""),
                new CommandLine("namespace status ghost", 1, "", "Error retrieving namespaces: Namespace \"ghost\" matched no namespaces\n"),
                new CommandLine("namespace inspect -t {{.Name}} team", 0, "team\n", ""),
                new CommandLine("node pool list", 0, "Name  Description\nall   All nodes\ngpu   Fast\n", ""),
                new CommandLine("node pool info gpu", 0, "Name        = gpu\nDescription = Fast\n\nMetadata\nowner = sre\n\nScheduler Configuration\n"
                        + "Scheduler Algorithm = spread\n", ""),
                new CommandLine("node pool info none", 1, "", "No node pool with prefix \"none\" found\n"),
                new CommandLine("node pool delete gpu", 1, "",
                        "Error deleting node pool: Unexpected response code: 500 (node pool \"gpu\" has nodes in regions: [global])\n"),
                new CommandLine("node meta read", 0, "All Meta\nrack = r1\n\nDynamic Meta\ngone = <unset>\nrack = r1\n", ""),
                new CommandLine("node meta apply rack=r1", 0, "", ""),
                new CommandLine("node meta apply rack", 1, "", "Error parsing meta values: invalid meta value \"rack\": want key=value\n"),
                new CommandLine("job tag apply -name golden web", 0, "Job version 3 tagged with name \"golden\"\n", ""),
                new CommandLine("job tag apply web", 1, "", "A version tag name is required\n"),
                new CommandLine("job tag unset -name old web", 1, "",
                        "Error removing tag from job version: Unexpected response code: 500 (tag \"old\" not found on job \"web\")\n"),
                new CommandLine("job start web", 0, "Job \"web\" has not been stopped and has the following status: running\n", ""),
                new CommandLine("acl bootstrap", 0, """
                        Accessor ID  = a-1
                        Secret ID    = s-1
                        Name         = ci
                        Type         = management
                        Global       = false
                        Policies     = n/a
                        Create Time  = 2026-01-02 03:04:05.12 +0000 UTC
                        Create Index = 7
                        Modify Index = 8
                        """, ""),
                new CommandLine("acl token list", 0, "Name  Type    Global  Accessor ID\nci    client  false   a-1\n", ""),
                new CommandLine("acl token list -t {{range.}}{{.CreateIndex}}{{end}}", 0, "7\n", ""),
                new CommandLine("acl token info none", 1, "", "Error fetching token: Unexpected response code: 404 (ACL token not found)\n"),
                new CommandLine("acl token delete a-1", 0, "Token a-1 successfully deleted\n", ""),
                new CommandLine("acl policy list", 0, "No policies found\n", ""),
                new CommandLine("acl policy apply readers -", 0, "Successfully wrote \"readers\" ACL policy!\n", ""),
                new CommandLine("acl policy apply readers none.hcl", 1, "", "Failed to read file: open none.hcl: no such file or directory\n"),
                new CommandLine("acl role create", 1, "", "ACL role name must be specified using the -name flag\n"),
                new CommandLine("acl auth-method list", 0, "Name  Type  Default\nci    JWT   true\nsso   OIDC  false\n", ""),
                new CommandLine("acl auth-method info ci", 0, METHOD_SHOWN, ""),
                new CommandLine("acl auth-method create", 1, "", "ACL auth method name must be specified using the -name flag\n"),
                new CommandLine("acl auth-method create -name ci -type jwt -token-locality local -max-token-ttl 10m -config {}", 0, METHOD_SHOWN, ""),
                new CommandLine("acl auth-method create -name ci -type jwt -token-locality local -max-token-ttl 10m -config [1]", 1, "",
                        "Unable to parse config: it is no JSON object\n"),
                new CommandLine("acl auth-method update -default=false ci", 0, METHOD_SHOWN, ""),
                new CommandLine("acl auth-method update ci", 1, "", "Please provide at least one flag to update the ACL auth method\n"),
                new CommandLine("acl auth-method delete none", 1, "",
                        "Error deleting ACL auth method: Unexpected response code: 500 (ACL auth method not found)\n"),
                new CommandLine("acl binding-rule list", 0, "ID   Description  Auth Method\nr-1  all          ci\n", ""),
                new CommandLine("acl binding-rule info r-1", 0, RULE_SHOWN, ""),
                new CommandLine("acl binding-rule create -auth-method ci", 1, "",
                        "ACL binding rule bind type must be specified using the -bind-type flag\n"),
                new CommandLine("acl binding-rule create -auth-method ci -bind-type role -bind-name ops", 0, RULE_SHOWN, ""),
                new CommandLine("acl binding-rule update -description x r-1", 0, RULE_SHOWN, ""),
                new CommandLine("acl binding-rule delete r-1", 0, "ACL binding rule r-1 successfully deleted\n", ""),
                new CommandLine("login -t {{.SecretID}} -method ci -type JWT a.b.c", 0, "s-1\n", ""),
                new CommandLine("login -t {{.SecretID}} -login-token a.b.c", 0, "s-1\n", ""),
                new CommandLine("login -method none a.b.c", 1, "", "Error: method none not found in the state store. \n"),
                new CommandLine("login -method sso a.b.c", 1, "", "Unsupported authentication type \"OIDC\": log in by an auth method of type JWT, "
                        + "with the ID token that an OIDC provider gives\n"),
                new CommandLine("login -method ci", 1, "", "You need to provide a login token.\n"),
                new CommandLine("var get -item a app", 0, "1\n", ""),
                new CommandLine("var get -out=table app", 0, "Namespace   = default\nPath        = app\nCreate Time = 2026-01-01T00:00:00Z\nCheck Index = 9\n\nItems\na = 1\nb = 2\n", ""),
                new CommandLine("var list nomad", 0, "[]\n", ""),
                new CommandLine("var list -out=table nomad", 0, "No variables found with prefix \"nomad\"\n", ""),
                new CommandLine("var put -out=none app a=1", 0, "Created variable \"app\" with modify index 10\n", ""),
                new CommandLine("var put -check-index 3 taken a=1", 1, "",
                        "Check-and-Set conflict: the variable \"taken\" was changed by somebody else; read it again, or use -force\n"),
                new CommandLine("var get -template={{.Path}} app", 0, "app\n", ""),
                new CommandLine("var put app a=1", 0, "{\n    \"Path\": \"app\",\n    \"ModifyIndex\": 10\n}\n", ""),
                new CommandLine("var list -out=xml", 1, "", "Invalid value for \"-out\"; valid values are [go-template, json, table, terse]\n"),
                new CommandLine("var put app", 1, "", "Variable has no items: give some as <key>=<value>\n"),
                new CommandLine("service list", 0, "Service Name  Tags\nweb           [a,b]\n", ""),
                new CommandLine("scaling policy list", 0, "ID        Enabled  Type        Target\n11111111  true     horizontal  Namespace:default,Job:web,Group:g\n", ""),
                new CommandLine("scaling policy info", 1, "", "This command takes one of the following argument conditions:\n * A single <policy_id>\n"
                        + " * No arguments, with output format specified\nFor additional help try 'nomad scaling policy info -help'\n"),
                new CommandLine("job dispatch -detach -meta day=monday report", 0,
                        "Dispatched Job ID = report/dispatch-1-abc\nEvaluation ID     = eeeeeeee\n", ""),
                new CommandLine("job dispatch -meta day report", 1, "", "Error parsing meta value: \"day\"\n"),
                new CommandLine("quota list", 1, "", "Error retrieving quotas: Unexpected response code: 501 (Nomad Enterprise only endpoint)\n"),
                new CommandLine("eval list", 0, "No evals found\n", ""),
                new CommandLine("agent-info", 0, "client\n  node_id = n\nnomad\n  leader = true\n", ""),
                new CommandLine("node drain", 1, "", "Either the '-enable' or '-disable' flag must be set, unless using '-monitor'\n"
                        + "For additional help try 'nomad node-drain -help'\n"),
                new CommandLine("node drain -enable -deadline x -yes n", 1, "", "Failed to parse deadline \"x\": time: invalid duration \"x\"\n"),
                new CommandLine("server members -t {{range.}}{{.Name}}={{.Status}};{{end}}", 0, "n1.global=alive;n2.global=left;\n", ""),
                new CommandLine("server members -json -t x", 1, "", "Both json and template formatting are not allowed\n"),
                new CommandLine("namespace list -json -t x", 1, "", "Both json and template formatting are not allowed\n"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void commandsSayWhatTheOriginalsDo(CommandLine given) {
        given.matches(agent.feed("nomad", "node { policy = \"read\" }", given.words()));
    }

    @Test
    void whatOneGivesForANamespaceIsLaidOverWhatItIs() {
        agent.on("GET /v1/namespace/team", "{\"Name\":\"team\",\"Description\":\"A team\",\"Quota\":\"q\"}");

        agent.run("nomad", "namespace", "apply", "-description", "Other", "team");

        assertThat(Json.parse(agent.lastBody())).isEqualTo(Map.of("Name", "team", "Description", "Other", "Quota", "q"));
    }

    @Test
    void aNamespaceIsDescribedByAFile() throws IOException {
        Files.writeString(folder.resolve("team.hcl"), """
                name        = "team"
                description = "A team"
                meta { owner = "me" }
                capabilities { enabled_task_drivers = ["docker"] }
                """);

        Ran ran = agent.runIn(folder, "nomad", "namespace", "apply", "team.hcl");

        assertThat(ran.err()).isEmpty();
        assertThat(new Doc(Json.parse(agent.lastBody())).at("Capabilities").join("EnabledTaskDrivers", ",")).isEqualTo("docker");
        assertThat(new Doc(Json.parse(agent.lastBody())).at("Meta").text("owner")).isEqualTo("me");
    }

    /** Plan: a spec file with items, one of which the command line replaces. */
    @Test
    void aVariableComesFromAFileAndTheCommandLine() throws IOException {
        Files.writeString(folder.resolve("spec.nsv.hcl"), "path = \"app\"\nmodify_index = 9\nitems {\n  a = \"1\"\n  b = \"2\"\n}\n");
        agent.on("PUT /v1/var/app?cas=9", "{\"ModifyIndex\":10}");

        Ran ran = agent.runIn(folder, "nomad", "var", "put", "@spec.nsv.hcl", "b=3");

        assertThat(ran.err()).isEmpty();
        assertThat(agent.requests()).contains("PUT /v1/var/app?cas=9");
        assertThat(new Doc(Json.parse(agent.lastBody())).at("Items").value()).isEqualTo(Map.of("a", "1", "b", "3"));
    }

    /** Plan: one allocation runs before the drain, and has moved when the monitor looks for the first time. */
    @Test
    void aDrainThatIsOverAtOnceIsToldInFull() {
        String node = "dddddddd-1111-2222-3333-444444444444";
        agent.on("GET /v1/nodes?prefix=dddd", "[{\"ID\":\"" + node + "\"}]")
                .on("GET /v1/node/" + node, "{\"ID\":\"" + node + "\"}")
                .on("PUT /v1/node/" + node + "/drain", "{}")
                .on("GET /v1/node/" + node + "/allocations", "[{\"ID\":\"a1\",\"ClientStatus\":\"running\",\"DesiredStatus\":\"run\"}]")
                .on("GET /v1/node/" + node + "/allocations",
                        "[{\"ID\":\"a1\",\"ClientStatus\":\"complete\",\"DesiredStatus\":\"stop\",\"DesiredTransition\":{\"Migrate\":true}}]");

        Ran ran = agent.run("nomad", "node", "drain", "-enable", "-yes", "dddd");

        assertThat(ran.out()).contains("Alloc \"a1\" marked for migration\n", "Alloc \"a1\" draining\n",
                "Alloc \"a1\" status running -> complete\n");
        assertThat(ran.exit()).isZero();
    }

    /** Plan: the node drains, its one allocation is marked, stops, and is complete; then the drain is over. */
    @Test
    void aDrainIsFollowedToItsEnd() {
        String node = "dddddddd-1111-2222-3333-444444444444";
        String allocation = "{\"ID\":\"a1\",\"ClientStatus\":\"%s\",\"DesiredStatus\":\"%s\",\"DesiredTransition\":{\"Migrate\":%s}}";
        agent.on("GET /v1/nodes?prefix=dddd", "[{\"ID\":\"" + node + "\"}]")
                .on("GET /v1/node/" + node, "{\"ID\":\"" + node + "\"}")
                .on("GET /v1/node/" + node, "{\"DrainStrategy\":{}}")
                .on("GET /v1/node/" + node, "{}")
                .on("PUT /v1/node/" + node + "/drain", "{}")
                .on("GET /v1/node/" + node + "/allocations", "[" + allocation.formatted("running", "run", "false") + "]")
                .on("GET /v1/node/" + node + "/allocations", "[" + allocation.formatted("running", "run", "true") + "]")
                .on("GET /v1/node/" + node + "/allocations", "[" + allocation.formatted("running", "stop", "true") + "]")
                .on("GET /v1/node/" + node + "/allocations", "[" + allocation.formatted("complete", "stop", "true") + "]");

        Ran ran = agent.run("nomad", "node", "drain", "-enable", "-yes", "dddd");

        String at = "2026-03-01T12:00:00Z: ";
        assertThat(ran.out()).isEqualTo(at + "Ctrl-C to stop monitoring: will not cancel the node drain\n"
                + at + "Node \"" + node + "\" drain strategy set\n" + at + "Alloc \"a1\" marked for migration\n"
                + at + "Drain complete for node " + node + "\n" + at + "Alloc \"a1\" draining\n"
                + at + "Alloc \"a1\" status running -> complete\n" + at + "All allocations on node \"" + node + "\" have stopped\n");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void aDebugArchiveHoldsWhatTheApiTells() throws IOException {
        Ran ran = agent.runIn(folder, "nomad", "operator", "debug", "-duration", "1s", "-interval", "1s");

        assertThat(ran.out()).endsWith("Created debug archive: nomad-debug-2026-03-01T120000Z.tar.gz\n");
        assertThat(folder.resolve("nomad-debug-2026-03-01T120000Z.tar.gz")).isNotEmptyFile();
        assertThat(agent.requests()).contains("GET /v1/agent/self", "GET /v1/jobs?namespace=*");
    }

    @Test
    void theEmptyAnswerToAQuestionStopsNothing() {
        agent.on("GET /v1/jobs?prefix=we", "[{\"ID\":\"web\"}]");

        Ran ran = agent.feed("nomad", "\n", "job", "stop", "we");

        assertThat(ran.out()).isEqualTo("Are you sure you want to stop job \"web\"? [y/N] Cancelling job stop\n");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void theServersOfAnAgentAreListedAndChanged() {
        agent.on("GET /v1/agent/servers", "[\"b:4647\",\"a:4647\"]").on("PUT /v1/agent/servers?address=c%3A4647&address=d", "");

        assertThat(agent.run("nomad", "node", "config", "-servers")).isEqualTo(new Ran(0, "a:4647\nb:4647\n", ""));
        assertThat(agent.run("nomad", "node", "config", "-update-servers", "c:4647", "d")).isEqualTo(new Ran(0, "Updated server list\n", ""));
        assertThat(agent.run("nomad", "node", "config").err()).startsWith("One of -servers and -update-servers must be set\n");
        assertThat(agent.run("nomad", "node", "config", "-update-servers").exit()).isEqualTo(1);
    }
}
