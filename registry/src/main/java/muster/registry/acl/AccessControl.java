package muster.registry.acl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * Resolves the secret that comes with a request to its {@link Caller}, once for each request and from memory. Any thread
 * may call.
 */
public final class AccessControl {
    private final AccessSettings settings;
    private volatile AgentTokens tokens;

    public AccessControl(AccessSettings settings) {
        this.settings = Objects.requireNonNull(settings);
        this.tokens = settings.tokens();
    }

    /** Whether rights are looked at; where not, every caller is {@link Caller#UNRESTRICTED}. */
    public boolean isOn() {
        return settings.enabled();
    }

    public AccessSettings settings() {
        return settings;
    }

    /** The agent's own secrets at present. */
    public AgentTokens tokens() {
        return tokens;
    }

    /** Replaces them. */
    public void use(AgentTokens newTokens) {
        tokens = newTokens;
    }

    /**
     * The caller with this secret; "" is the agent's default token or, without one, the anonymous token. Throws {@link
     * DeniedException} for a secret that no token has.
     */
    public Caller caller(String secret) {
        if (!settings.enabled()) {
            return Caller.UNRESTRICTED;
        }
        String used = secret.isEmpty() ? tokens.user() : secret;
        if (used.isEmpty()) {
            return new Caller(Caller.ANONYMOUS, settings.allowByDefault() ? Authorizer.ALLOW : Authorizer.DENY);
        }
        if (used.equals(settings.initialManagement())) {
            return new Caller("", Authorizer.EVERYTHING);
        }
        throw DeniedException.unknownToken();
    }

    /** As {@link #caller}, but the agent's recovery token opens the endpoints of the agent on the given node. */
    public Caller ofAgent(String secret, String node) {
        String recovery = tokens.recovery();
        if (settings.enabled() && !recovery.isEmpty() && isSame(recovery, secret)) {
            return new Caller("agent recovery token", permission -> switch (permission.resource()) {
                case AGENT -> permission.name().equals(node);
                case NODE -> permission.access() == Access.READ;
                case ACL, EVENT, INTENTION, KEY, KEYRING, OPERATOR, QUERY, SERVICE, SESSION -> false;
            });
        }
        return caller(secret);
    }

    /** Takes the same time wherever the two differ. */
    private static boolean isSame(String secret, String given) {
        return MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    /** Resolves the secret and throws {@link DeniedException} unless its token may do all that is needed. */
    public Caller require(String secret, Need need) {
        if (!settings.enabled() || !need.token()) {
            return Caller.UNRESTRICTED;
        }
        Caller caller = caller(secret);
        caller.require(need);
        return caller;
    }
}
