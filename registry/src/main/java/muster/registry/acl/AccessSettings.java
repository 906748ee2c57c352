package muster.registry.acl;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The {@code acl} block of a configuration.
 *
 * @param allowByDefault what holds where no rule says anything ({@code default_policy})
 * @param keyListPolicy whether listing keys needs the right to list them ({@code enable_key_list_policy})
 * @param initialManagement the secret of a management token that is made with a new cluster ({@code tokens.master}, later {@code
 *     initial_management}); "" for none
 * @param tokens the agent's own to begin with
 * @param persistTokens whether those that are set through the API are kept ({@code enable_token_persistence})
 * @param leastExpiration the shortest life of a token ({@code token_min_expiration_ttl})
 * @param longestExpiration the longest ({@code token_max_expiration_ttl})
 * @param resolving how an agent that is no server learns of tokens ({@code token_ttl}, {@code policy_ttl}, {@code role_ttl}, {@code
 *     down_policy})
 * @param dataDir where an operator opens bootstrapping again and kept tokens are; empty for an agent in memory
 */
public record AccessSettings(
        boolean enabled,
        boolean allowByDefault,
        boolean keyListPolicy,
        String initialManagement,
        AgentTokens tokens,
        boolean persistTokens,
        Duration leastExpiration,
        Duration longestExpiration,
        TokenCache.Rules resolving,
        Optional<Path> dataDir) {
    /** Access control is off. */
    public static final AccessSettings OFF = new AccessSettings(false, true, false, "", AgentTokens.NONE, false,
            Duration.ofMinutes(1), Duration.ofHours(24), TokenCache.Rules.USUAL, Optional.empty());

    /** On, with everything denied that no rule allows. */
    public static AccessSettings denying(String initialManagement) {
        return new AccessSettings(true, false, false, initialManagement, AgentTokens.NONE, false, OFF.leastExpiration(),
                OFF.longestExpiration(), OFF.resolving(), Optional.empty());
    }

    /** Secrets never reach a log. */
    @Override
    public String toString() {
        return "AccessSettings[enabled=" + enabled + ", allowByDefault=" + allowByDefault + "]";
    }
}
