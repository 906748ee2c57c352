package muster.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import muster.registry.acl.AccessSettings;
import muster.registry.acl.AgentTokens;

/** The {@code acl} block: from settings to what the registry is told. What breaks a rule becomes a problem of the settings. */
final class AccessRules {
    private AccessRules() {}

    static AccessSettings settings(Settings settings, Optional<Path> dataDir) {
        if (!settings.on("acl.enabled")) {
            return AccessSettings.OFF;
        }
        String otherwise = settings.text("acl.default_policy", "allow");
        if (!otherwise.equals("allow") && !otherwise.equals("deny")) {
            settings.problem("acl.default_policy \"" + otherwise + "\" has to be allow or deny");
        }
        String down = settings.text("acl.down_policy", "extend-cache");
        if (!down.matches("allow|deny|extend-cache|async-cache")) {
            settings.problem("acl.down_policy \"" + down + "\" has to be allow, deny, extend-cache or async-cache");
        }
        boolean keep = settings.on("acl.enable_token_persistence");
        Duration least = settings.duration("acl.token_min_expiration_ttl", AccessSettings.OFF.leastExpiration());
        Duration longest = settings.duration("acl.token_max_expiration_ttl", AccessSettings.OFF.longestExpiration());
        return new AccessSettings(true, otherwise.equals("allow"), settings.on("acl.enable_key_list_policy"),
                either(settings, "initial_management", "master"),
                new AgentTokens(settings.text("acl.tokens.default", ""), settings.text("acl.tokens.agent", ""),
                        either(settings, "agent_recovery", "agent_master"), settings.text("acl.tokens.replication", "")),
                keep, least, longest, dataDir);
    }

    /** A token by its later or its earlier name. */
    private static String either(Settings settings, String later, String earlier) {
        String given = settings.text("acl.tokens." + later, "");
        return given.isEmpty() ? settings.text("acl.tokens." + earlier, "") : given;
    }
}
