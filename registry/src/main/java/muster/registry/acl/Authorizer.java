package muster.registry.acl;

/** Decides. Pure, immutable and quick; any thread may ask. */
@FunctionalInterface
public interface Authorizer {
    /** What a management token and an agent without access control may do: everything. */
    Authorizer EVERYTHING = permission -> true;

    /** The default policy {@code allow}: everything but what access control itself is made of. */
    Authorizer ALLOW = permission -> permission.resource() != Resource.ACL;

    /** The default policy {@code deny}. */
    Authorizer DENY = permission -> false;

    boolean allows(Permission permission);
}
