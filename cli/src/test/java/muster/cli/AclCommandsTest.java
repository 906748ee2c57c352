package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

/** The commands of access control: what they ask for and print. */
class AclCommandsTest {
    private static final String ID = "aaaaaaaa-0000-0000-0000-000000000001";
    private static final String OTHER = "aaaabbbb-0000-0000-0000-000000000002";
    private static final String TOKEN = """
            {"AccessorID":"%s","SecretID":"s","Description":"d","Policies":[{"ID":"p1","Name":"ops"}],
             "Roles":[{"ID":"r1","Name":"team"}],"ServiceIdentities":[{"ServiceName":"web","Datacenters":["dc1","dc2"]},{"ServiceName":"db"}],
             "NodeIdentities":[{"NodeName":"n","Datacenter":"dc1"}],"Local":true,"CreateTime":"2026-03-01T12:00:00.5Z",
             "ExpirationTime":"2026-03-02T12:00:00Z","Hash":"AQI=","CreateIndex":5,"ModifyIndex":6}""".formatted(ID);
    private static final String POLICY = "{\"ID\":\"" + ID + "\",\"Name\":\"ops\",\"Description\":\"d\",\"Rules\":\"acl = \\\"read\\\"\","
            + "\"Datacenters\":[\"dc1\"],\"Hash\":\"AQI=\",\"CreateIndex\":5,\"ModifyIndex\":6}";
    private static final String ROLE = "{\"ID\":\"" + ID + "\",\"Name\":\"team\",\"Description\":\"\",\"Policies\":[{\"ID\":\"p1\",\"Name\":\"ops\"}],"
            + "\"Hash\":\"AQI=\",\"CreateIndex\":5,\"ModifyIndex\":6}";
    private static final String METHOD = "{\"Name\":\"m\",\"Type\":\"jwt\",\"DisplayName\":\"M\",\"Description\":\"\",\"MaxTokenTTL\":\"5m0s\","
            + "\"Config\":{\"JWKSURL\":\"http://x\"},\"CreateIndex\":5,\"ModifyIndex\":6}";
    private static final String RULE = "{\"ID\":\"" + ID + "\",\"Description\":\"\",\"AuthMethod\":\"m\",\"Selector\":\"a==b\",\"BindType\":\"role\","
            + "\"BindName\":\"team\",\"CreateIndex\":5,\"ModifyIndex\":6}";
    private static final String TOKEN_TEXT = """
            AccessorID:       %s
            SecretID:         s
            Description:      d
            Local:            true
            Create Time:      2026-03-01 12:00:00.5 +0000 UTC
            Expiration Time:  2026-03-02 12:00:00 +0000 UTC
            Policies:
               p1 - ops
            Roles:
               r1 - team
            Service Identities:
               web (Datacenters: dc1, dc2)
               db (Datacenters: all)
            Node Identities:
               n (Datacenter: dc1)

            """.formatted(ID);

    @TempDir
    private Path folder;
    private FakeAgent agent;

