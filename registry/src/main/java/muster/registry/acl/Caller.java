package muster.registry.acl;

import java.util.Objects;

/** Who asks, as far as rights go: a resolved token. Immutable; holds no secret. */
public final class Caller {
    /** The AccessorID of the token that requests without one have. */
    public static final String ANONYMOUS = "00000000-0000-0000-0000-000000000002";

    /** Everybody while access control is off, and this process's own housekeeping. */
    public static final Caller UNRESTRICTED = new Caller("", Authorizer.EVERYTHING);

    private final String accessor;
    private final Authorizer authorizer;

    public Caller(String accessor, Authorizer authorizer) {
        this.accessor = Objects.requireNonNull(accessor);
        this.authorizer = Objects.requireNonNull(authorizer);
    }

    /** The token's public id; "" for {@link #UNRESTRICTED}. */
    public String accessor() {
        return accessor;
    }

    public boolean isAnonymous() {
        return accessor.equals(ANONYMOUS);
    }

    public boolean may(Permission permission) {
        return authorizer.allows(permission);
    }

    public boolean may(Access access, Resource resource, String name) {
        return this == UNRESTRICTED || authorizer.allows(Permission.of(access, resource, name));
    }

    public boolean mayRead(Resource resource, String name) {
        return may(Access.READ, resource, name);
    }

    /** Whether it is a management token's. */
    public boolean mayManage() {
        return may(Permission.ACL_WRITE);
    }

    /** Throws {@link DeniedException} for the first permission that is lacking. */
    public void require(Need need) {
        for (Permission permission : need.permissions()) {
            if (!authorizer.allows(permission)) {
                throw DeniedException.lacks(this, permission);
            }
        }
    }
}
