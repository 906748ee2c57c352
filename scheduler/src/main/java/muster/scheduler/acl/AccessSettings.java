package muster.scheduler.acl;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The {@code acl} block of a configuration.
 *
 * @param leastExpiration the shortest life of a token that ends ({@code token_min_expiration_ttl})
 * @param longestExpiration the longest ({@code token_max_expiration_ttl})
 * @param dataDir where an operator opens bootstrapping again; empty for an agent in memory
 */
public record AccessSettings(boolean enabled, Duration leastExpiration, Duration longestExpiration, Optional<Path> dataDir) {
    /** Access control is off. */
    public static final AccessSettings OFF = new AccessSettings(false, Duration.ofMinutes(1), Duration.ofHours(24), Optional.empty());

    /** On, with the usual lives of tokens. */
    public static AccessSettings on(Optional<Path> dataDir) {
        return new AccessSettings(true, OFF.leastExpiration, OFF.longestExpiration, dataDir);
    }
}
