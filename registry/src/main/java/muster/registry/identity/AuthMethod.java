package muster.registry.identity;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A way to get a token for somebody else's proof of identity. (Consul HTTP API: auth methods)
 *
 * @param type {@code kubernetes} or {@code jwt}
 * @param maxTokenTtl how long its tokens live; zero for no end
 * @param tokenLocality {@code local}, {@code global} or ""
 * @param config what the type needs
 */
public record AuthMethod(
        String name,
        String type,
        String displayName,
        String description,
        Duration maxTokenTtl,
        String tokenLocality,
        Map<String, Object> config,
        long createIndex,
        long modifyIndex) {
    public AuthMethod {
        name = Links.text(name);
        type = Links.text(type);
        displayName = Links.text(displayName);
        description = Links.text(description);
        maxTokenTtl = maxTokenTtl == null ? Duration.ZERO : maxTokenTtl;
        tokenLocality = Links.text(tokenLocality);
        config = config == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(config));
    }

    /** At these indexes. */
    public AuthMethod at(long created, long modified) {
        return new AuthMethod(name, type, displayName, description, maxTokenTtl, tokenLocality, config, created, modified);
    }
}
