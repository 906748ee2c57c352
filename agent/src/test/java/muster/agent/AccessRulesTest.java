package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import muster.registry.acl.AccessSettings;
import muster.registry.acl.AgentTokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessRulesTest {
    @TempDir
    private Path folder;

    private AgentOptions parse(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("a.hcl"), text);
        return AgentArguments.parse("consul", List.of("-dev", "-config-file", file.toString()), Map.of(), new Machine("here", List.of()));
    }

    private AccessSettings access(String text) throws IOException {
        return parse(text).registry().access();
    }

    @Test
    void accessControlIsOffUnlessTurnedOn() throws IOException {
        assertThat(access("acl { default_policy = \"deny\" }").enabled()).isFalse();
        assertThat(access("acl { enabled = true }").allowByDefault()).isTrue();
    }

    @Test
    void everyKeyOfTheBlockReachesItsPlace() throws IOException {
        AccessSettings access = access("""
                acl {
                  enabled = true
                  default_policy = "deny"
                  down_policy = "async-cache"
                  enable_key_list_policy = true
                  enable_token_persistence = true
                  tokens { master = "m", default = "d", agent = "a", agent_master = "r", replication = "p" }
                }
                """);
        assertThat(access.enabled()).isTrue();
        assertThat(access.allowByDefault()).isFalse();
        assertThat(access.keyListPolicy()).isTrue();
        assertThat(access.persistTokens()).isTrue();
        assertThat(access.initialManagement()).isEqualTo("m");
        assertThat(access.tokens()).isEqualTo(new AgentTokens("d", "a", "r", "p"));
    }

    @Test
    void laterNamesOfTokensWin() throws IOException {
        AccessSettings access = access("acl { enabled = true, tokens { master = \"old\", initial_management = \"new\", agent_recovery = \"r\" } }");
        assertThat(access.initialManagement()).isEqualTo("new");
        assertThat(access.tokens().recovery()).isEqualTo("r");
    }

    @Test
    void theOlderKeysSayTheSame() throws IOException {
        AccessSettings access = access("""
                acl_datacenter = "dc1"
                acl_default_policy = "deny"
                acl_master_token = "m"
                acl_token = "d"
                acl_agent_token = "a"
                acl_agent_master_token = "r"
                acl_replication_token = "p"
                acl_enable_key_list_policy = true
                """);
        assertThat(access.enabled()).isTrue();
        assertThat(access.allowByDefault()).isFalse();
        assertThat(access.keyListPolicy()).isTrue();
        assertThat(access.initialManagement()).isEqualTo("m");
        assertThat(access.tokens()).isEqualTo(new AgentTokens("d", "a", "r", "p"));
        assertThat(access("acl_datacenter = \"dc1\"\nacl { enabled = false }").enabled()).isFalse();
    }

    @Test
    void whatIsNoPolicyIsRefused() {
        assertThatThrownBy(() -> parse("acl { enabled = true, default_policy = \"maybe\", down_policy = \"up\" }"))
                .hasMessageContaining("acl.default_policy \"maybe\" has to be allow or deny")
                .hasMessageContaining("acl.down_policy \"up\" has to be allow, deny, extend-cache or async-cache");
        assertThatThrownBy(() -> parse("acl_datacenter = \"other\"")).hasMessageContaining("has to be this one");
    }

    @Test
    void secretsAreNotPrinted() throws IOException {
        Path file = Files.writeString(folder.resolve("n.hcl"), "consul {\n  address = \"10.0.0.1:8500\"\n  token = \"hidden-1\"\n}\n");
        AgentOptions nomad = AgentArguments.parse("nomad", List.of("-dev", "-config=" + file), Map.of(), new Machine("here", List.of()));
        assertThat(nomad.upstream()).isEqualTo(new AgentOptions.Upstream("10.0.0.1:8500", "hidden-1"));
        assertThat(nomad.toString()).doesNotContain("hidden-1");
        assertThat(parse("acl { enabled = true, tokens { master = \"hidden-2\", default = \"hidden-3\" } }").toString()).doesNotContain("hidden");
    }
}
