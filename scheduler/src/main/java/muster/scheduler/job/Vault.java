package muster.scheduler.job;

import java.util.List;

/** The Vault token that a task wants. */
public record Vault(
        String changeMode,
        String changeSignal,
        Boolean env,
        String namespace,
        List<String> policies) {
    public Vault {
        policies = Values.list(policies);
    }
}
