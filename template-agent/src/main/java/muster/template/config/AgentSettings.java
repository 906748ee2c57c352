package muster.template.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.template.language.Delimiters;
import muster.template.process.ChildEnvironment;
import muster.template.process.CommandLine;
import muster.template.process.Signals;
import muster.template.render.Dialect;
import muster.template.render.Output;
import muster.template.runner.Deadline;
import muster.template.runner.TemplateSpec;
import muster.template.runner.TemplateSpec.Quiet;
import muster.template.watch.EmptyHold;

/**
 * What the agent is to do. Immutable; made from what files, flags and variables say.
 *
 * @param reload the signal that has the configuration read again, without {@code SIG}; empty for none
 * @param kill the signal that ends the agent
 * @param failOnMissing whether the run ends where something is missing, instead of waiting
 * @param blockWait how long a read may wait at a server
 * @param statusAddress where status is answered over HTTP; empty for nowhere
 */
public record AgentSettings(Mode mode, List<Job> jobs, Optional<Exec> exec, Servers servers, Optional<String> reload, Optional<String> kill,
        boolean failOnMissing, Duration blockWait, LogSettings log, Optional<Path> pidFile, Optional<Deduplicate> deduplicate,
        Optional<String> statusAddress) {
    /** Marks a command that is a list of words. */
    static final String WORDS = "\0words";
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);

    /** How to run. */
    public enum Mode {
        /** Until it is ended. */
        DAEMON,
        /** Until all templates are rendered. */
        ONCE,
        /** As a daemon that prints instead of writing. */
        DRY,
        /** Once, printing. */
        DRY_ONCE,
        /** Only reads the templates. */
        PARSE_ONLY;

        public boolean once() {
            return this == ONCE || this == DRY_ONCE;
        }

        public boolean dry() {
            return this == DRY || this == DRY_ONCE;
        }
    }

    /**
     * One {@code template} block.
     *
     * @param command run after the file changed
     * @param commandTimeout zero does not wait for its end
     * @param check run on the new file, whose path takes the place of {@code {{file}}} or is the last word; the old file stays if it fails
     * @param errorFatal whether an error ends the agent; a single run is ended by any
     * @param denied globs of functions
     * @param sandbox the folder that its functions may read from
     * @param plugins whether it may run programs
     */
    public record Job(TemplateSpec spec, Optional<CommandLine> command, Duration commandTimeout, ChildEnvironment environment,
            Optional<CommandLine> check, boolean errorFatal, List<String> denied, Optional<Path> sandbox, boolean plugins) {}

    /** Exec mode. */
    public record Exec(CommandLine command, ChildEnvironment environment, Duration splay, Optional<String> reload, Optional<String> kill,
            Duration killTimeout) {}

    /**
     * De-duplication between agents.
     *
     * @param prefix of the keys
     * @param ttl of the session that holds a lock
     */
    public record Deduplicate(String prefix, Duration ttl) {}

    /**
     * The log.
     *
     * @param level TRACE, DEBUG, INFO, WARN or ERR
     * @param file besides standard error
     * @param rotateBytes a new file at this size; 0 for no limit
     * @param rotateAfter a new file at this age
     * @param keep how many old files; 0 for all, negative for none
     */
    public record LogSettings(String level, Optional<Path> file, long rotateBytes, Duration rotateAfter, int keep) {}

    public AgentSettings {
        jobs = List.copyOf(jobs);
    }

    /** Reads flags' and files' words. Throws {@link ConfigurationException} for what can't be. */
    public static AgentSettings of(Given given, Map<String, String> env) {
        try {
            return build(given, env);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage());
        }
    }

    private static AgentSettings build(Given given, Map<String, String> env) {
        if (given.flag("syslog.enabled", false)) {
            throw new ConfigurationException("syslog: the log goes to standard error or to log_file; let the service manager pass it on, "
                    + "or remove syslog");
        }
        Mode mode = given.flag("parse_only", false) ? Mode.PARSE_ONLY
                : given.flag("once", false) ? given.flag("dry", false) ? Mode.DRY_ONCE : Mode.ONCE
                : given.flag("dry", false) ? Mode.DRY : Mode.DAEMON;
        List<Job> jobs = new ArrayList<>();
        for (Given template : given.templates()) {
            jobs.add(job(template, given, mode));
        }
        String level = given.text("log_level", env.getOrDefault("CT_LOG", env.getOrDefault("CONSUL_TEMPLATE_LOG",
                env.getOrDefault("CONSUL_TEMPLATE_LOG_LEVEL", "WARN")))).toUpperCase(java.util.Locale.ROOT).replace("ERROR", "ERR");
        if (!List.of("TRACE", "DEBUG", "INFO", "WARN", "ERR").contains(level)) {
            throw new ConfigurationException("log_level \"" + level + "\": it is trace, debug, info, warn or err");
        }
        LogSettings log = new LogSettings(level, given.text("log_file.path").map(Path::of), (long) given.number("log_file.log_rotate_bytes", 0),
                given.duration("log_file.log_rotate_duration", Duration.ofHours(24)), (int) given.number("log_file.log_rotate_max_files", 0));
        Optional<Deduplicate> deduplicate = given.flag("deduplicate.enabled", given.hasAny("deduplicate.")) && mode == Mode.DAEMON
                ? Optional.of(new Deduplicate(given.text("deduplicate.prefix", "consul-template/dedup/"),
                        given.duration("deduplicate.ttl", Duration.ofSeconds(15)))) : Optional.empty();
        return new AgentSettings(mode, jobs, exec(given), Servers.of(given, env), Signals.parse(given.text("reload_signal", "SIGHUP")),
                Signals.parse(given.text("kill_signal", "SIGINT")), given.flag("err_on_failed_lookup", false),
                given.duration("block_query_wait", Duration.ofSeconds(60)), log, given.text("pid_file").filter(path -> !path.isEmpty()).map(Path::of),
                deduplicate, given.text("status_address").filter(address -> !address.isEmpty()));
    }

    private static Job job(Given template, Given given, Mode mode) {
        String source = template.text("source", "");
        Optional<Quiet> wait = quiet(template).or(() -> quiet(given));
        Delimiters delimiters = new Delimiters(template.text("left_delimiter", given.text("default_delimiters.left", "")),
                template.text("right_delimiter", given.text("default_delimiters.right", "")));
        String permissions = template.text("perms", "").replaceFirst("^0+$", "");
        Output output = new Output(TemplateSpec.permissions(permissions), template.text("user", ""), template.text("group", ""),
                template.flag("create_dest_dirs", true), template.flag("backup", false));
        Optional<Duration> hold = template.text("empty_hold").or(() -> given.text("empty_hold")).map(Given::duration);
        Optional<Duration> deadline = template.text("deadline").or(() -> given.text("deadline")).map(Given::duration);
        Deadline.Choice choice = Deadline.Choice.of(template.text("on_deadline", given.text("on_deadline", "fail")));
        TemplateSpec spec = new TemplateSpec(
                source.isEmpty() ? new TemplateSpec.Source.Inline(template.text("contents", "")) : new TemplateSpec.Source.FromFile(source),
                template.text("destination", ""), output, Dialect.of(template.text("dialect", ""), source), delimiters, false,
                new TemplateSpec.ChangeMode.Noop(), Duration.ZERO, mode.once() ? Quiet.NONE : wait.orElse(Quiet.NONE),
                template.flag("error_on_missing_key", false), false,
                new TemplateSpec.Waiting(mode.once() ? EmptyHold.NONE : hold.map(EmptyHold::of).orElse(EmptyHold.DEFAULT),
                        deadline.map(after -> new Deadline(after, choice))));
        Optional<CommandLine> command = command(template.list("command"))
                .or(() -> template.flag("exec.enabled", true) ? command(template.list("exec.command")) : Optional.empty());
        Duration timeout = template.duration("command_timeout", template.duration("exec.timeout", COMMAND_TIMEOUT));
        return new Job(spec, command, timeout, environment(template, "exec.env."), command(template.list("check")),
                template.flag("error_fatal", given.flag("template_error_fatal", false)), template.list("function_denylist"),
                template.text("sandbox_path").filter(path -> !path.isEmpty()).map(Path::of), given.flag("allow_plugins", false));
    }

    private static Optional<Quiet> quiet(Given given) {
        if (!given.hasAny("wait.") || !given.flag("wait.enabled", true)) {
            return given.hasAny("wait.") ? Optional.of(Quiet.NONE) : Optional.empty();
        }
        Duration min = given.duration("wait.min", Duration.ZERO);
        return Optional.of(new Quiet(min, given.duration("wait.max", min.multipliedBy(4))));
    }

    private static Optional<CommandLine> command(List<String> words) {
        if (words.isEmpty() || words.equals(List.of("")) || words.equals(List.of(WORDS))) {
            return Optional.empty();
        }
        return Optional.of(words.getFirst().equals(WORDS) ? CommandLine.of(words.subList(1, words.size())) : CommandLine.of(words.getLast()));
    }

    private static ChildEnvironment environment(Given given, String block) {
        return new ChildEnvironment(given.flag(block + "pristine", false), given.list(block + "custom"), given.list(block + "allowlist"),
                given.list(block + "denylist"));
    }

    private static Optional<Exec> exec(Given given) {
        return command(given.list("exec.command")).filter(command -> given.flag("exec.enabled", true)).map(command -> new Exec(command,
                environment(given, "exec.env."), given.duration("exec.splay", Duration.ZERO), Signals.parse(given.text("exec.reload_signal", "")),
                Signals.parse(given.text("exec.kill_signal", "SIGINT")), given.duration("exec.kill_timeout", Duration.ofSeconds(30))));
    }
}
