package muster.template.runner;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.template.dependency.Dependency;
import muster.template.function.Context;
import muster.template.language.FunctionException;
import muster.template.language.GoText;
import muster.template.language.MissingKey;
import muster.template.render.AtomicFile;
import muster.template.render.Effects;
import muster.template.render.EnvironmentFile;
import muster.template.render.Output;
import muster.template.render.RenderResult;
import muster.template.render.Renderer;
import muster.template.render.Sandbox;
import muster.template.watch.Moment;
import muster.template.watch.Watcher;

/** One template and where it stands. The thread of its set owns it; {@link #state} may be called by any. */
public final class ManagedTemplate {
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    /**
     * Where it stands.
     *
     * @param used what it asked for last time
     * @param variables of an env template, as last rendered
     * @param missing names of what it waits for
     * @param rendered when its file last was as it should be
     * @param written when its file last changed
     * @param failure why its file is not as it should be though nothing is missing
     * @param retry when a failed write is tried again
     */
    public record State(Set<Dependency<?>> used, Map<String, String> variables, List<String> missing, Optional<Instant> missingSince,
            Optional<Instant> rendered, Optional<Instant> written, Optional<String> failure, Optional<Instant> retry) {
        static final State NEW = new State(Set.of(), Map.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty());

        public State {
            missing = List.copyOf(missing);
            variables = Map.copyOf(variables);
        }
    }

    /** Takes the place of writing for a dry run. */
    @FunctionalInterface
    public interface Destination {
        /** Returns whether the file changed. */
        boolean write(Path file, byte[] contents, Output output, Output.Check check) throws IOException;
    }

    private final TemplateSpec spec;
    private final String text;
    private final Renderer renderer;
    private final Path file;
    private final Sandbox place;
    private final Context.Settings functions;
    private final Output.Check check;
    private Quiescence quiescence;
    /** Monotonic nanoseconds at which it is looked at again without a change; empty for never. */
    private Optional<Long> again = Optional.empty();
    private int failedWrites;
    private boolean deadlineMet;
    private volatile State state = State.NEW;

    private ManagedTemplate(TemplateSpec spec, String text, Renderer renderer, Path file, Sandbox place, Context.Settings functions, Output.Check check) {
        this.spec = spec;
        this.text = text;
        this.renderer = renderer;
        this.file = file;
        this.place = place;
        this.functions = functions;
        this.check = check;
        this.quiescence = Quiescence.idle(spec.quiet());
    }

    /**
     * Reads and parses.
     *
     * @param place where source and destination lie
     * @param check looks at a new file before it replaces the old
     * @throws IOException for a source that can't be read or a destination outside of the place
     * @throws muster.template.language.TemplateException if it does not parse
     */
    public static ManagedTemplate open(TemplateSpec spec, Sandbox place, Context.Settings functions, Output.Check check) throws IOException {
        Path file = place.destination(spec.destination());
        String text = switch (spec.source()) {
            case TemplateSpec.Source.Inline inline -> inline.text();
            case TemplateSpec.Source.FromFile source -> GoText.of(Files.readAllBytes(place.base().resolve(place.readable(source.path()))));
        };
        Renderer renderer = Renderer.parse(spec.sourceName(), text, spec.dialect(), spec.delimiters(),
                spec.errorOnMissingKey() ? MissingKey.ERROR : MissingKey.ZERO, name -> partial(place, name));
        return new ManagedTemplate(spec, text, renderer, file, place, functions, check);
    }

    /** A partial lies beside its template, whose folder and ending the library has put to its name already. */
    private static String partial(Sandbox place, String name) {
        for (String path : List.of(name, name + ".mustache")) {
            if (Files.isRegularFile(place.base().resolve(path))) {
                try {
                    return GoText.of(Files.readAllBytes(place.base().resolve(place.readable(path))));
                } catch (IOException e) {
                    throw new FunctionException("partial " + path + " can't be read");
                }
            }
        }
        throw new FunctionException("partial " + name + " does not exist; it is a file beside the template");
    }

    /** The template's source. */
    public String text() {
        return text;
    }

    public TemplateSpec spec() {
        return spec;
    }

    /** The file it is rendered to. */
    public Path file() {
        return file;
    }

    public State state() {
        return state;
    }

    public boolean isRendered() {
        return state.rendered().isPresent();
    }

    /** Rendered once and to be left alone. */
    boolean isFinished() {
        return spec.once() && isRendered();
    }

    /** The files it reads, where they lie. */
    List<Path> reads() {
        return state.used().stream().filter(Dependency.FileContents.class::isInstance)
                .map(read -> place.base().resolve(((Dependency.FileContents) read).path()).toAbsolutePath().normalize()).toList();
    }

    /** A value it uses changed; before the first rendering nothing is gained by waiting for quiet. */
    void touch(long now) {
        quiescence = isRendered() ? quiescence.changed(now) : new Quiescence(spec.quiet(), true, now, now);
    }

    boolean isDue(long now) {
        return !isFinished() && (quiescence.isDue(now) || again.filter(at -> at - now <= 0).isPresent());
    }

