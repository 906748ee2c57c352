package muster.scheduler.acl;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import muster.scheduler.state.Acl;
import muster.scheduler.state.AclPolicy;
import muster.scheduler.state.AclRole;
import muster.scheduler.state.AclToken;

/**
 * Resolves the secret that comes with a request to its {@link Caller}, once for each request and from memory. A caller is made
 * when its token is first used and kept until anything of access control changes. Any thread may call.
 */
public final class AccessControl {
    private final AccessSettings settings;
    private final Supplier<Acl> state;
    private final InstantSource clock;
    private volatile Known known = new Known(Acl.EMPTY, new ConcurrentHashMap<>());

    /** The callers of one state; replaced whole with the state. */
    private record Known(Acl state, Map<String, Resolved> callers) {}

    private record Resolved(Caller caller, AclToken token) {}

    /** @param state gives the newest; quick */
    public AccessControl(AccessSettings settings, Supplier<Acl> state, InstantSource clock) {
        this.settings = settings;
        this.state = state;
        this.clock = clock;
    }

    /** Whether rights are looked at; where not, every caller is {@link Caller#UNRESTRICTED}. */
    public boolean isOn() {
        return settings.enabled();
    }

    public AccessSettings settings() {
        return settings;
    }

    /** The caller with this secret; "" is everybody's. Throws {@link DeniedException} for a secret that no token has, or no more. */
    public Caller caller(String secret) {
        if (!settings.enabled()) {
            return Caller.UNRESTRICTED;
        }
        Acl now = state.get();
        Known callers = known;
        if (callers.state() != now) {
            callers = new Known(now, new ConcurrentHashMap<>());
            known = callers;
        }
        Resolved resolved = callers.callers().get(secret);
        if (resolved == null) {
            resolved = resolve(secret, now);
            callers.callers().put(secret, resolved);
        }
        Instant moment = clock.instant();
        if (resolved.token() != null && resolved.token().isExpired(moment)) {
            throw DeniedException.expired(resolved.caller().accessor());
        }
        return resolved.caller();
    }

    private static Resolved resolve(String secret, Acl acl) {
        if (secret.isEmpty()) {
            AclPolicy anonymous = acl.policies().get(AclToken.ANONYMOUS);
            return new Resolved(new Caller(AclToken.ANONYMOUS,
                    anonymous == null ? Rights.NOTHING : Rights.of(List.of(RuleParser.parse(anonymous.rules())))), null);
        }
        AclToken token = acl.withSecret(secret);
        if (token == null) {
            throw DeniedException.unknownToken();
        }
        return new Resolved(new Caller(token.accessorId(), token.isManagement() ? Rights.EVERYTHING : rights(token, acl)), token);
    }

    private static Rights rights(AclToken token, Acl acl) {
        Set<String> names = new LinkedHashSet<>(token.policies());
        for (AclToken.RoleLink link : token.roles()) {
            AclRole role = acl.roles().get(link.id());
            if (role != null) {
                role.policies().forEach(policy -> names.add(policy.name()));
            }
        }
        List<Policy> policies = new ArrayList<>();
        for (String name : names) {
            AclPolicy policy = acl.policies().get(name);
            if (policy != null) {
                policies.add(RuleParser.parse(policy.rules()));
            }
        }
        return Rights.of(policies);
    }
}
