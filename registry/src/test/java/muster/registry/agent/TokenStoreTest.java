package muster.registry.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import muster.registry.acl.AccessSettings;
import muster.registry.acl.AgentTokens;
import muster.registry.acl.TokenCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenStoreTest {
    private static final AgentTokens CONFIGURED = new AgentTokens("user", "agent", "", "");

    @TempDir
    private Path folder;

    private TokenStore store(boolean keep) {
        return new TokenStore(new AccessSettings(true, false, false, "", CONFIGURED, keep, Duration.ZERO, Duration.ZERO, TokenCache.Rules.USUAL, Optional.of(folder)));
    }

    private Path file() {
        return folder.resolve("acl-tokens.json");
    }

    @Test
    void whatWasSetWinsOverTheConfigurationAfterARestart() throws IOException {
        store(true).save(new AgentTokens("other", "agent", "recovery", ""));
        assertThat(store(true).over(CONFIGURED)).isEqualTo(new AgentTokens("other", "agent", "recovery", ""));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
        assertThat(Files.list(folder)).containsExactly(file());
    }

    @Test
    void nothingIsKeptUnlessWanted() {
        store(false).save(new AgentTokens("other", "", "", ""));
        assertThat(file()).doesNotExist();
        assertThat(store(false).over(CONFIGURED)).isEqualTo(CONFIGURED);
    }

    @Test
    void aFileThatCantBeReadIsLeftAlone() throws IOException {
        for (String broken : new String[] {"{", "[]", "", "null"}) {
            Files.writeString(file(), broken);
            assertThat(store(true).over(CONFIGURED)).as(broken).isEqualTo(CONFIGURED);
            assertThat(file()).hasContent(broken);
        }
    }
}
