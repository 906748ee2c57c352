package muster.registry.login;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import muster.registry.identity.AuthMethod;
import muster.wire.filter.Shape;
import muster.wire.login.LoginException;

/** An auth method that can be used: its configuration was read and is good. */
public sealed interface Method permits JwtMethod, KubernetesMethod {
    /** The types there are, sorted. */
    List<String> TYPES = List.of("jwt", "kubernetes");

    /** Reads a method's configuration; throws {@link LoginException} for a bad one. */
    static Method of(AuthMethod method) {
        return switch (method.type()) {
            case "jwt" -> new JwtMethod(method.config());
            case "kubernetes" -> new KubernetesMethod(method.config());
            default -> throw new LoginException("no auth method validator found with name: " + method.type());
        };
    }

    /** What selectors of this method's binding rules can name. */
    Shape.Struct shape();

    /** What names of its bindings may be made of. */
    Set<String> variables();

    /** Checks a proof of identity; throws {@link LoginException}. May block. */
    Identity verify(String bearer, Instant now) throws InterruptedException;
}
