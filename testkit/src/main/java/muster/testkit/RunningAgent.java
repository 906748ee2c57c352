package muster.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An agent with access control, of the registry's kind or the scheduler's, as a process of its own on ports that were free; for tests of
 * client libraries. The agent's class is named, not known: whoever starts one brings the class path.
 */
public final class RunningAgent implements AutoCloseable {
    /** May do everything. */
    public static final String ROOT = "5a8ab3c1-2f5e-4a0f-9f6e-0d3ee8f6a001";

    private static final Duration START = Duration.ofSeconds(120);
    private static final String SETTINGS = """
            acl {
              enabled = true
              default_policy = "deny"
              tokens { master = "%1$s" agent = "%1$s" }
            }
            """.formatted(ROOT);

    private final RunningProgram program;
    private final URI address;

    private RunningAgent(RunningProgram program, URI address) {
        this.program = program;
        this.address = address;
    }

    /** Starts one on the class path that the agent's module wrote down when it was compiled. */
    public static RunningAgent ofModule(Path folder) {
        return start(folder, classPathOfModule());
    }

    /** The same of the scheduler's kind, whose access control is not bootstrapped yet. */
    public static RunningAgent schedulerOfModule(Path folder) {
        return start(folder, classPathOfModule(), "nomad", "acl {\n  enabled = true\n}\n", List.of("-http-port", "0"), "    scheduler (HTTP)");
    }

    /** What the agent's module wrote down when it was compiled, for another of its programs. */
    public static String classPathOfModule() {
        Path built = Path.of("").toAbsolutePath().resolveSibling("agent").resolve("target");
        try {
            return built.resolve("classes") + File.pathSeparator + Files.readString(built.resolve("classpath")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the agent's class path is not there: build with -am", e);
        }
    }

    /** @param folder where its configuration and output go */
    public static RunningAgent start(Path folder, String classPath) {
        return start(folder, classPath, "consul", SETTINGS, List.of("-http-port", "0", "-dns-port", "0"), "    registry (HTTP)");
    }

    private static RunningAgent start(Path folder, String classPath, String tool, String settings, List<String> ports, String api) {
        try {
            Files.writeString(folder.resolve("agent.hcl"), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED", "-cp", classPath, "muster.agent.Main", tool, "agent", "-dev",
                tool.equals("nomad") ? "-config" : "-config-file", "agent.hcl"));
        line.addAll(ports);
        RunningProgram program = RunningProgram.start("agent", folder, Map.of(), line);
        try {
            String listening = program.awaitLine("where its API is", START, text -> text.startsWith(api));
            program.awaitLine("that it is ready", START, text -> text.startsWith("==> Ready"));
            return new RunningAgent(program, URI.create(listening.substring(listening.indexOf("http://")).strip()));
        } catch (RuntimeException | AssertionError e) {
            program.close();
            throw e;
        }
    }

    /** Of its API. */
    public URI address() {
        return address;
    }

    @Override
    public void close() {
        program.close();
    }
}
