package muster.registry.agent;

import java.util.List;
import muster.registry.state.Service;

/**
 * A service as it asks to be registered, with its checks in their first state.
 *
 * @param token with whose rights it is carried to the catalog; "" for the agent's
 */
public record Registration(Service service, List<LocalCheck> checks, String token) {
    public Registration {
        token = token == null ? "" : token;
        checks = List.copyOf(checks);
    }

    /** The same with the token of the request that it came with, which wins over its own. */
    Registration with(String requestToken) {
        return requestToken.isEmpty() ? this : new Registration(service, checks, requestToken);
    }

    /** Without the token, which never reaches a log. */
    @Override
    public String toString() {
        return "Registration[" + service.id() + "]";
    }
}
