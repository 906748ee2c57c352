package muster.scheduler.state;

/**
 * What access control is made of. Immutable.
 *
 * @param policies by name
 * @param tokens by accessor
 * @param accessors of tokens by their secret
 * @param roles by id
 * @param oneTimeTokens by secret
 * @param bootstrapIndex at which the first management token was made; 0 before
 */
public record Acl(Table<AclPolicy> policies, Table<AclToken> tokens, Table<String> accessors, Table<AclRole> roles,
        Table<OneTimeToken> oneTimeTokens, long bootstrapIndex) {
    public static final Acl EMPTY = new Acl(Table.empty(), Table.empty(), Table.empty(), Table.empty(), Table.empty(), 0);

    /** The token with this secret, null where there is none. */
    public AclToken withSecret(String secret) {
        String accessor = accessors.get(secret);
        return accessor == null ? null : tokens.get(accessor);
    }

    /** The role of this name, null where there is none. */
    public AclRole roleNamed(String name) {
        for (AclRole role : roles) {
            if (role.name().equals(name)) {
                return role;
            }
        }
        return null;
    }

    Acl with(AclPolicy policy) {
        return new Acl(policies.with(policy.name(), policy), tokens, accessors, roles, oneTimeTokens, bootstrapIndex);
    }

    Acl with(AclRole role) {
        return new Acl(policies, tokens, accessors, roles.with(role.id(), role), oneTimeTokens, bootstrapIndex);
    }

    Acl with(AclToken token) {
        Acl clean = withoutToken(token.accessorId());
        return new Acl(policies, clean.tokens.with(token.accessorId(), token),
                clean.accessors.with(token.secretId(), token.accessorId()), roles, oneTimeTokens, bootstrapIndex);
    }

    Acl with(OneTimeToken token) {
        return new Acl(policies, tokens, accessors, roles, oneTimeTokens.with(token.secretId(), token), bootstrapIndex);
    }

    Acl withoutPolicy(String name) {
        return new Acl(policies.without(name), tokens, accessors, roles, oneTimeTokens, bootstrapIndex);
    }

    Acl withoutRole(String id) {
        return new Acl(policies, tokens, accessors, roles.without(id), oneTimeTokens, bootstrapIndex);
    }

    Acl withoutToken(String accessor) {
        AclToken old = tokens.get(accessor);
        return old == null ? this
                : new Acl(policies, tokens.without(accessor), accessors.without(old.secretId()), roles, oneTimeTokens, bootstrapIndex);
    }

    Acl withoutOneTimeToken(String secret) {
        return new Acl(policies, tokens, accessors, roles, oneTimeTokens.without(secret), bootstrapIndex);
    }

    Acl bootstrapped(long index) {
        return new Acl(policies, tokens, accessors, roles, oneTimeTokens, index);
    }
}
