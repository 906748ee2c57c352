package muster.agent;

import java.nio.file.Path;
import java.util.Optional;
import muster.registry.acl.AccessSettings;
import muster.registry.acl.AgentTokens;

/**
 * The {@code acl} block, and the keys of the time before it, which hold where the block says nothing: from settings to what the
 * registry is told. What breaks a rule becomes a problem of the settings.
 */
final class AccessRules {
    private AccessRules() {}

    static AccessSettings settings(Settings settings, Optional<Path> dataDir) {
        // Naming the datacenter of access control was once the way to turn it on.
        if (!settings.on("acl.enabled", !settings.text("acl_datacenter", "").isEmpty())) {
            return AccessSettings.OFF;
        }
        String otherwise = first(settings, "allow", "acl.default_policy", "acl_default_policy");
        if (!otherwise.equals("allow") && !otherwise.equals("deny")) {
            settings.problem("acl.default_policy \"" + otherwise + "\" has to be allow or deny");
        }
        String down = first(settings, "extend-cache", "acl.down_policy", "acl_down_policy");
        if (!down.matches("allow|deny|extend-cache|async-cache")) {
            settings.problem("acl.down_policy \"" + down + "\" has to be allow, deny, extend-cache or async-cache");
        }
        boolean keyList = settings.on("acl.enable_key_list_policy", settings.on("acl_enable_key_list_policy"));
        return new AccessSettings(true, otherwise.equals("allow"), keyList,
                first(settings, "", "acl.tokens.initial_management", "acl.tokens.master", "acl_master_token"),
                new AgentTokens(first(settings, "", "acl.tokens.default", "acl_token"),
                        first(settings, "", "acl.tokens.agent", "acl_agent_token"),
                        first(settings, "", "acl.tokens.agent_recovery", "acl.tokens.agent_master", "acl_agent_master_token"),
                        first(settings, "", "acl.tokens.replication", "acl_replication_token")),
                settings.on("acl.enable_token_persistence"), AccessSettings.OFF.leastExpiration(), AccessSettings.OFF.longestExpiration(), dataDir);
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