    /** Nanoseconds until it is due; empty while there is nothing to wait for. */
    Optional<Long> remaining(long now) {
        if (isFinished()) {
            return Optional.empty();
        }
        Optional<Long> quiet = quiescence.pending() ? Optional.of(quiescence.remaining(now).toNanos()) : Optional.empty();
        Optional<Long> later = again.map(at -> at - now);
        return quiet.isPresent() && later.isPresent() ? Optional.of(Math.min(quiet.get(), later.get())) : quiet.or(() -> later);
    }

    /** Renders from the values of this moment and replaces the file if all are there. Returns whether the file changed. */
    boolean render(Moment moment, Watcher watcher, Instant now, Destination destination, PrintStream out) {
        quiescence = quiescence.rendered();
        again = Optional.empty();
        RenderResult result = renderer.render(moment.values(spec.waiting().hold()), functions, now);
        boolean written = switch (result) {
            case RenderResult.Rendered output -> write(output, now, destination, out);
            case RenderResult.Missing missing -> wait(missing, missing.missing(), missing.text(), now, destination, out);
            case RenderResult.Failed failed -> failed.missing().isEmpty()
                    ? unfinished(result, Set.of(), Optional.of(failed.message()), now)
                    : wait(result, failed.missing(), null, now, destination, out);
        };
        watcher.heldFor(result.used(), spec.waiting().hold()).ifPresent(this::lookAgainIn);
        return written;
    }

    private void lookAgainIn(Duration pause) {
        long at = System.nanoTime() + pause.toNanos();
        again = Optional.of(again.filter(earlier -> earlier - at < 0).orElse(at));
    }

    private boolean write(RenderResult.Rendered output, Instant now, Destination destination, PrintStream out) {
        try {
            Map<String, String> variables = spec.environment() ? EnvironmentFile.parse(output.text()) : Map.of();
            boolean changed = destination.write(file, GoText.bytes(output.text()), spec.output(), check);
            Effects.perform(output.effects(), place.base(), out);
            failedWrites = 0;
            deadlineMet = false;
            state = new State(output.used(), variables, List.of(), Optional.empty(), Optional.of(now),
                    changed ? Optional.of(now) : state.written(), Optional.empty(), Optional.empty());
            return changed;
        } catch (IOException | IllegalArgumentException e) {
            boolean done = unfinished(output, Set.of(), Optional.of("failed to render " + spec.destination() + ": " + e.getMessage()), now);
            Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(failedWrites++, 10));
            Duration bounded = pause.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : pause;
            lookAgainIn(bounded);
            state = new State(state.used(), state.variables(), state.missing(), state.missingSince(), state.rendered(), state.written(),
                    state.failure(), Optional.of(now.plus(bounded)));
            return done;
        }
    }

    /** Something is missing: waits, or does what the deadline says. @param text with empty values, null where it fails with them */
    private boolean wait(RenderResult result, Set<Dependency<?>> missing, String text, Instant now, Destination destination, PrintStream out) {
        unfinished(result, missing, Optional.empty(), now);
        Optional<Deadline> deadline = spec.waiting().deadline().filter(each -> !deadlineMet);
        if (deadline.isEmpty() || isRendered()) {
            return false;
        }
        Duration left = Duration.between(now, state.missingSince().orElse(now).plus(deadline.get().after()));
        if (left.isPositive()) {
            lookAgainIn(left);
            return false;
        }
        deadlineMet = true;
        State waiting = state;
        String over = "waited " + deadline.get().after().toMillis() + "ms for " + String.join(", ", waiting.missing());
        boolean keep = deadline.get().choice() == Deadline.Choice.KEEP && Files.isRegularFile(file);
        boolean fallBack = deadline.get().choice() == Deadline.Choice.DEFAULT && text != null;
        if (!keep && !fallBack) {
            state = new State(waiting.used(), waiting.variables(), List.of(), waiting.missingSince(), waiting.rendered(), waiting.written(),
                    Optional.of(over + (deadline.get().choice() == Deadline.Choice.KEEP ? " and there is no old file to keep" : "")), Optional.empty());
            return false;
        }
        boolean changed = fallBack && write(new RenderResult.Rendered(text, result.used(), List.of()), now, destination, out);
        deadlineMet = true;
        state = new State(result.used(), state.variables(), waiting.missing(), waiting.missingSince(), Optional.of(now), state.written(),
                state.failure(), state.retry());
        return changed;
    }

    private boolean unfinished(RenderResult result, Set<Dependency<?>> missing, Optional<String> failure, Instant now) {
        List<String> names = new ArrayList<>(missing.stream().map(Object::toString).sorted().toList());
        Optional<Instant> since = names.isEmpty() ? Optional.empty() : state.missingSince().or(() -> Optional.of(now));
        state = new State(result.used(), state.variables(), names, since, state.rendered(), state.written(), failure, Optional.empty());
        return false;
    }

    /** It may not be rendered any more, for this reason. */
    void stop(String why) {
        quiescence = quiescence.rendered();
        again = Optional.empty();
        state = new State(state.used(), state.variables(), List.of(), Optional.empty(), state.rendered(), state.written(), Optional.of(why),
                Optional.empty());
    }

    /** The usual way to write. */
    static boolean replace(Path file, byte[] contents, Output output, Output.Check check) throws IOException {
        return AtomicFile.write(file, contents, output, check);
    }
}