    @BeforeEach
    void start() throws IOException {
        agent = new FakeAgent()
                .on("GET /v1/acl/tokens", "[{\"AccessorID\":\"" + ID + "\"},{\"AccessorID\":\"" + OTHER + "\"}]")
                .on("GET /v1/acl/token/" + ID, TOKEN)
                .on("GET /v1/acl/token/self", TOKEN)
                .on("PUT /v1/acl/token", TOKEN)
                .on("PUT /v1/acl/token/" + ID, TOKEN)
                .on("PUT /v1/acl/token/" + ID + "/clone", TOKEN)
                .on("DELETE /v1/acl/token/" + ID, "true")
                .on("GET /v1/acl/policies", "[" + POLICY + "]")
                .on("GET /v1/acl/policy/" + ID, POLICY)
                .on("PUT /v1/acl/policy", POLICY)
                .on("PUT /v1/acl/policy/" + ID, POLICY)
                .on("DELETE /v1/acl/policy/" + ID, "true")
                .on("GET /v1/acl/roles", "[" + ROLE + "]")
                .on("GET /v1/acl/role/" + ID, ROLE)
                .on("PUT /v1/acl/role", ROLE)
                .on("PUT /v1/acl/role/" + ID, ROLE)
                .on("DELETE /v1/acl/role/" + ID, "true")
                .on("GET /v1/acl/auth-methods", "[" + METHOD + "]")
                .on("GET /v1/acl/auth-method/m", METHOD)
                .on("PUT /v1/acl/auth-method", METHOD)
                .on("PUT /v1/acl/auth-method/m", METHOD)
                .on("DELETE /v1/acl/auth-method/m", "true")
                .on("GET /v1/acl/binding-rules", "[" + RULE + "]")
                .on("GET /v1/acl/binding-rule/" + ID, RULE)
                .on("PUT /v1/acl/binding-rule", RULE)
                .on("PUT /v1/acl/binding-rule/" + ID, RULE)
                .on("DELETE /v1/acl/binding-rule/" + ID, "true")
                .on("PUT /v1/acl/bootstrap", TOKEN)
                .on("POST /v1/acl/rules/translate", "key_prefix \"\" {}")
                .on("GET /v1/acl/rules/translate/" + ID, "from token")
                .on("PUT /v1/agent/token/agent_master", "")
                .on("PUT /v1/agent/token/default", 403, "Permission denied")
                .on("POST /v1/acl/login", TOKEN)
                .on("POST /v1/acl/logout", "true");
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    private Ran run(String line) {
        return agent.runIn(folder, "consul", line.split(" "));
    }

    static List<CommandLine> cases() {
        String policy = """
                ID:           %s
                Name:         ops
                Description:  d
                Datacenters:  dc1
                Rules:
                acl = "read"
                """.formatted(ID);
        String role = """
                ID:           %s
                Name:         team
                Description:  %s
                Policies:
                   p1 - ops

                """.formatted(ID, "");
        String rule = """
                ID:           %s
                AuthMethod:   m
                Description:  %s
                BindType:     role
                BindName:     team
                Selector:     a==b

                """.formatted(ID, "");
        return List.of(
                new CommandLine("acl token read -id aaaaaaaa", 0, TOKEN_TEXT, ""),
                new CommandLine("acl token read -self", 0, TOKEN_TEXT, ""),
                new CommandLine("acl token create -policy-name ops", 0, TOKEN_TEXT, ""),
                new CommandLine("acl token update -id " + ID, 0, TOKEN_TEXT, ""),
                new CommandLine("acl token clone -id " + ID, 0, TOKEN_TEXT, ""),
                new CommandLine("acl token read -id aaaa", 1, "", "Error determining token ID: Partial token ID is not unique\n"),
                new CommandLine("acl token read -id ffff", 1, "", "Error determining token ID: No such token ID with prefix: ffff\n"),
                new CommandLine("acl token read", 1, "", "Must specify the -id parameter\n"),
                new CommandLine("acl token update", 1, "", "Cannot update a token without specifying the -id parameter\n"),
                new CommandLine("acl token update -upgrade-legacy -id " + ID, 1, "", "Can't use -upgrade-legacy on a non-legacy token\n"),
                new CommandLine("acl token clone", 1, "", "Cannot clone a token without specifying the -id parameter\n"),
                new CommandLine("acl token delete", 1, "", "Must specify the -id parameter\n"),
                new CommandLine("acl token delete -id aaaaaaaa", 0, "Token \"" + ID + "\" deleted successfully\n", ""),
                new CommandLine("acl token create -service-identity a:b:c", 1, "", "Malformed -service-identity argument: \"a:b:c\"\n"),
                new CommandLine("acl token create -node-identity a", 1, "", "Malformed -node-identity argument: \"a\"\n"),
                new CommandLine("acl token read -format xml -id " + ID, 1, "", "Unknown format: xml\n"),
                new CommandLine("acl policy read -name ops", 0, policy, ""),
                new CommandLine("acl policy read -id aaaa", 0, policy, ""),
                new CommandLine("acl policy create -name ops -rules x", 0, policy, ""),
                new CommandLine("acl policy update -id aaaa -description d", 0, policy, ""),
                new CommandLine("acl policy read -name none", 1, "", "Error determining policy ID: No such policy with name none\n"),
                new CommandLine("acl policy create -name a -rules x -from-token t", 1, "", "Cannot specify both -rules and -from-token\n"),
                new CommandLine("acl policy create -name a -rules @gone.hcl", 1, "", "Error loading rules: Failed to read file: open gone.hcl: no such file or directory\n"),
                new CommandLine("acl policy list", 0, "ops:\n   ID:           " + ID + "\n   Description:  d\n   Datacenters:  dc1\n\n", ""),
                new CommandLine("acl policy delete -name ops", 0, "Policy \"" + ID + "\" deleted successfully\n", ""),
                new CommandLine("acl role read -name team", 0, role, ""),
                new CommandLine("acl role create -name team -policy-name ops", 0, role, ""),
                new CommandLine("acl role update -id aaaa -policy-name ops", 0, role, ""),
                new CommandLine("acl role delete -id aaaa", 0, "Role \"" + ID + "\" deleted successfully\n", ""),
                new CommandLine("acl role create -name team", 1, "",
                        "Cannot create a role without specifying -policy-name, -policy-id, -service-identity, or -node-identity at least once\n"),
                new CommandLine("acl auth-method read -name none", 1, "", "Auth method not found with name \"none\"\n"),
                new CommandLine("acl auth-method create -name m -type jwt -config {", 1, "",
                        "Error parsing JSON for auth method config: unexpected end of JSON input\n"),
                new CommandLine("acl auth-method delete -name m", 0, "Auth-method \"m\" deleted successfully\n", ""),
                new CommandLine("acl binding-rule read -id aaaa", 0, rule, ""),
                new CommandLine("acl binding-rule update -id aaaa -description x", 0, rule, ""),
                new CommandLine("acl binding-rule delete -id aaaa", 0, "Binding rule \"" + ID + "\" deleted successfully\n", ""),
                new CommandLine("acl bootstrap", 0, TOKEN_TEXT, ""),
                new CommandLine("acl set-agent-token master x", 0, "ACL token \"master\" set successfully\n", ""),
                new CommandLine("acl set-agent-token default x", 1, "",
                        "Failed to set ACL token \"default\": Unexpected response code: 403 (Permission denied)\n"),
                new CommandLine("acl set-agent-token frob x", 1, "", "Unknown token type\n"),
                new CommandLine("acl set-agent-token", 1, "", "Error! Missing TYPE and TOKEN arguments\n"),
                new CommandLine("acl set-agent-token default", 1, "", "Error! Missing TOKEN argument\n"),
                new CommandLine("acl translate-rules rules", 0, "key_prefix \"\" {}\n", ""),
                new CommandLine("acl translate-rules -token-accessor " + ID, 0, "from token\n", ""),
                new CommandLine("logout", 0, "", ""),
                new CommandLine("login -method m", 1, "", "Missing required '-token-sink-file' flag\n"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void printsWhatTheOriginalDoes(CommandLine given) {
        given.matches(run(given.line()));
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(strings = {"acl token read -id aaaaaaaa", "acl token list", "acl policy list",
        "acl policy read -name ops", "acl role list", "acl role read -name team", "acl auth-method list", "acl auth-method read -name m",
        "acl binding-rule list", "acl binding-rule read -id aaaa", "acl bootstrap"})
    void everyReadCanBeJson(String line) {
        Ran ran = run(line + " -format=json");
        assertThat(ran.exit()).isEqualTo(0);
        assertThat(Json.parse(ran.out())).isNotNull();
    }

    @Test
    void metaShowsHashAndIndexes() {
        assertThat(run("acl policy read -meta -name ops").out())
                .contains("Hash:         0102\nCreate Index: 5\nModify Index: 6\n");
    }

    @Test
    void aTokensLinksAreSentAsTheyWereNamed() {
        run("acl token create -policy-name a -role-name b -service-identity web:dc1,dc2 -node-identity n:dc1 -local -expires-ttl 1h");
        assertThat(Json.parse(agent.lastBody())).isEqualTo(Json.parse("""
                {"Description":"","Local":true,"ExpirationTTL":"1h","ServiceIdentities":[{"ServiceName":"web","Datacenters":["dc1","dc2"]}],
                 "NodeIdentities":[{"NodeName":"n","Datacenter":"dc1"}],"Policies":[{"Name":"a"}],"Roles":[{"Name":"b"}]}"""));
    }

    @Test
    void anUpdateReplacesLinksUnlessTheyAreMerged() {
        run("acl token update -id " + ID + " -policy-name new");
        assertThat(new Doc(Json.parse(agent.lastBody())).list("Policies")).extracting(link -> link.text("Name")).containsExactly("new");
        run("acl token update -id " + ID + " -policy-name new -merge-policies");
        assertThat(new Doc(Json.parse(agent.lastBody())).list("Policies")).extracting(link -> link.text("Name")).containsExactly("ops", "new");
    }

    @Test
    void aLoginWritesTheSecretForItsOwnerAlone() throws IOException {
        Files.writeString(folder.resolve("proof"), " jwt\n");
        Ran ran = run("login -method m -bearer-token-file proof -token-sink-file sink -meta a=b");
        assertThat(ran).isEqualTo(new Ran(0, "", ""));
        assertThat(folder.resolve("sink")).hasContent("s");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("sink")))).isEqualTo("rw-------");
        assertThat(Json.parse(agent.lastBody())).isEqualTo(Map.of("AuthMethod", "m", "BearerToken", "jwt", "Meta", Map.of("a", "b")));
    }
}
