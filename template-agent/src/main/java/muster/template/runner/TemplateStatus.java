package muster.template.runner;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.template.dependency.Dependency;
import muster.template.watch.Watcher;
import muster.wire.GoTime;

/**
 * One template as a status page shows it. Holds no values.
 *
 * @param state {@code rendered}, {@code waiting} or {@code failed}
 * @param missing names of what it waits for
 * @param rendered when its file last was as it should be
 * @param written when its file last changed
 * @param failure the last error
 * @param retry when it is tried again without a change
 */
public record TemplateStatus(String source, String destination, String state, List<String> missing, Optional<Instant> missingSince,
        Optional<Instant> rendered, Optional<Instant> written, Optional<String> failure, Optional<Instant> retry,
        List<Input> dependencies) {
    /**
     * What a template depends on.
     *
     * @param changed when its value last changed; empty while there is none
     * @param failure why it can't be refreshed
     * @param heldSince since when a list is empty that the template still shows as it was
     */
    public record Input(String name, Optional<Instant> changed, Optional<String> failure, Optional<Instant> heldSince) {}

    static TemplateStatus of(ManagedTemplate entry, Map<Dependency<?>, Watcher.Status> watched, Instant now) {
        ManagedTemplate.State state = entry.state();
        List<Input> inputs = new ArrayList<>();
        for (Dependency<?> dependency : state.used()) {
            Watcher.Status status = watched.get(dependency);
            if (status != null) {
                Optional<Instant> held = status.emptySince().filter(since -> now.isBefore(since.plus(entry.spec().waiting().hold().of(dependency))));
                inputs.add(new Input(dependency.toString(), status.known() ? Optional.of(status.changed()) : Optional.empty(),
                        status.failure(), held));
            }
        }
        inputs.sort((a, b) -> a.name().compareTo(b.name()));
        String word = state.failure().isPresent() ? "failed" : state.missing().isEmpty() && state.rendered().isPresent() ? "rendered" : "waiting";
        return new TemplateStatus(entry.spec().sourceName(), entry.spec().destination(), word, state.missing(), state.missingSince(),
                state.rendered(), state.written(), state.failure(), state.retry(), inputs);
    }

    /** As JSON's plain objects; absent times and texts are left out. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Source", source);
        json.put("Destination", destination);
        json.put("State", state);
        json.put("Missing", missing);
        missingSince.ifPresent(time -> json.put("MissingSince", GoTime.rfc3339(time)));
        rendered.ifPresent(time -> json.put("LastRender", GoTime.rfc3339(time)));
        written.ifPresent(time -> json.put("LastChange", GoTime.rfc3339(time)));
        failure.ifPresent(text -> json.put("LastError", text));
        retry.ifPresent(time -> json.put("NextRetry", GoTime.rfc3339(time)));
        json.put("Dependencies", dependencies.stream().map(input -> {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("Name", input.name());
            input.changed().ifPresent(time -> each.put("Changed", GoTime.rfc3339(time)));
            input.failure().ifPresent(text -> each.put("Error", text));
            input.heldSince().ifPresent(time -> each.put("HeldSince", GoTime.rfc3339(time)));
            return (Object) each;
        }).toList());
        return json;
    }

    /** For people: a line for the template, and indented ones for what is to be said about it. */
    public String text(Instant now) {
        StringBuilder out = new StringBuilder();
        out.append(destination).append("  ").append(state).append("  from ").append(source);
        rendered.ifPresent(time -> out.append(", rendered ").append(age(time, now)).append(" ago"));
        written.ifPresent(time -> out.append(", changed ").append(age(time, now)).append(" ago"));
        out.append('\n');
        if (!missing.isEmpty()) {
            out.append("  waits for ").append(String.join(", ", missing));
            missingSince.ifPresent(time -> out.append(" since ").append(age(time, now)));
            out.append('\n');
        }
        failure.ifPresent(text -> out.append("  error: ").append(text).append('\n'));
        retry.ifPresent(time -> out.append("  next try in ").append(age(now, time)).append('\n'));
        for (Input input : dependencies) {
            out.append("  ").append(input.name()).append("  ");
            out.append(input.changed().map(time -> "value of " + age(time, now) + " ago").orElse("no value"));
            input.heldSince().ifPresent(time -> out.append(", empty since ").append(age(time, now)).append(" and held"));
            input.failure().ifPresent(text -> out.append(", error: ").append(text));
            out.append('\n');
        }
        return out.toString();
    }

    private static String age(Instant from, Instant to) {
        long seconds = Math.max(0, Duration.between(from, to).getSeconds());
        return seconds < 120 ? seconds + "s" : seconds < 7_200 ? seconds / 60 + "m" : seconds / 3_600 + "h";
    }
}
