package muster.template;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import muster.registry.client.RegistryClient;
import muster.template.config.AgentSettings;
import muster.template.config.Servers;
import muster.template.function.Context;
import muster.template.language.TemplateException;
import muster.template.process.Child;
import muster.template.process.Signals;
import muster.template.render.AtomicFile;
import muster.template.render.Machine;
import muster.template.render.Output;
import muster.template.render.Sandbox;
import muster.template.runner.ManagedTemplate;
import muster.template.runner.Sharing;
import muster.template.runner.TemplateSet;
import muster.template.share.SharedTemplates;
import muster.template.source.BlockingSource;
import muster.template.source.VaultSource;
import muster.template.watch.Sources;

/**
 * Keeps files rendered and runs what is to be run after a change, as consul-template does. The thread that calls {@link #run}
 * owns everything. A template or a command that fails never keeps the others from being done; it ends the agent only where that
 * is asked for, or in a single run once the others are done.
 */
final class TemplateAgent {
    private static final Duration LOOK = Duration.ofMillis(200);

    private final AgentSettings settings;
    private final Map<String, String> env;
    private final RegistryClient registry;
    private final TemplateCommand.Connector connector;
    private final PrintStream out;
    private final AgentLog log;
    private final InstantSource clock = InstantSource.system();
    private final Queue<String> signals = new ConcurrentLinkedQueue<>();
    private final ChangeCommands commands;
    private final Prospects prospects;
    private final List<String> fatal = new ArrayList<>();
    private Map<ManagedTemplate, AgentSettings.Job> jobs = Map.of();
    private Optional<Child> child = Optional.empty();
    private Optional<CompletableFuture<Integer>> childEnd = Optional.empty();
    private boolean allRendered;

    TemplateAgent(AgentSettings settings, Map<String, String> env, RegistryClient registry, TemplateCommand.Connector connector,
            PrintStream out, AgentLog log) {
        this.settings = settings;
        this.env = env;
        this.registry = registry;
        this.connector = connector;
        this.out = out;
        this.log = log;
        this.commands = new ChangeCommands(settings.servers(), env, out, log);
        this.prospects = new Prospects(settings);
    }

    /** How a run ended. @param reload whether it is to be started again with the configuration read anew */
    record Outcome(int exitCode, boolean reload) {}

    Outcome run() {
        log.info("(runner) creating new runner (dry: " + settings.mode().dry() + ", once: " + settings.mode().once() + ")");
        List<ManagedTemplate> entries;
        try {
            entries = open();
        } catch (TemplateException | IOException e) {
            log.error("(cli) " + e.getMessage());
            return new Outcome(AgentCommand.EXIT_RENDER, false);
        }
        if (settings.mode() == AgentSettings.Mode.PARSE_ONLY) {
            return new Outcome(0, false);
        }
        try (Sources others = sources();
                TemplateSet set = new TemplateSet(entries, others, Path.of(""), destination(), out, clock, sharing(entries));
                AutoCloseable taken = settings.mode().once() && settings.exec().isEmpty() ? () -> { } : Signals.take(name -> take(name, set));
                AutoCloseable page = statusPage(set)) {
            log.info("(runner) starting");
            return loop(set);
        } catch (IOException e) {
            log.error("(cli) " + e.getMessage());
            return new Outcome(AgentCommand.EXIT_RENDER, false);
        } catch (InterruptedException e) {
            log.info("(cli) Cleaning up...");
            return new Outcome(AgentCommand.EXIT_INTERRUPTED, false);
        } catch (Exception e) {
            throw e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
        }
    }

    private ManagedTemplate.Destination destination() {
        return settings.mode().dry() ? new DryRun(out) : AtomicFile::write;
    }

    private Sharing sharing(List<ManagedTemplate> entries) {
        return settings.deduplicate().filter(each -> connector.isRemote()).<Sharing>map(each -> new SharedTemplates(entries, each.prefix(), each.ttl(),
                connector.locks(settings.servers().consul().api(settings.blockWait())), log::warn)).orElse(Sharing.NONE);
    }

    private void take(String name, TemplateSet set) {
        signals.add(name);
        set.poke();
    }

    private AutoCloseable statusPage(TemplateSet set) throws IOException {
        if (settings.statusAddress().isEmpty()) {
            return () -> { };
        }
        StatusPage page = new StatusPage(settings.statusAddress().get(), set::status, clock);
        log.info("(runner) status is answered on port " + page.port());
        return page;
    }

    private Sources sources() {
        Servers servers = settings.servers();
        SharedRandom random = new SharedRandom();
        return new Sources(registry, connector.isRemote() ? servers.consul().connections() : 0,
                Optional.of(new BlockingSource(servers.consul().api(settings.blockWait()), random)),
                servers.nomad().map(nomad -> new BlockingSource(nomad, random)),
                servers.vault().map(vault -> new VaultSource(vault, clock, random)));
    }

    private List<ManagedTemplate> open() throws IOException {
        List<ManagedTemplate> entries = new ArrayList<>();
        Map<ManagedTemplate, AgentSettings.Job> byEntry = new java.util.HashMap<>();
        for (AgentSettings.Job job : settings.jobs()) {
            Sandbox place = Sandbox.open(Path.of(""));
            Sandbox readable = job.sandbox().map(root -> new Sandbox(Path.of(""), root)).orElse(place);
            Context.Settings functions = new Context.Settings(env, job.denied(),
                    new Machine(readable, Path.of(job.spec().destination()).toAbsolutePath().toString(), job.plugins()));
            try {
                ManagedTemplate entry = ManagedTemplate.open(job.spec(), place, functions,
                        job.check().<Output.Check>map(command -> new CheckCommand(command, job.environment().of(env), job.commandTimeout(), out))
                                .orElse(Output.Check.NONE));
                entries.add(entry);
                byEntry.put(entry, job);
            } catch (java.nio.file.NoSuchFileException e) {
                throw new IOException("failed to read template: open " + job.spec().sourceName() + ": no such file or directory", e);
            }
        }
        jobs = byEntry;
        return entries;
    }

