package muster.registry.acl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import muster.registry.identity.Token;
import muster.registry.state.Acl;

/**
 * Resolves the secret that comes with a request to its {@link Caller}, once for each request and from memory. A caller is made
 * when its token is first used and kept until anything of access control changes. Any thread may call.
 */
public final class AccessControl {
    private final AccessSettings settings;
    private final Supplier<Acl> state;
    private final InstantSource clock;
    private final Grantor grantor;
    private volatile AgentTokens tokens;
    private volatile Known known = new Known(Acl.EMPTY, new ConcurrentHashMap<>());

    /** The callers of one state; replaced whole with the state. */
    private record Known(Acl state, Map<String, Resolved> callers) {}

    private record Resolved(Caller caller, Optional<Instant> expires) {}

    /** @param state gives the newest; quick */
    public AccessControl(AccessSettings settings, String datacenter, Supplier<Acl> state, InstantSource clock) {
        this.settings = Objects.requireNonNull(settings);
        this.state = state;
        this.clock = clock;
        this.grantor = new Grantor(datacenter, settings.allowByDefault());
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
        String used = secret.isEmpty() ? tokens.user() : secret;
        used = used.isEmpty() ? Token.ANONYMOUS_SECRET : used;
        Acl now = state.get();
        Known callers = known;
        if (callers.state() != now) {
            callers = new Known(now, new ConcurrentHashMap<>());
            known = callers;
        }
        Resolved resolved = callers.callers().get(used);
        if (resolved == null) {
            resolved = resolve(used, now);
            callers.callers().put(used, resolved);
        }
        if (resolved.expires().filter(end -> !clock.instant().isBefore(end)).isPresent()) {
            throw DeniedException.unknownToken();
        }
        return resolved.caller();
    }

    private Resolved resolve(String secret, Acl acl) {
        Optional<Token> token = acl.withSecret(secret);
        if (token.isEmpty() && secret.equals(Token.ANONYMOUS_SECRET)) {
            token = Optional.of(Token.anonymous(Instant.EPOCH)); // a new cluster may not have written it yet
        }
        return token.map(found -> new Resolved(grantor.caller(found, acl), found.expires()))
                .orElseThrow(DeniedException::unknownToken);
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
