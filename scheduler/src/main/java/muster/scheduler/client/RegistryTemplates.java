package muster.scheduler.client;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import muster.registry.client.RegistryClient;
import muster.scheduler.job.Template;
import muster.scheduler.job.Values;
import muster.template.language.Delimiters;
import muster.template.language.TemplateException;
import muster.template.render.Dialect;
import muster.template.render.Sandbox;
import muster.template.runner.TaskTemplates;
import muster.template.runner.TemplateListener;
import muster.template.runner.TemplateSpec;

/** The templates of tasks, rendered by the template agent from the registry beside this node. */
final class RegistryTemplates implements Templating {
    private static final Duration DEFAULT_SPLAY = Duration.ofSeconds(5);
    /** As the original's client: templates come from whoever may submit a job. */
    private static final List<String> DENIED = List.of("plugin");

    private final RegistryClient registry;
    private final InstantSource clock;
    private final RandomGenerator seeds;

    /** The generator is used under this object's lock. */
    RegistryTemplates(RegistryClient registry, InstantSource clock, RandomGenerator seeds) {
        this.registry = registry;
        this.clock = clock;
        this.seeds = seeds;
    }

    @Override
    public Open open(Request request, Listener listener) {
        Path task = request.folder().task(request.task());
        try {
            List<TemplateSpec> specs = new ArrayList<>();
            for (Template template : request.templates()) {
                specs.add(spec(template, request.environment(), request.folder()));
            }
            TaskTemplates.Surroundings surroundings = new TaskTemplates.Surroundings(
                    new Sandbox(task, request.folder().root()), request.environment().all(), DENIED);
            RandomGenerator random;
            synchronized (this) {
                random = new SplittableRandom(seeds.nextLong());
            }
            return TaskTemplates.start(specs, surroundings, registry, new Adapter(listener), clock, random)::close;
        } catch (TemplateException | IllegalArgumentException | UncheckedIOException e) {
            listener.failed("Template failed: " + e.getMessage());
            return () -> {};
        }
    }

    private static TemplateSpec spec(Template template, TaskEnvironment environment, AllocationFolder folder) {
        String path = environment.interpolate(Values.text(template.sourcePath()));
        TemplateSpec.Source source = path.isEmpty()
                ? new TemplateSpec.Source.Inline(Values.text(template.embeddedTmpl()))
                : new TemplateSpec.Source.FromFile(path);
        String destination = environment.interpolate(Values.text(template.destPath()));
        if (destination.startsWith("/") && !Path.of(destination).normalize().startsWith(folder.root())) {
            destination = destination.substring(1);
        }
        String left = Values.text(template.leftDelim());
        String right = Values.text(template.rightDelim());
        return new TemplateSpec(source, destination, TemplateSpec.permissions(Values.text(template.perms())),
                Dialect.of(Values.text(template.dialect()), path), new Delimiters(left, right),
                Boolean.TRUE.equals(template.envvars()),
                TemplateSpec.changeMode(Values.text(template.changeMode()), Values.text(template.changeSignal())),
                template.splay() == null ? DEFAULT_SPLAY : template.splay(), TemplateSpec.Quiet.BURST, false, false);
    }

    private record Adapter(Listener listener) implements TemplateListener {
        @Override
        public void waiting(List<String> missing, Instant since) {
            listener.missing(missing);
        }

        @Override
        public void ready(Map<String, String> environment) {
            listener.rendered(environment);
        }

        @Override
        public void changed(muster.template.runner.Reaction reaction) {
            listener.changed(new Reaction(reaction.restart(), reaction.signals()), reaction.environment());
        }

        @Override
        public void failed(String destination, String message) {
            listener.failed("Template failed: " + message);
        }
    }
}