    private Outcome loop(TemplateSet set) throws InterruptedException, IOException {
        try {
            while (true) {
                Optional<Outcome> end = turn(set);
                if (end.isPresent()) {
                    return end.get();
                }
            }
        } finally {
            log.info("(runner) stopping");
            if (child.isPresent()) {
                Thread.interrupted();
                child.get().end();
            }
        }
    }

    /** One time round: render, run, look at what has come. */
    private Optional<Outcome> turn(TemplateSet set) throws InterruptedException, IOException {
        List<ManagedTemplate> changed = render(set);
        commands.run(changed.stream().map(jobs::get).toList(), (job, why) -> failed(why, settings.mode().once() || job.errorFatal()));
        if (!allRendered && set.entries().stream().allMatch(ManagedTemplate::isRendered)) {
            allRendered = true;
            log.info("(runner) all templates rendered");
            if (settings.exec().isPresent() && !settings.mode().dry()) {
                startChild(settings.exec().get(), set);
            }
        } else if (!changed.isEmpty() && child.isPresent()) {
            child.get().changed().ifPresent(end -> follow(end, set));
        }
        if (!fatal.isEmpty() && set.isSettled() && !Prospects.areLoading(set)) {
            fatal.stream().distinct().forEach(why -> log.error("(cli) " + why));
            return Optional.of(new Outcome(AgentCommand.EXIT_RENDER, false));
        }
        if (settings.mode().once() && allRendered && child.isEmpty()) {
            log.info("(runner) once mode and all templates rendered");
            return Optional.of(new Outcome(0, false));
        }
        Optional<String> hopeless = prospects.hopeless(set, allRendered, clock.instant());
        if (hopeless.isPresent()) {
            log.error("(cli) " + hopeless.get());
            return Optional.of(new Outcome(AgentCommand.EXIT_RENDER, false));
        }
        Optional<Outcome> told = signalled();
        if (told.isPresent()) {
            return told;
        }
        if (childEnd.filter(CompletableFuture::isDone).isPresent()) {
            int code = childEnd.get().join();
            log.info("(cli) child process exited with code " + code);
            return Optional.of(new Outcome(code, false));
        }
        boolean failing = !fatal.isEmpty() || prospects.givesUp() && !set.failing().isEmpty();
        set.awaitDue(failing || settings.failOnMissing() && !allRendered ? LOOK.toNanos() : -1);
        return Optional.empty();
    }

    private List<ManagedTemplate> render(TemplateSet set) {
        TemplateSet.Batch batch = set.renderDue();
        for (ManagedTemplate entry : batch.tried()) {
            ManagedTemplate.State state = entry.state();
            if (state.failure().isPresent()) {
                String why = state.failure().get().startsWith("failed to render") ? state.failure().get()
                        : entry.spec().sourceName() + ": execute: " + state.failure().get();
                failed(why, settings.mode().once() || jobs.get(entry).errorFatal());
            } else if (!state.missing().isEmpty()) {
                log.info("(runner) missing data for " + state.missing().size() + " dependencies");
                state.missing().forEach(name -> log.debug("(runner) missing dependency: " + name));
            }
        }
        for (ManagedTemplate entry : batch.changed()) {
            log.info("(runner) rendered \"" + entry.spec().sourceName() + "\" => \"" + entry.spec().destination() + "\"");
        }
        return batch.changed();
    }

    private void failed(String why, boolean ends) {
        if (ends) {
            fatal.add(why);
        } else {
            log.error("(runner) " + why);
        }
    }

    private void startChild(AgentSettings.Exec exec, TemplateSet set) throws IOException {
        Child started = new Child(exec.command(), exec.environment().of(commands.environment()),
                new Child.Rules(exec.reload(), exec.kill(), exec.killTimeout(), exec.splay()), new SharedRandom(), log::info);
        child = Optional.of(started);
        follow(started.start(), set);
    }

    private void follow(CompletableFuture<Integer> end, TemplateSet set) {
        childEnd = Optional.of(end);
        end.thenRun(set::poke);
    }

    /** Signals that came: reload, kill, and all others for the child. */
    private Optional<Outcome> signalled() throws InterruptedException {
        for (String name = signals.poll(); name != null; name = signals.poll()) {
            if (settings.reload().filter(name::equals).isPresent()) {
                return Optional.of(new Outcome(0, true));
            }
            if (settings.kill().filter(name::equals).isPresent()) {
                log.info("(cli) Cleaning up...");
                return Optional.of(new Outcome(AgentCommand.EXIT_INTERRUPTED, false));
            }
            if (child.isPresent()) {
                child.get().signal(name);
            } else {
                log.debug("(cli) signal " + name + " has no child to go to; it is ignored");
            }
        }
        return Optional.empty();
    }

    /** Many threads draw from it at once. */
    static final class SharedRandom implements java.util.random.RandomGenerator {
        @Override
        public long nextLong() {
            return ThreadLocalRandom.current().nextLong();
        }
    }
}
