package muster.registry.agent;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import muster.registry.state.Check;
import muster.registry.state.Command;

/**
 * With whose rights each registration is carried to the catalog: the token that it came with, else the agent's. Secrets of what is
 * gone stay until something else has its id, since its removal is carried with them. Any thread may call.
 */
final class Secrets {
    private final Map<String, String> services = new ConcurrentHashMap<>();
    private final Map<String, String> checks = new ConcurrentHashMap<>();

    void ofService(String id, String secret) {
        put(services, id, secret);
    }

    void ofCheck(String id, String secret) {
        put(checks, id, secret);
    }

    private static void put(Map<String, String> secrets, String id, String secret) {
        if (secret == null || secret.isEmpty()) {
            secrets.remove(id);
        } else {
            secrets.put(id, secret);
        }
    }

    /** The secret for a change of the catalog; "" for the agent's. */
    String of(Command command) {
        return switch (command) {
            case Command.Register register when register.service().isPresent() ->
                services.getOrDefault(register.service().get().id(), "");
            case Command.Register register when !register.checks().isEmpty() -> of(register.checks().getFirst());
            case Command.Deregister deregister when !deregister.serviceId().isEmpty() ->
                services.getOrDefault(deregister.serviceId(), "");
            case Command.Deregister deregister -> checks.getOrDefault(deregister.checkId(), "");
            default -> "";
        };
    }

    private String of(Check check) {
        String own = checks.get(check.id());
        return own == null ? services.getOrDefault(check.serviceId(), "") : own;
    }
}
