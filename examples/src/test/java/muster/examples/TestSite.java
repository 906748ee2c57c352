package muster.examples;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import muster.testkit.FreePorts;
import muster.testkit.RunningProgram;

/**
 * An agent of a test as a process of its own, on ports that were free, run from the test's class path, with the programs of
 * the tutorials first in its PATH; and a user in front of it. Closing ends the agent, and fails when its end is not orderly.
 */
final class TestSite implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(30);
    private static final Map<String, String> MAINS = Map.of(
            "greet", "muster.examples.Greet",
            "http-echo", "muster.examples.HttpEcho",
            "traefik", "muster.agent.Main traefik",
            "nomad", "muster.cli.Main nomad",
            "consul", "muster.cli.Main consul");

    private final RunningProgram agent;
    private final User user;

    private TestSite(RunningProgram agent, User user) {
        this.agent = agent;
        this.user = user;
    }

    /** @param folder empty; programs, the user's files and the agent's output go there */
    static TestSite start(Path folder) {
        Path bin = programs(folder);
        List<String> line = RunningProgram.java(muster.agent.Main.class, "muster", "agent", "-dev", "-datacenter", Site.DATACENTER,
                "-http-port", "0", "-dns-port", "0", "-scheduler-port", "0", "-lb-port", "0", "-lb-api-port", "0");
        Map<String, String> environment = Map.of("PATH", bin + File.pathSeparator + System.getenv("PATH"));
        RunningProgram agent = RunningProgram.start("agent", folder, environment, line);
        try {
            agent.awaitLine("that it is ready", Duration.ofSeconds(90), text -> text.startsWith("==> Ready"));
            String summary = String.join("\n", agent.output());
            Site site = new Site(bin, Path.of("").toAbsolutePath(), address(summary, "registry (HTTP)"), address(summary, "scheduler (HTTP)"),
                    Integer.parseInt(address(summary, "DNS (UDP and TCP)").replaceFirst(".*:", "")), address(summary, "load balancer"),
                    address(summary, "load balancer (API)"), changes());
            return new TestSite(agent, new User(site, folder));
        } catch (RuntimeException | AssertionError e) {
            agent.close();
            throw e;
        }
    }

    /** Free ports for the fixed ones, and a second of health instead of ten, so that a test takes no longer than it has to. */
    private static UnaryOperator<String> changes() {
        List<Integer> fixed = List.of(1234, 8080, 8081, 5678);
        List<Integer> free = FreePorts.some(fixed.size());
        Map<String, String> ports = fixed.stream().collect(
                Collectors.toMap(port -> port.toString(), port -> free.get(fixed.indexOf(port)).toString()));
        Pattern pattern = Pattern.compile("\\b(" + String.join("|", ports.keySet()) + ")\\b");
        return text -> pattern.matcher(text).replaceAll(found -> ports.get(found.group()))
                .replace("  type        = \"service\"\n", "  type        = \"service\"\n\n  update {\n    min_healthy_time = \"1s\"\n  }\n")
                .replace("+ MinHealthyTime:   \"10000000000\"", "+ MinHealthyTime:   \"1000000000\"");
    }

    private static Path programs(Path folder) {
        Path bin = folder.resolve("bin");
        try {
            Files.createDirectory(bin);
            for (Map.Entry<String, String> main : MAINS.entrySet()) {
                Path program = bin.resolve(main.getKey());
                Files.writeString(program, "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                        + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx96m -Xlog:disable -cp '" + System.getProperty("java.class.path")
                        + "' " + main.getValue() + " \"$@\"\n");
                Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bin;
    }

    private static String address(String summary, String what) {
        Matcher line = Pattern.compile("^    " + Pattern.quote(what) + " +(\\S+)$", Pattern.MULTILINE).matcher(summary);
        if (!line.find()) {
            throw new AssertionError("the agent does not say where its " + what + " is:\n" + summary);
        }
        return line.group(1);
    }

    User user() {
        return user;
    }

    Site site() {
        return user.site();
    }

    RunningProgram agent() {
        return agent;
    }

    @Override
    public void close() {
        try (agent) {
            int exit = agent.isAlive() ? agent.terminate(END) : agent.awaitExit(END);
            if (exit != 0) {
                throw new AssertionError("the agent ended with exit code " + exit + ":\n" + String.join("\n", agent.output()));
            }
        }
    }
}
