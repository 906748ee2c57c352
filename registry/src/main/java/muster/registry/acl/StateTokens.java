package muster.registry.acl;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import muster.registry.identity.Token;
import muster.registry.state.Acl;

/** Tokens as the state of a server has them. A caller is made when its token is first used and kept until anything of access control changes. */
public final class StateTokens implements TokenSource {
    private static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

    private final Supplier<Acl> state;
    private final InstantSource clock;
    private final Grantor grantor;
    private volatile Known known = new Known(Acl.EMPTY, new ConcurrentHashMap<>());

    /** The callers of one state; replaced whole with the state. */
    private record Known(Acl state, Map<String, Resolved> callers) {}

    private record Resolved(Caller caller, Optional<Instant> expires) {}

    /** @param state gives the newest; quick */
    public StateTokens(boolean allowByDefault, String datacenter, Supplier<Acl> state, InstantSource clock) {
        this.state = state;
        this.clock = clock;
        this.grantor = new Grantor(datacenter, allowByDefault);
    }

    @Override
    public Caller caller(String secret) {
        Acl now = state.get();
        Known callers = known;
        if (callers.state() != now) {
            callers = new Known(now, new ConcurrentHashMap<>());
            known = callers;
        }
        Resolved resolved = callers.callers().get(secret);
        if (resolved == null) {
            TokenRights rights = rights(secret, now).orElseThrow(DeniedException::unknownToken);
            resolved = new Resolved(grantor.caller(rights), rights.expires());
            callers.callers().put(secret, resolved);
        }
        if (resolved.expires().filter(end -> !clock.instant().isBefore(end)).isPresent()) {
            throw DeniedException.unknownToken();
        }
        return resolved.caller();
    }

    @Override
    public CompletionStage<Void> prepare(String secret) {
        return NOW;
    }

    /** What the token with this secret says; empty where there is none, or where it ended. */
    public Optional<TokenRights> rights(String secret) {
        return rights(secret, state.get()).filter(found -> !found.isOver(clock.instant()));
    }

    private Optional<TokenRights> rights(String secret, Acl acl) {
        Optional<Token> token = acl.withSecret(secret);
        if (token.isEmpty() && secret.equals(Token.ANONYMOUS_SECRET)) {
            token = Optional.of(Token.anonymous(Instant.EPOCH)); // a new cluster may not have written it yet
        }
        return token.map(found -> grantor.rights(found, acl));
    }
}
