package muster.scheduler.acl;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import muster.scheduler.state.AclToken;

/** Who asks, as far as rights go: a resolved token. Immutable; holds no secret. */
public final class Caller {
    /** Everybody while access control is off, and this process's own housekeeping. */
    public static final Caller UNRESTRICTED = new Caller("", Rights.EVERYTHING);

    private final String accessor;
    private final Rights rights;

    Caller(String accessor, Rights rights) {
        this.accessor = Objects.requireNonNull(accessor);
        this.rights = Objects.requireNonNull(rights);
    }

    /** The token's public id; "" for {@link #UNRESTRICTED}. */
    public String accessor() {
        return accessor;
    }

    public boolean isAnonymous() {
        return accessor.equals(AclToken.ANONYMOUS);
    }

    public boolean may(Permission permission) {
        return rights.allow(permission);
    }

    /** Whether it has a capability within a namespace. */
    public boolean may(String namespace, Capability capability) {
        return rights.allow(Permission.in(namespace, capability));
    }

    /** Whether it is a management token's. */
    public boolean mayManage() {
        return rights.allow(Permission.MANAGEMENT);
    }

    /** Throws {@link DeniedException} without this permission. */
    public void require(Permission permission) {
        if (!rights.allow(permission)) {
            throw DeniedException.lacks(this, permission.toString());
        }
    }

    /** Throws {@link DeniedException} unless it has one of the capabilities within the namespace. */
    public void requireAny(String namespace, Capability... capabilities) {
        for (Capability capability : capabilities) {
            if (may(namespace, capability)) {
                return;
            }
        }
        throw DeniedException.lacks(this, List.of(capabilities).stream()
                .map(capability -> Permission.in(namespace, capability).toString()).collect(Collectors.joining(" or ")));
    }
}
