package muster.scheduler.client;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import muster.registry.client.RegistryClient;
import muster.scheduler.job.Template;
import muster.scheduler.job.Values;
import muster.template.language.Delimiters;
import muster.template.language.FunctionException;
import muster.template.language.TemplateException;
import muster.template.render.Dialect;
import muster.template.render.Output;
import muster.template.render.Sandbox;
import muster.template.runner.Deadline;
import muster.template.runner.TaskTemplates;
import muster.template.runner.TemplateListener;
import muster.template.runner.TemplateSpec;
import muster.template.runner.TemplateStatus;
import muster.template.source.BlockingSource;
import muster.template.source.Retry;
import muster.template.source.Source;
import muster.template.watch.EmptyHold;
import muster.template.watch.Sources;

/** The templates of tasks, rendered by the template agent from the registry beside this node. */
final class RegistryTemplates implements Templating {
    private static final Duration DEFAULT_SPLAY = Duration.ofSeconds(5);
    /** As the original's client: templates come from whoever may submit a job. */
    private static final List<String> DENIED = List.of("executeTemplate", "plugin", "writeToFile");
    private static final Duration SCRIPT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration API_WAIT = Duration.ofMinutes(5);

    private final Sources sources;
    private final InstantSource clock;
    private final RandomGenerator seeds;

    /** The generator is used under this object's lock. */
    RegistryTemplates(Sources sources, InstantSource clock, RandomGenerator seeds) {
        this.sources = sources;
        this.clock = clock;
        this.seeds = seeds;
    }

    /** Over the registry beside this node, and the HTTP APIs of it and of this agent's scheduler. Vault is not asked: its token is the agent's. */
    static RegistryTemplates of(RegistryClient registry, ClientSettings settings, InstantSource clock, RandomGenerator seeds) {
        Optional<Source> consul = settings.registryAddress().isEmpty() ? Optional.empty()
                : Optional.of(api("Consul", settings.registryAddress(), Map.of(), seeds));
        return new RegistryTemplates(new Sources(registry, 0, consul, Optional.of(api("Nomad", settings.api().inside(), settings.api().headers(), seeds)), Optional.empty()),
                clock, seeds);
    }

    private static Source api(String system, String address, Map<String, String> headers, RandomGenerator seeds) {
        return new BlockingSource(new BlockingSource.Settings(
                system, address, Optional.empty(), headers, API_WAIT, Map.of(), Retry.DEFAULT), new SynchronizedRandom(seeds));
    }

    /** One generator for the threads of many watches. */
    private record SynchronizedRandom(RandomGenerator random) implements RandomGenerator {
        @Override
        public synchronized long nextLong() {
            return random.nextLong();
        }
    }

    @Override
    public Open open(Request request, Listener listener) {
        Path task = request.folder().task(request.task());
        try {
            List<TemplateSpec> specs = new ArrayList<>();
            Map<TemplateSpec, Output.Check> checks = new IdentityHashMap<>();
            for (Template template : request.templates()) {
                TemplateSpec spec = spec(template, request.views(), request.folder());
                specs.add(spec);
                checks.put(spec, template.check() == null ? Output.Check.NONE : new TaskCheck(template.check(), request, listener));
            }
            TaskTemplates.Surroundings surroundings = new TaskTemplates.Surroundings(
                    new Sandbox(task, request.folder().root()), request.views().task().all(), DENIED, request.running(), checks::get);
            RandomGenerator random;
            synchronized (this) {
                random = new SplittableRandom(seeds.nextLong());
            }
            return new Following(TaskTemplates.start(specs, surroundings, sources, new Adapter(listener), clock, random));
        } catch (TemplateException | FunctionException | IllegalArgumentException | UncheckedIOException e) {
            listener.failed("Template failed: " + e.getMessage());
            return () -> {};
        }
    }

    private static TemplateSpec spec(Template template, TaskViews views, AllocationFolder folder) {
        TaskEnvironment environment = views.agent();
        String path = environment.interpolate(Values.text(template.sourcePath()));
        TemplateSpec.Source source = path.isEmpty()
                ? new TemplateSpec.Source.Inline(Values.text(template.embeddedTmpl()))
                : new TemplateSpec.Source.FromFile(path);
        String destination = environment.interpolate(Values.text(template.destPath()));
        if (destination.startsWith("/") && !Path.of(destination).normalize().startsWith(folder.root())) {
            destination = destination.substring(1);
        }
        Delimiters delimiters = new Delimiters(Values.text(template.leftDelim()), Values.text(template.rightDelim()));
        Output output = new Output(TemplateSpec.permissions(Values.text(template.perms())), owner(template.uid()), owner(template.gid()), true, false);
        Template.WaitConfig wait = template.quiet();
        TemplateSpec.Quiet quiet = wait == null || wait.min() == null ? TemplateSpec.Quiet.BURST
                : new TemplateSpec.Quiet(wait.min(), wait.max() == null ? wait.min().multipliedBy(4) : wait.max());
        EmptyHold hold = template.emptyHold() == null ? EmptyHold.DEFAULT : EmptyHold.of(template.emptyHold());
        return new TemplateSpec(source, destination, output, Dialect.of(Values.text(template.dialect()), path), delimiters,
                Boolean.TRUE.equals(template.envvars()), changeMode(template, views.task()),
                template.splay() == null ? DEFAULT_SPLAY : template.splay(), quiet, Boolean.TRUE.equals(template.errMissingKey()),
                Boolean.TRUE.equals(template.once()), new TemplateSpec.Waiting(hold, deadline(template)));
    }

    private static Optional<Deadline> deadline(Template template) {
        String choice = Values.text(template.onDeadline());
        return Optional.ofNullable(template.deadline()).map(after -> new Deadline(after, Deadline.Choice.of(choice.isEmpty() ? "fail" : choice)));
    }

    private static String owner(Integer number) {
        return number == null || number < 0 ? "" : number.toString();
    }

    private static TemplateSpec.ChangeMode changeMode(Template template, TaskEnvironment environment) {
        String mode = Values.text(template.changeMode());
        Template.ChangeScript script = template.changeScript();
        if (!mode.equals("script") || script == null) {
            return TemplateSpec.changeMode(mode, Values.text(template.changeSignal()));
        }
        return new TemplateSpec.ChangeMode.Script(new TemplateSpec.ChangeScript(environment.interpolate(Values.text(script.command())),
                Values.orEmpty(script.args()).stream().map(environment::interpolate).toList(),
                script.timeout() == null ? SCRIPT_TIMEOUT : script.timeout(), Boolean.TRUE.equals(script.failOnError()),
                Boolean.TRUE.equals(script.runOnFirstRender())));
    }

    private record Following(TaskTemplates templates) implements Open {
        @Override
        public List<Map<String, Object>> status() {
            return templates.status().stream().map(TemplateStatus::json).toList();
        }

        @Override
        public void close() {
            templates.close();
        }
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
            List<Script> scripts = reaction.scripts().stream().map(script -> {
                List<String> command = new ArrayList<>(List.of(script.command()));
                command.addAll(script.args());
                return new Script(command, script.timeout(), script.failOnError());
            }).toList();
            listener.changed(new Reaction(reaction.restart(), reaction.signals(), scripts), reaction.environment());
        }

        @Override
        public void failed(String destination, String message) {
            listener.failed("Template failed: " + message);
        }
    }
}
