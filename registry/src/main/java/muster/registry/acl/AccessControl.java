package muster.registry.acl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import muster.registry.identity.Token;

/**
 * Resolves the secret that comes with a request to its {@link Caller}, once for each request and from memory; what else an agent's
 * own tokens are good for. Any thread may call.
 */
public final class AccessControl {
    private static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

    private final AccessSettings settings;
    private final TokenSource source;
    private final InstantSource clock;
    private volatile AgentTokens tokens;

    public AccessControl(AccessSettings settings, TokenSource source, InstantSource clock) {
        this.settings = Objects.requireNonNull(settings);
        this.source = source;
        this.clock = clock;
        this.tokens = settings.tokens();
    }

    /** Whether rights are looked at; where not, every caller is {@link Caller#UNRESTRICTED}. */
    public boolean isOn() {
        return settings.enabled();
    }

    public AccessSettings settings() {
        return settings;
    }

    /** The moment by which tokens begin and end. */
    public Instant now() {
        return clock.instant();
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
        return source.caller(used(secret));
    }

    private String used(String secret) {
        String used = secret.isEmpty() ? tokens.user() : secret;
        return used.isEmpty() ? Token.ANONYMOUS_SECRET : used;
    }

    /** Completes, never with a failure, once {@link #caller} and {@link #ofAgent} can tell whose secret this is without a server. */
    public CompletionStage<Void> prepare(String secret) {
        return settings.enabled() && !isRecovery(secret) ? source.prepare(used(secret)) : NOW;
    }

    /** As {@link #caller}, but the agent's recovery token opens the endpoints of the agent on the given node. */
    public Caller ofAgent(String secret, String node) {
        if (settings.enabled() && isRecovery(secret)) {
            return new Caller("agent recovery token", permission -> switch (permission.resource()) {
                case AGENT -> permission.name().equals(node);
                case NODE -> permission.access() == Access.READ;
                case ACL, EVENT, INTENTION, KEY, KEYRING, OPERATOR, QUERY, SERVICE, SESSION -> false;
            });
        }
        return caller(secret);
    }

    private boolean isRecovery(String secret) {
        String recovery = tokens.recovery();
        return !recovery.isEmpty() && isSame(recovery, secret);
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
