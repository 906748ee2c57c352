package muster.registry.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import muster.registry.acl.AccessSettings;
import muster.registry.acl.AgentTokens;
import muster.wire.Json;
import muster.wire.JsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's own tokens as the API last set them, in {@code acl-tokens.json} of the data directory where the configuration wants
 * them kept ({@code acl.enable_token_persistence}); readable by its owner only. What is kept wins over the configuration.
 */
public final class TokenStore {
    private static final Logger LOG = LoggerFactory.getLogger(TokenStore.class);

    private final Optional<Path> file;

    public TokenStore(AccessSettings settings) {
        file = settings.persistTokens() ? settings.dataDir().map(folder -> folder.resolve("acl-tokens.json")) : Optional.empty();
    }

    /** What is kept over what is configured. A file that can't be read is reported and left alone. */
    public AgentTokens over(AgentTokens configured) {
        if (file.isEmpty() || Files.notExists(file.get())) {
            return configured;
        }
        try {
            if (!(Json.parse(Files.readAllBytes(file.get())) instanceof Map<?, ?> kept)) {
                LOG.error("kept tokens not read file={} reason=not an object", file.get());
                return configured;
            }
            return new AgentTokens(text(kept, "default", configured.user()), text(kept, "agent", configured.agent()),
                    text(kept, "agent_master", configured.recovery()), text(kept, "replication", configured.replication()));
        } catch (IOException | JsonException e) {
            LOG.error("kept tokens not read file={} reason={}", file.get(), e.getClass().getSimpleName());
            return configured;
        }
    }

    private static String text(Map<?, ?> kept, String name, String otherwise) {
        return kept.get(name) instanceof String text && !text.isEmpty() ? text : otherwise;
    }

    /** Keeps them; throws {@link RefusedException} when they can't be written. */
    void save(AgentTokens tokens) {
        if (file.isEmpty()) {
            return;
        }
        Map<String, String> kept = new LinkedHashMap<>();
        kept.put("default", tokens.user());
        kept.put("agent", tokens.agent());
        kept.put("agent_master", tokens.recovery());
        kept.put("replication", tokens.replication());
        kept.values().removeIf(String::isEmpty);
        try {
            Files.createDirectories(file.get().getParent());
            Path draft = Files.createTempFile(file.get().getParent(), "acl-tokens", ".tmp",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(draft, Json.write(kept));
            Files.move(draft, file.get(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new RefusedException(500, "Failed to persist tokens: " + e.getMessage());
        }
    }
}
