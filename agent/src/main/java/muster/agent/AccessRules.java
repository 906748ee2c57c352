package muster.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import muster.registry.acl.AccessSettings;
import muster.registry.acl.AgentTokens;
import muster.registry.acl.TokenCache;

/**
 * The {@code acl} block, and the keys of the time before it, which hold where the block says nothing: from settings to what the
 * registry is told. What breaks a rule becomes a problem of the settings.
 */
final class AccessRules {
    private AccessRules() {}

    static AccessSettings settings(Settings settings, Optional<Path> dataDir) {
        // Naming the datacenter of access control was once the way to turn it on.
        boolean enabled = settings.on("acl.enabled", !settings.text("acl_datacenter", "").isEmpty());
        String otherwise = first(settings, "allow", "acl.default_policy", "acl_default_policy");
        if (!otherwise.equals("allow") && !otherwise.equals("deny")) {
            settings.problem("acl.default_policy \"" + otherwise + "\" has to be allow or deny");
        }
        boolean keyList = settings.on("acl.enable_key_list_policy", settings.on("acl_enable_key_list_policy"));
        // Where rights are not looked at, servers may do so: the tokens are used all the same.
        return new AccessSettings(enabled, !enabled || otherwise.equals("allow"), enabled && keyList,
                first(settings, "", "acl.tokens.initial_management", "acl.tokens.master", "acl_master_token"),
                new AgentTokens(first(settings, "", "acl.tokens.default", "acl_token"),
                        first(settings, "", "acl.tokens.agent", "acl_agent_token"),
                        first(settings, "", "acl.tokens.agent_recovery", "acl.tokens.agent_master", "acl_agent_master_token"),
                        first(settings, "", "acl.tokens.replication", "acl_replication_token")),
                settings.on("acl.enable_token_persistence"), AccessSettings.OFF.leastExpiration(), AccessSettings.OFF.longestExpiration(),
                resolving(settings), dataDir);
    }

    private static TokenCache.Rules resolving(Settings settings) {
        String word = first(settings, "extend-cache", "acl.down_policy", "acl_down_policy");
        Optional<TokenCache.Down> down = TokenCache.Down.of(word);
        if (down.isEmpty()) {
            settings.problem("acl.down_policy \"" + word + "\" has to be allow, deny, extend-cache or async-cache");
        }
        Duration usual = settings.duration("acl_ttl", TokenCache.Rules.USUAL.life());
        Duration least = null;
        for (String name : List.of("acl.token_ttl", "acl.policy_ttl", "acl.role_ttl")) {
            Duration given = settings.duration(name, usual);
            if (given.isNegative()) {
                settings.problem(name + " must not be negative");
            }
            least = least == null || given.compareTo(least) < 0 ? given : least;
        }
        return new TokenCache.Rules(least, down.orElse(TokenCache.Down.EXTEND_CACHE));
    }

    /** What the first of the names says that says something. */
    private static String first(Settings settings, String otherwise, String... names) {
        for (String name : names) {
            String given = settings.text(name, "");
            if (!given.isEmpty()) {
                return given;
            }
        }
        return otherwise;
    }
}
