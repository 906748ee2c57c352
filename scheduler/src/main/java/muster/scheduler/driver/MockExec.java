package muster.scheduler.driver;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs nothing, and does as its task's {@code config} says: how long a start takes and whether it fails, what is written, when
 * and how the task ends. For trying out what a cluster does with tasks. (Nomad: mock_driver, which is for tests only)
 */
final class MockExec implements Driver {
    static final ConfigKeys PLUGIN_KEYS = new ConfigKeys(Map.of("enabled", ConfigKeys.Kind.FLAG), List.of());

    private static final List<String> DURATIONS = List.of(
            "start_block_for", "run_for", "kill_after", "stdout_repeat_duration", "plugin_exit_after");
    private static final ConfigKeys KEYS = new ConfigKeys(
            Map.ofEntries(
                    Map.entry("start_error", ConfigKeys.Kind.TEXT), Map.entry("start_error_recoverable", ConfigKeys.Kind.FLAG),
                    Map.entry("start_block_for", ConfigKeys.Kind.TEXT), Map.entry("run_for", ConfigKeys.Kind.TEXT),
                    Map.entry("kill_after", ConfigKeys.Kind.TEXT), Map.entry("exit_code", ConfigKeys.Kind.NUMBER),
                    Map.entry("exit_signal", ConfigKeys.Kind.NUMBER), Map.entry("exit_err_msg", ConfigKeys.Kind.TEXT),
                    Map.entry("signal_error", ConfigKeys.Kind.TEXT), Map.entry("stdout_string", ConfigKeys.Kind.TEXT),
                    Map.entry("stdout_repeat", ConfigKeys.Kind.NUMBER), Map.entry("stdout_repeat_duration", ConfigKeys.Kind.TEXT),
                    Map.entry("plugin_exit_after", ConfigKeys.Kind.TEXT)),
            List.of());

    private final boolean enabled;
    private final Map<String, MockTask> tasks = new ConcurrentHashMap<>();
    /** Why it is unhealthy; told once, and healthy again after that. */
    private final AtomicReference<Optional<String>> fault = new AtomicReference<>(Optional.empty());

    MockExec(boolean enabled) {
        this.enabled = enabled;
    }

    @Override
    public String name() {
        return "mock_driver";
    }

    @Override
    public DriverFingerprint fingerprint() {
        if (!enabled) {
            return DriverFingerprint.absent("disabled: set enabled = true in plugin \"mock_driver\" { config { } }");
        }
        return fault.getAndSet(Optional.empty()).map(why -> new DriverFingerprint(true, false, why, Map.of()))
                .orElseGet(DriverFingerprint::usable);
    }

    @Override
    public List<String> problems(TaskLaunch launch) {
        List<String> problems = new ArrayList<>(KEYS.problems(launch.config()));
        Config config = new Config(launch.config());
        for (String key : DURATIONS) {
            if (!config.text(key).isEmpty() && config.duration(key).isEmpty()) {
                problems.add(key + " \"" + config.text(key) + "\" is no duration such as 250ms or 1m30s");
            }
        }
        return problems;
    }

    @Override
    public TaskHandle start(TaskLaunch launch) throws DriverException {
        if (!enabled) {
            throw new DriverException("mock_driver can't run here: " + fingerprint().description(), false);
        }
        Config config = new Config(launch.config());
        try {
            Thread.sleep(config.duration("start_block_for").orElse(Duration.ZERO));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DriverException("the start was broken off", true);
        }
        if (!config.text("start_error").isEmpty()) {
            throw new DriverException(config.text("start_error"), config.flag("start_error_recoverable", false));
        }
        MockTask task = MockTask.start(launch, config, Instant.now());
        String id = launch.owner().allocation() + "/" + launch.name();
        tasks.put(id, task);
        task.ended().thenRun(() -> tasks.remove(id, task));
        config.duration("plugin_exit_after").ifPresent(after -> task.later(after, () -> {
            fault.set(Optional.of("the plugin ended, as plugin_exit_after said"));
            task.end(new ExitStatus(1, 0, "mock_driver's plugin ended", false));
        }));
        return task;
    }

    /** Its tasks are nothing but threads of the agent: they end with it. */
    @Override
    public Optional<TaskHandle> recover(TaskLaunch launch, HandleState state) {
        return Optional.ofNullable(tasks.get(launch.owner().allocation() + "/" + launch.name()));
    }
}
