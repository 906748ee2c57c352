package muster.template;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import muster.template.config.AgentSettings;
import muster.template.config.Servers;
import muster.template.dependency.ApiDependency;
import muster.template.dependency.Dependency;
import muster.template.runner.ManagedTemplate;
import muster.template.runner.TemplateSet;
import muster.template.watch.Watcher;

/** Whether a run that is not to wait for ever can still come to its end. */
record Prospects(AgentSettings settings) {
    /** Whether reads that fail are tried again for a limited time only. */
    boolean givesUp() {
        return settings.mode().once() || settings.servers().patience().given();
    }

    /** Whether a template may still render with what has only just been asked for. */
    static boolean areLoading(TemplateSet set) {
        Set<String> loading = new LinkedHashSet<>();
        for (Watcher.Status status : set.dependencies()) {
            if (!status.known() && status.failure().isEmpty()) {
                loading.add(status.dependency().toString());
            }
        }
        return set.entries().stream().map(ManagedTemplate::state)
                .anyMatch(state -> state.failure().isEmpty() && state.missing().stream().anyMatch(loading::contains));
    }

    /** Why it can't, empty as long as it can. */
    Optional<String> hopeless(TemplateSet set, boolean allRendered, Instant now) {
        Optional<String> absent = settings.failOnMissing() && !allRendered ? absent(set) : Optional.empty();
        if (absent.isPresent()) {
            return absent;
        }
        for (Watcher.Status status : givesUp() ? set.failing() : List.<Watcher.Status>of()) {
            boolean tooLong = status.failingSince()
                    .filter(since -> !Duration.between(since, now).minus(patience(status.dependency())).isNegative()).isPresent();
            if (tooLong && !(status.known() && settings.mode().once())) {
                return Optional.of(status.dependency() instanceof Dependency.FileContents ? status.failure().orElse("")
                        : status.failure().orElse("") + " (exceeded maximum retries)");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> absent(TemplateSet set) {
        Set<String> missing = new LinkedHashSet<>();
        set.entries().forEach(entry -> missing.addAll(entry.state().missing()));
        return set.dependencies().stream()
                .filter(each -> missing.contains(each.dependency().toString()) && (each.known() || each.failure().isPresent())).findFirst()
                .map(each -> "lookup error: " + each.dependency() + each.failure().map(why -> ": " + why).orElse(": not found"));
    }

    private Duration patience(Dependency<?> dependency) {
        Servers.Patience patience = settings.servers().patience();
        return switch (dependency) {
            case Dependency.FileContents ignored -> settings.mode().once() ? Duration.ZERO : patience.consul();
            case Dependency.OfRegistry<?> ignored -> patience.consul();
            case ApiDependency.OfVault ignored -> patience.vault();
            case ApiDependency.Read read -> read.origin() == ApiDependency.Origin.NOMAD ? patience.nomad() : patience.consul();
        };
    }
}
