package muster.scheduler.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Runs a command as it is, as the agent's user, without isolation, in a session and process group of its own. Where control groups can
 * be written each task has one too, by which all that it ever started is found and ended. (Nomad docs: raw_exec driver)
 */
final class RawExec implements Driver {
    private static final ConfigKeys KEYS = new ConfigKeys(
            Map.of("command", ConfigKeys.Kind.TEXT, "args", ConfigKeys.Kind.TEXTS), List.of("command"));
    static final ConfigKeys PLUGIN_KEYS = new ConfigKeys(
            Map.of("enabled", ConfigKeys.Kind.FLAG, "no_cgroups", ConfigKeys.Kind.FLAG), List.of());

    private final boolean enabled;
    private final Optional<String> unsupported;
    private final Cgroups groups;
    private final CompletableFuture<Posix> posix = new CompletableFuture<>();
    /** Guarded by this. */
    private Optional<Descriptors> descriptors = Optional.empty();

    /**
     * The native calls are made ready beside the agent's start, so that the first task need not wait for them.
     *
     * @param groups in which tasks are kept together; where they lack something tasks are process groups alone
     */
    RawExec(boolean enabled, Cgroups groups) {
        this.enabled = enabled;
        this.groups = groups;
        unsupported = Posix.lacks().map(name -> "this machine's C library has no " + name + ": glibc 2.34 or newer is needed");
        if (enabled && unsupported.isEmpty()) {
            posix.completeAsync(Posix::new, work -> Thread.ofVirtual().name("raw-exec-calls").start(work));
        }
    }

    @Override
    public String name() {
        return "raw_exec";
    }

    @Override
    public DriverFingerprint fingerprint() {
        if (!enabled) {
            return DriverFingerprint.absent("disabled: set enabled = true in plugin \"raw_exec\" { config { } }");
        }
        return unsupported.map(DriverFingerprint::absent).orElseGet(() -> groups.lacking().isPresent() ? DriverFingerprint.usable()
                : new DriverFingerprint(true, true, "Healthy", Map.of("unique.cgroup.raw_exec", groups.version().word())));
    }

    @Override
    public List<String> problems(TaskLaunch launch) {
        return KEYS.problems(launch.config());
    }

    @Override
    public TaskHandle start(TaskLaunch launch) throws DriverException {
        if (!fingerprint().detected()) {
            throw new DriverException("raw_exec can't run here: " + fingerprint().description(), false);
        }
        Posix calls = posix.join();
        String command = ConfigKeys.text(launch.config(), "command");
        Path program = find(command, launch);
        List<String> arguments = new ArrayList<>();
        arguments.add(program.toString());
        arguments.addAll(ConfigKeys.texts(launch.config(), "args"));
        Optional<Cgroup> group = groups.lacking().isPresent() ? Optional.empty() : Optional.of(groups.group(Cgroups.name(launch)));
        return RawExecTask.start(calls, this::descriptors, program, arguments, launch, group);
    }

    @Override
    public Optional<TaskHandle> recover(TaskLaunch launch, HandleState state) {
        if (!fingerprint().detected()) {
            return Optional.empty();
        }
        Optional<Cgroup> group = groups.lacking().isPresent() || state.detail().isEmpty() ? Optional.empty()
                : Optional.of(groups.group(state.detail())).filter(Cgroup::exists);
        return RawExecTask.recover(posix.join(), this::descriptors, launch, state, group);
    }

    private synchronized Descriptors descriptors() {
        if (descriptors.isEmpty()) {
            descriptors = Optional.of(new Descriptors());
        }
        return descriptors.get();
    }

    /** A command is looked for in the task's local folder, the task's folder, and then along the task's PATH. */
    static Path find(String command, TaskLaunch launch) throws DriverException {
        if (command.isEmpty()) {
            throw new DriverException("the task's config has an empty command", false);
        }
        List<Path> candidates = new ArrayList<>();
        candidates.add(launch.folder().resolve("local").resolve(command));
        candidates.add(launch.folder().resolve(command));
        String path = launch.environment().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
        if (command.indexOf('/') < 0) {
            for (String folder : path.split(":")) {
                candidates.add(launch.folder().resolve(folder).resolve(command));
            }
        }
        Path refused = null;
        for (Path candidate : candidates) {
            if (Files.isRegularFile(candidate)) {
                if (Files.isExecutable(candidate)) {
                    return real(candidate);
                }
                refused = candidate;
            }
        }
        throw new DriverException(refused == null
                ? "failed to launch command with executor: command \"" + command
                        + "\" not found: neither in the task's folders local and . nor in PATH " + path
                : "failed to launch command with executor: " + refused + " is not executable: set mode 0755", false);
    }

    private static Path real(Path candidate) throws DriverException {
        try {
            // Only the folder is resolved: programs such as busybox act by the name they are called by.
            Path folder = candidate.toAbsolutePath().getParent().toRealPath();
            return folder.resolve(candidate.getFileName());
        } catch (IOException e) {
            throw new DriverException("failed to launch command with executor: " + e.getMessage(), false);
        }
    }
}
