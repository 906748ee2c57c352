package muster.template.runner;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * What a batch of changed files asks of the task: one restart, or else each signal and each script once.
 *
 * @param restart if so, signals and scripts of the same batch are dropped
 * @param destinations of the changed templates
 * @param environment the variables of all env templates, as now rendered
 */
public record Reaction(boolean restart, SortedSet<String> signals, List<TemplateSpec.ChangeScript> scripts, List<String> destinations,
        Map<String, String> environment) {
    public Reaction {
        scripts = List.copyOf(scripts);
        destinations = List.copyOf(destinations);
        environment = Map.copyOf(environment);
    }
}
