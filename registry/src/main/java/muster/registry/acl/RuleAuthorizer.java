package muster.registry.acl;

import java.util.Objects;

/**
 * Decides by rules, and by a default where they say nothing. Immutable.
 *
 * @param otherwise the default policy
 */
record RuleAuthorizer(Rules rules, Authorizer otherwise) implements Authorizer {
    private static final String EVERY_SERVICE = "*";

    RuleAuthorizer {
        Objects.requireNonNull(rules);
        Objects.requireNonNull(otherwise);
    }

    @Override
    public boolean allows(Permission permission) {
        if (permission.subtree()) {
            return allowsUnder(permission);
        }
        if (permission.resource() == Resource.INTENTION && permission.name().equals(EVERY_SERVICE)) {
            return allowsEveryService(permission);
        }
        return rules.of(permission.resource(), permission.name()).map(level -> level.grants(permission.access()))
                .orElseGet(() -> otherwise.allows(permission));
    }

    /** Writing all under a prefix: the rule for the prefix has to grant it, and none below may take it back. */
    private boolean allowsUnder(Permission permission) {
        if (rules.refusesUnder(permission.resource(), permission.name(), permission.access())) {
            return false;
        }
        return rules.ofPrefix(permission.resource(), permission.name()).map(level -> level.grants(permission.access()))
                .orElseGet(() -> otherwise.allows(permission));
    }

    /** An intention for every service may be read by who may read any, and written only by who may write all. */
    private boolean allowsEveryService(Permission permission) {
        if (permission.access() == Access.READ && rules.grantsAny(Resource.INTENTION, Access.READ)) {
            return true;
        }
        if (permission.access() == Access.WRITE && rules.refusesUnder(Resource.INTENTION, "", Access.WRITE)) {
            return false;
        }
        return rules.ofPrefix(Resource.INTENTION, "").map(level -> level.grants(permission.access()))
                .orElseGet(() -> otherwise.allows(permission));
    }
}
