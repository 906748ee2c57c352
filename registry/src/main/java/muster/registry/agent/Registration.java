package muster.registry.agent;

import java.util.List;
import muster.registry.state.Service;

/** A service as it asks to be registered, with its checks in their first state. */
public record Registration(Service service, List<LocalCheck> checks) {
    public Registration {
        checks = List.copyOf(checks);
    }
}
