package muster.scheduler.state;

/**
 * What access control is made of. Immutable.
 *
 * @param policies by name
 * @param tokens by accessor
 * @param accessors of tokens by their secret
 * @param roles by id
 * @param oneTimeTokens by secret
 * @param authMethods by name
 * @param bindingRules by id
 * @param bootstrapIndex at which the first management token was made; 0 before
 */
public record Acl(Table<AclPolicy> policies, Table<AclToken> tokens, Table<String> accessors, Table<AclRole> roles,
        Table<OneTimeToken> oneTimeTokens, Table<AclAuthMethod> authMethods, Table<AclBindingRule> bindingRules, long bootstrapIndex) {
    public static final Acl EMPTY = new Acl(Table.empty(), Table.empty(), Table.empty(), Table.empty(), Table.empty(), Table.empty(),
            Table.empty(), 0);

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
        return new Acl(policies.with(policy.name(), policy), tokens, accessors, roles, oneTimeTokens, authMethods, bindingRules, bootstrapIndex);
    }

    Acl with(AclRole role) {
        return new Acl(policies, tokens, accessors, roles.with(role.id(), role), oneTimeTokens, authMethods, bindingRules, bootstrapIndex);
    }

    Acl with(AclToken token) {
        Acl clean = withoutToken(token.accessorId());
        return new Acl(policies, clean.tokens.with(token.accessorId(), token),
                clean.accessors.with(token.secretId(), token.accessorId()), roles, oneTimeTokens, authMethods, bindingRules, bootstrapIndex);
    }

    Acl with(OneTimeToken token) {
        return new Acl(policies, tokens, accessors, roles, oneTimeTokens.with(token.secretId(), token), authMethods,
                bindingRules, bootstrapIndex);
    }

    Acl withoutPolicy(String name) {
        return new Acl(policies.without(name), tokens, accessors, roles, oneTimeTokens, authMethods, bindingRules, bootstrapIndex);
    }

    Acl withoutRole(String id) {
        return new Acl(policies, tokens, accessors, roles.without(id), oneTimeTokens, authMethods, bindingRules, bootstrapIndex);
    }

    Acl withoutToken(String accessor) {
        AclToken old = tokens.get(accessor);
        return old == null ? this : new Acl(policies, tokens.without(accessor), accessors.without(old.secretId()), roles, oneTimeTokens,
                authMethods, bindingRules, bootstrapIndex);
    }

    Acl withoutOneTimeToken(String secret) {
        return new Acl(policies, tokens, accessors, roles, oneTimeTokens.without(secret), authMethods, bindingRules, bootstrapIndex);
    }

    Acl bootstrapped(long index) {
        return new Acl(policies, tokens, accessors, roles, oneTimeTokens, authMethods, bindingRules, index);
    }

    /** The method that who names none means; null where there is none. */
    public AclAuthMethod defaultMethod() {
        for (AclAuthMethod method : authMethods) {
            if (method.isDefault()) {
                return method;
            }
        }
        return null;
    }

    Acl with(AclAuthMethod method) {
        return with(authMethods.with(method.name(), method), bindingRules);
    }

    Acl withoutAuthMethod(String name) {
        return with(authMethods.without(name), bindingRules);
    }

    Acl with(AclBindingRule rule) {
        return with(authMethods, bindingRules.with(rule.id(), rule));
    }

    Acl withoutBindingRule(String id) {
        return with(authMethods, bindingRules.without(id));
    }

    private Acl with(Table<AclAuthMethod> methods, Table<AclBindingRule> rules) {
        return new Acl(policies, tokens, accessors, roles, oneTimeTokens, methods, rules, bootstrapIndex);
    }
}
