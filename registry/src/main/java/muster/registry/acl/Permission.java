package muster.registry.acl;

import java.util.Objects;
import muster.wire.GoQuote;

/**
 * A right to do something with one thing.
 *
 * @param name of a key, service, node and so on; "" for a {@link Resource#isWhole() whole} resource
 * @param subtree whether it is about all keys that begin with the name
 */
public record Permission(Resource resource, Access access, String name, boolean subtree) {
    /** To see what access control is made of. */
    public static final Permission ACL_READ = of(Access.READ, Resource.ACL, "");

    /** To change it: what a management token has. */
    public static final Permission ACL_WRITE = of(Access.WRITE, Resource.ACL, "");

    public static final Permission OPERATOR_READ = of(Access.READ, Resource.OPERATOR, "");
    public static final Permission OPERATOR_WRITE = of(Access.WRITE, Resource.OPERATOR, "");

    public Permission {
        Objects.requireNonNull(resource);
        Objects.requireNonNull(access);
        Objects.requireNonNull(name);
    }

    public static Permission of(Access access, Resource resource, String name) {
        return new Permission(resource, access, name, false);
    }

    /** To write each key that begins with the prefix, whether it exists or not. */
    public static Permission writeUnder(String prefix) {
        return new Permission(Resource.KEY, Access.WRITE, prefix, true);
    }

    /** As later versions of Consul word it: {@code 'key:write' on "a"}. */
    @Override
    public String toString() {
        String what = "'" + resource + ":" + access + "'";
        return resource.isWhole() ? what : what + " on " + GoQuote.quote(name);
    }
}
