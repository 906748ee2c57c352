package muster.registry.acl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a request has to be allowed before it is served: each endpoint states it. Rows of a list that the caller may not
 * read are left out beside it, by a {@link Sieve}.
 *
 * @param token whether a token has to be known at all; a public endpoint does not look at it
 * @param permissions all of them
 */
public record Need(boolean token, List<Permission> permissions) {
    /** Answered to everybody, whatever token comes with it. */
    public static final Need PUBLIC = new Need(false, List.of());

    /** A token that is not unknown or expired; what is shown is up to the sieve. */
    public static final Need TOKEN = new Need(true, List.of());

    /** A management token. */
    public static final Need MANAGEMENT = of(Permission.ACL_WRITE);

    public Need {
        permissions = List.copyOf(permissions);
    }

    public static Need of(Permission... permissions) {
        return new Need(true, Arrays.asList(permissions));
    }

    public static Need of(Access access, Resource resource, String name) {
        return of(Permission.of(access, resource, name));
    }

    /** The same and a further permission. */
    public Need and(Access access, Resource resource, String name) {
        List<Permission> more = new ArrayList<>(permissions);
        more.add(Permission.of(access, resource, name));
        return new Need(true, more);
    }
}
