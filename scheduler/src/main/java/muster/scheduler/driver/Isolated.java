package muster.scheduler.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What {@code exec} and {@code java} share: tasks in sandboxes and control groups, what the operator and a task may say of
 * them, and whether this machine can do it. Made once for both. Thread-safe.
 */
final class Isolated {
    static final String PATH = "/usr/local/bin:/usr/bin:/bin";
    /** The keys of a task's config that concern its isolation. */
    static final Map<String, ConfigKeys.Kind> TASK_KEYS = Map.of("pid_mode", ConfigKeys.Kind.TEXT, "ipc_mode", ConfigKeys.Kind.TEXT,
            "cap_add", ConfigKeys.Kind.TEXTS, "cap_drop", ConfigKeys.Kind.TEXTS, "cpu_hard_limit", ConfigKeys.Kind.FLAG);
    static final ConfigKeys PLUGIN_KEYS = new ConfigKeys(
            Map.of("default_pid_mode", ConfigKeys.Kind.TEXT, "default_ipc_mode", ConfigKeys.Kind.TEXT,
                    "allow_caps", ConfigKeys.Kind.TEXTS, "no_pivot_root", ConfigKeys.Kind.FLAG, "pids_limit", ConfigKeys.Kind.NUMBER),
            List.of());

    private static final List<String> TOOLS = List.of("unshare", "nsenter", "setpriv", "mount", "umount", "pivot_root", "env");
    private static final List<String> TOOL_FOLDERS = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin");
    private static final List<String> MODES = List.of("private", "host");
    private static final String NOBODY = "nobody";
    /** More than servers need, and few enough that a task that only forks harms nobody else. */
    private static final long MOST_PROCESSES = 4096;
    private static final long PERIOD_MICROS = 100_000;
    private static final Duration PROBE = Duration.ofSeconds(10);

    private final Map<String, String> chrootEnv;
    private final CompletableFuture<Posix> posix = new CompletableFuture<>();
    /** Guarded by this, as are the next two. */
    private Optional<Descriptors> descriptors = Optional.empty();
    private Optional<Cgroups> cgroups = Optional.empty();
    private Optional<Optional<String>> lacking = Optional.empty();

    Isolated(Map<String, String> chrootEnv) {
        this.chrootEnv = chrootEnv;
    }

    /** Why tasks can't be isolated here, with the remedy; empty when they can. Found out once. */
    synchronized Optional<String> lacking() {
        if (lacking.isEmpty()) {
            lacking = Optional.of(probe());
            if (lacking.get().isEmpty()) {
                posix.completeAsync(Posix::new, work -> Thread.ofVirtual().name("isolation-calls").start(work));
            }
        }
        return lacking.get();
    }

