package muster.scheduler.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a Java program, isolated as {@code exec} does it: {@code java} of the machine, a jar or a class. (Nomad docs: java
 * driver)
 */
final class JavaTasks implements Driver {
    private static final ConfigKeys KEYS = keys();
    private static final Duration ASK = Duration.ofSeconds(20);

    private final Isolated isolated;
    private final Config plugin;
    private final String path;
    /** Guarded by this: the program that was asked last, and what it said. */
    private Path asked = Path.of("");
    private Map<String, String> versions = Map.of();

    /** With the folders in which {@code java} is looked for. */
    JavaTasks(Isolated isolated, Config plugin, String path) {
        this.isolated = isolated;
        this.plugin = plugin;
        this.path = path;
    }

    private static ConfigKeys keys() {
        Map<String, ConfigKeys.Kind> keys = new HashMap<>(Isolated.TASK_KEYS);
        keys.put("class", ConfigKeys.Kind.TEXT);
        keys.put("class_path", ConfigKeys.Kind.TEXT);
        keys.put("jar_path", ConfigKeys.Kind.TEXT);
        keys.put("jvm_options", ConfigKeys.Kind.TEXTS);
        keys.put("args", ConfigKeys.Kind.TEXTS);
        return new ConfigKeys(keys, List.of());
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public Isolation isolation() {
        return Isolation.CHROOT;
    }

    @Override
    public DriverFingerprint fingerprint() {
        Optional<String> lacking = isolated.lacking();
        if (lacking.isPresent()) {
            return DriverFingerprint.absent(lacking.get());
        }
        Optional<Path> program = program();
        if (program.isEmpty()) {
            return DriverFingerprint.absent("no java in PATH " + path);
        }
        Map<String, String> found = ask(program.get());
        return found.isEmpty() ? DriverFingerprint.absent(program.get() + " -version does not tell its version")
                : new DriverFingerprint(true, true, "Healthy", found);
    }

    /** The program in PATH, all links followed, so that it can be found below {@code /usr} where a link outside of that leads to it. */
    private Optional<Path> program() {
        for (String folder : path.split(":")) {
            Path candidate = Path.of(folder.isEmpty() ? "." : folder).resolve("java");
            if (Files.isExecutable(candidate)) {
                try {
                    return Optional.of(candidate.toRealPath());
                } catch (IOException gone) {
                    continue;
                }
            }
        }
        return Optional.empty();
    }

    private synchronized Map<String, String> ask(Path program) {
        if (!program.equals(asked)) {
            try {
                versions = versions(SideCommand.run(List.of(program.toString(), "-version"), Path.of("/"), Map.of("PATH", path), ASK).output());
                asked = program;
            } catch (DriverException e) {
                return Map.of();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Map.of();
            }
        }
        return versions;
    }

    /** What the three lines of {@code java -version} tell; empty when they are none. */
    static Map<String, String> versions(String text) {
        List<String> lines = text.lines().map(String::strip)
                .filter(line -> !line.startsWith("Picked up ") && !line.isEmpty() && !line.startsWith("WARNING")).toList();
        if (lines.size() < 3 || lines.getFirst().split("\"").length < 2) {
            return Map.of();
        }
        return Map.of("driver.java.version", lines.getFirst().split("\"")[1], "driver.java.runtime", lines.get(1), "driver.java.vm", lines.get(2));
    }

    @Override
    public List<String> problems(TaskLaunch launch) {
        List<String> problems = new ArrayList<>(KEYS.problems(launch.config()));
        Config config = new Config(launch.config());
        if (config.text("jar_path").isEmpty() && config.text("class").isEmpty()) {
            problems.add("jar_path or class must be specified");
        }
        problems.addAll(Isolated.problems(plugin, config));
        return problems;
    }

    @Override
    public TaskHandle start(TaskLaunch launch) throws DriverException {
        Path program = program().orElseThrow(() -> new DriverException("no java in PATH " + path, false));
        ChrootPlan plan = isolated.plan(launch);
        if (!Files.isExecutable(plan.onHost(program.toString()))) {
            throw new DriverException("tasks don't see " + program + ": add the folder of that Java to client.chroot_env", false);
        }
        return isolated.start(launch, plugin, command(program.toString(), launch));
    }

    /** The whole command. What it says of memory comes first, so that the task's own options win. */
    static List<String> command(String program, TaskLaunch launch) {
        Config config = new Config(launch.config());
        List<String> command = new ArrayList<>(List.of(program));
        long memory = launch.grants().limits().hardMemoryBytes();
        if (memory > 0) {
            // A virtual machine that sees no control group sizes itself after the whole machine.
            command.add("-XX:MaxRAM=" + memory);
        }
        command.addAll(config.texts("jvm_options"));
        if (!config.text("class_path").isEmpty()) {
            command.addAll(List.of("-cp", config.text("class_path")));
        }
        if (config.text("jar_path").isEmpty()) {
            command.add(config.text("class"));
        } else {
            command.addAll(List.of("-jar", config.text("jar_path")));
        }
        command.addAll(config.texts("args"));
        return command;
    }

    @Override
    public Optional<TaskHandle> recover(TaskLaunch launch, HandleState state) {
        return isolated.recover(launch, plugin, state);
    }
}
