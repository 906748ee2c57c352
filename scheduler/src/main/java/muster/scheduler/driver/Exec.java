package muster.scheduler.driver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a command isolated from the machine and within its limits: a folder of its own as root, processes of its own, a user
 * without rights, and a control group. (Nomad docs: exec driver)
 */
final class Exec implements Driver {
    private static final ConfigKeys KEYS = keys();

    private final Isolated isolated;
    private final Config plugin;

    Exec(Isolated isolated, Config plugin) {
        this.isolated = isolated;
        this.plugin = plugin;
    }

    private static ConfigKeys keys() {
        Map<String, ConfigKeys.Kind> keys = new HashMap<>(Isolated.TASK_KEYS);
        keys.put("command", ConfigKeys.Kind.TEXT);
        keys.put("args", ConfigKeys.Kind.TEXTS);
        return new ConfigKeys(keys, List.of("command"));
    }

    @Override
    public String name() {
        return "exec";
    }

    @Override
    public Isolation isolation() {
        return Isolation.CHROOT;
    }

    @Override
    public DriverFingerprint fingerprint() {
        return isolated.lacking().map(DriverFingerprint::absent).orElseGet(() -> new DriverFingerprint(
                true, true, "Healthy", Map.of("driver.exec.cgroups", isolated.cgroupVersion())));
    }

    @Override
    public List<String> problems(TaskLaunch launch) {
        List<String> problems = new ArrayList<>(KEYS.problems(launch.config()));
        problems.addAll(Isolated.problems(plugin, new Config(launch.config())));
        return problems;
    }

    @Override
    public TaskHandle start(TaskLaunch launch) throws DriverException {
        Config config = new Config(launch.config());
        String path = launch.environment().getOrDefault("PATH", Isolated.PATH);
        ChrootPlan plan = isolated.plan(launch);
        String program = plan.find(config.text("command"), path).orElseThrow(() -> notFound(plan, config.text("command"), path));
        Optional<String> refusal = Program.refusal(plan.onHost(program), plan::onHost);
        if (refusal.isPresent()) {
            throw new DriverException("failed to launch command with executor: can't start " + program + ": " + refusal.get(), false);
        }
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(config.texts("args"));
        return isolated.start(launch, plugin, command);
    }

    private static DriverException notFound(ChrootPlan plan, String command, String path) {
        Optional<String> refused = plan.notExecutable(command, path);
        return new DriverException("failed to launch command with executor: " + (refused.isPresent()
                ? refused.get() + " is not executable: set mode 0755"
                : "command \"" + command + "\" not found: neither in the task's folders /local and / nor in PATH " + path
                        + " of what the task sees (chroot_env)"), false);
    }

    @Override
    public Optional<TaskHandle> recover(TaskLaunch launch, HandleState state) {
        return isolated.recover(launch, plugin, state);
    }
}
