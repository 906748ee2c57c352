package muster.template.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;
import muster.template.function.Context;
import muster.template.language.GoText;
import muster.template.render.AtomicFile;
import muster.template.render.EnvironmentFile;
import muster.template.render.RenderResult;
import muster.template.render.Renderer;
import muster.template.render.Sandbox;

/** One template of a task and where it stands. The templates' thread owns it; {@link #state} may be called by any. */
final class TaskTemplate {
    /**
     * Where it stands.
     *
     * @param used what it asked for last time
     * @param variables of an env template, as last rendered
     * @param rendered when its file last was as it should be
     */
    record State(Set<Dependency<?>> used, Map<String, String> variables, List<String> missing, Optional<Instant> missingSince,
            Optional<Instant> rendered, Optional<String> failure) {
        private static final State NEW =
                new State(Set.of(), Map.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private final TemplateSpec spec;
    private final Renderer renderer;
    private final Path file;
    private Quiescence quiescence;
    private volatile State state = State.NEW;

    private TaskTemplate(TemplateSpec spec, Renderer renderer, Path file) {
        this.spec = spec;
        this.renderer = renderer;
        this.file = file;
        this.quiescence = Quiescence.idle(spec.quiet());
    }

    /** Reads and parses; throws IOException for a source that can't be read or a destination outside of the sandbox. */
    static TaskTemplate open(TemplateSpec spec, Sandbox sandbox) throws IOException {
        Path file = sandbox.destination(spec.destination());
        String name = spec.source() instanceof TemplateSpec.Source.FromFile source ? source.path() : "(dynamic)";
        String text = switch (spec.source()) {
            case TemplateSpec.Source.Inline inline -> inline.text();
            case TemplateSpec.Source.FromFile source ->
                GoText.of(Files.readAllBytes(sandbox.base().resolve(sandbox.readable(source.path()))));
        };
        return new TaskTemplate(
                spec, Renderer.parse(name, text, spec.dialect(), spec.delimiters(), spec.errorOnMissingKey()), file);
    }

    TemplateSpec spec() {
        return spec;
    }

    State state() {
        return state;
    }

    boolean isRendered() {
        return state.rendered().isPresent();
    }

    /** Rendered once and to be left alone. */
    boolean isFinished() {
        return spec.once() && isRendered();
    }

    /** A value it uses changed; before the first rendering nothing is gained by waiting for quiet. */
    void touch(long now) {
        quiescence = isRendered() ? quiescence.changed(now) : new Quiescence(spec.quiet(), true, now, now);
    }

    boolean isDue(long now) {
        return quiescence.isDue(now);
    }

    /** Nanoseconds until it is due; empty while nothing changed. */
    Optional<Long> remaining(long now) {
        return quiescence.pending() ? Optional.of(quiescence.remaining(now).toNanos()) : Optional.empty();
    }

    /** Renders from these values and replaces the file if all are there. Returns whether the file changed. */
    boolean render(Values values, Context.Settings settings, Instant now) {
        quiescence = quiescence.rendered();
        RenderResult result = renderer.render(values, settings, now);
        return switch (result) {
            case RenderResult.Rendered output -> write(output, now);
            case RenderResult.Missing missing -> unfinished(result, missing.missing(), Optional.empty(), now);
            case RenderResult.Failed failed -> unfinished(result, failed.missing(), Optional.of(failed.message()), now);
        };
    }

    private boolean write(RenderResult.Rendered output, Instant now) {
        try {
            Map<String, String> variables = spec.environment() ? EnvironmentFile.parse(output.text()) : Map.of();
            boolean written = AtomicFile.write(file, GoText.bytes(output.text()), spec.permissions(), true);
            state = new State(output.used(), variables, List.of(), Optional.empty(), Optional.of(now), Optional.empty());
            return written;
        } catch (IOException | IllegalArgumentException e) {
            return unfinished(output, Set.of(), Optional.of("failed to render " + spec.destination() + ": " + e.getMessage()), now);
        }
    }

    private boolean unfinished(RenderResult result, Set<Dependency<?>> missing, Optional<String> failure, Instant now) {
        List<String> names = missing.stream().map(Object::toString).sorted().toList();
        Optional<Instant> since = names.isEmpty() ? Optional.empty() : state.missingSince().or(() -> Optional.of(now));
        state = new State(result.used(), state.variables(), names, since, state.rendered(), failure);
        return false;
    }
}
