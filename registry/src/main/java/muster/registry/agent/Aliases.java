package muster.registry.agent;

import java.util.Collection;
import java.util.List;
import muster.checks.CheckDefinition;
import muster.checks.Outcome;
import muster.registry.client.HealthCheck.Status;
import muster.registry.state.Check;
import muster.wire.GoQuote;

/** What an alias check makes of the checks it stands for: the worst of them. Pure. */
final class Aliases {
    private Aliases() {}

    private record Seen(String name, Status status, String output) {}

    /** For a service of this agent. */
    static Outcome ofLocal(Collection<LocalCheck> checks) {
        return worst(checks.stream()
                .map(check -> new Seen(check.name(), check.state().status(), check.state().output()))
                .toList());
    }

    /** For a service of another node, or the node itself. */
    static Outcome ofCatalog(CheckDefinition.Alias alias, Collection<Check> checks) {
        return worst(checks.stream()
                .filter(check -> check.serviceId().isEmpty() || check.serviceId().equals(alias.service()))
                .map(check -> new Seen(check.name(), Definitions.statusOf(check.status()).orElse(Status.CRITICAL), check.output()))
                .toList());
    }

    private static Outcome worst(List<Seen> checks) {
        Outcome worst = checks.isEmpty() ? Outcome.passing("No checks found.") : Outcome.passing("All checks passing.");
        for (Seen check : checks) {
            if (check.status().compareTo(worst.status()) > 0) {
                worst = new Outcome(check.status(), "Aliased check " + GoQuote.quote(check.name()) + " failing: " + check.output());
            }
        }
        return worst;
    }
}