    private Optional<String> probe() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.of("requires Linux");
        }
        Optional<String> call = Posix.lacks();
        if (call.isPresent()) {
            return Optional.of("this machine's C library has no " + call.get() + ": glibc 2.34 or newer is needed");
        }
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("the agent must run as root to isolate tasks: " + withoutRoot(tried(List.of("unshare", "--user", "--map-root-user",
                    "--mount", "--pid", "--fork", "--kill-child", "true"))));
        }
        for (String tool : TOOLS) {
            if (TOOL_FOLDERS.stream().noneMatch(folder -> Files.isExecutable(Path.of(folder, tool)))) {
                return Optional.of("there is no " + tool + " on this machine: install util-linux, mount and coreutils");
            }
        }
        Cgroups found = Cgroups.find(Path.of("/proc/self/mounts"));
        cgroups = Optional.of(found);
        if (found.lacking().isPresent()) {
            return found.lacking();
        }
        return tried(List.of("unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "true"))
                .map(said -> "namespaces can't be made: " + said);
    }

    /** What a machine that lets everybody have namespaces still lacks; the other way round, what it said. */
    static String withoutRoot(Optional<String> refusal) {
        return refusal.map(said -> "user namespaces are not to be had here (" + said + ")").orElse("user namespaces are to be had here, but with"
                + " them alone a task has neither a user of its own nor, without control groups, limits");
    }

    /** What a command of this machine says against it; empty when it ends well. */
    private static Optional<String> tried(List<String> command) {
        try {
            TaskHandle.CommandResult tried = SideCommand.run(command, Path.of("/"), Map.of("PATH", String.join(":", TOOL_FOLDERS), "LC_ALL", "C"), PROBE);
            return tried.code() == 0 ? Optional.empty() : Optional.of(tried.output().strip());
        } catch (DriverException e) {
            return Optional.of(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("not looked at to the end");
        }
    }

    /** Which version of control groups holds the tasks, as the node's attribute tells it. */
    synchronized String cgroupVersion() {
        return cgroups.map(found -> found.version().word()).orElse("");
    }

    /** Everything that is wrong with what a task says of its isolation. Pure. */
    static List<String> problems(Config plugin, Config task) {
        List<String> problems = new ArrayList<>();
        for (String key : List.of("pid_mode", "ipc_mode")) {
            if (!MODES.contains(task.text(key, "private"))) {
                problems.add(key + " must be \"private\" or \"host\", got \"" + task.text(key) + "\"");
            }
        }
        problems.addAll(Capabilities.problems(allowed(plugin), task.texts("cap_add"), task.texts("cap_drop")));
        return problems;
    }

    private static Capabilities allowed(Config plugin) {
        return plugin.has("allow_caps") ? Capabilities.of(plugin.texts("allow_caps")) : Capabilities.USUAL;
    }

    private static Sandbox.Terms terms(TaskLaunch launch, Config plugin, Config task) throws DriverException {
        Account account = Account.of(launch.grants().user().isEmpty() ? NOBODY : launch.grants().user(), Path.of("/etc"));
        return new Sandbox.Terms(account,
                Capabilities.granted(allowed(plugin), task.texts("cap_add"), task.texts("cap_drop")),
                Capabilities.of(task.texts("cap_add")),
                task.text("pid_mode", plugin.text("default_pid_mode", "private")).equals("private"),
                task.text("ipc_mode", plugin.text("default_ipc_mode", "private")).equals("private"));
    }

    ChrootPlan plan(TaskLaunch launch) {
        return ChrootPlan.of(launch.folder(), chrootEnv);
    }

    /** Starts a command, named as the task sees it. */
    TaskHandle start(TaskLaunch launch, Config plugin, List<String> command) throws DriverException {
        Optional<String> why = lacking();
        if (why.isPresent()) {
            throw new DriverException("tasks can't be isolated here: " + why.get(), false);
        }
        Config task = new Config(launch.config());
        Sandbox.Terms terms = terms(launch, plugin, task);
        Cgroup group = group(launch, plugin, task);
        Sandbox sandbox = null;
        try {
            sandbox = Sandbox.open(posix.join(), this::descriptors, launch, plan(launch), terms, group.doors());
            return IsolatedTask.start(posix.join(), this::descriptors, launch, sandbox, group, terms, command);
        } catch (DriverException e) {
            if (sandbox != null) {
                sandbox.close();
            }
            remove(group);
            throw e;
        }
    }

    private static void remove(Cgroup group) {
        try {
            group.remove();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Cgroup group(TaskLaunch launch, Config plugin, Config task) throws DriverException {
        TaskGrants.Limits limits = launch.grants().limits();
        long quota = task.flag("cpu_hard_limit", false) ? (long) Math.max(1000, limits.cores() * PERIOD_MICROS) : 0;
        long processes = plugin.number("pids_limit").orElse(MOST_PROCESSES);
        try {
            return known().create(Cgroups.name(launch), limits, quota, processes);
        } catch (IOException e) {
            remove(known().group(Cgroups.name(launch)));
            throw new DriverException("can't limit task " + launch.name() + ": " + e.getMessage(), true);
        }
    }

    private synchronized Cgroups known() {
        return cgroups.orElseThrow(() -> new IllegalStateException("not looked for yet"));
    }

    Optional<TaskHandle> recover(TaskLaunch launch, Config plugin, HandleState state) {
        if (lacking().isPresent()) {
            return Optional.empty();
        }
        try {
            Sandbox.Terms terms = terms(launch, plugin, new Config(launch.config()));
            return Sandbox.Keeper.find(state.detail()).flatMap(keeper -> IsolatedTask.recover(posix.join(), this::descriptors, launch,
                    Sandbox.reopen(posix.join(), plan(launch), terms, keeper), known().group(Cgroups.name(launch)), state, terms));
        } catch (DriverException gone) {
            // The user it ran as is no more: nobody can tell as whom commands beside it would run.
            return Optional.empty();
        }
    }

    private synchronized Descriptors descriptors() {
        if (descriptors.isEmpty()) {
            descriptors = Optional.of(new Descriptors());
        }
        return descriptors.get();
    }
}
