package muster.scheduler.artifact;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A checkout of a repository by the program git, which this node has to have. It asks nobody anything, reads no configuration of the
 * agent's user, runs no hooks, and takes no repository from this node's own disk. Blocks.
 */
final class GitClone {
    private static final int SHOWN = 2 << 10;

    private GitClone() {}

    /** How long one run of git may take, and what of the agent's environment it sees besides. */
    record Terms(Duration timeout, Map<String, String> environment) {}

    /**
     * Clones into a folder that is not there yet.
     *
     * @param scratch a folder for what git needs meanwhile
     */
    static void fetch(Source.Git source, Path into, Path scratch, Terms terms) throws IOException, InterruptedException {
        Map<String, String> options = source.common().options();
        String ref = options.getOrDefault("ref", "");
        String depth = options.getOrDefault("depth", "");
        if (!depth.isEmpty() && !depth.matches("\\d{1,6}")) {
            throw new IOException("depth \"" + depth + "\" has to be a number");
        }
        if (ref.startsWith("-") || source.repository().startsWith("-")) {
            throw new IOException("neither ref nor repository may begin with a dash");
        }
        List<String> ssh = ssh(options.getOrDefault("sshkey", ""), scratch);
        boolean isCommit = ref.matches("[0-9a-f]{7,64}");
        List<String> clone = new ArrayList<>(List.of("clone"));
        if (!depth.isEmpty() && !depth.equals("0") && !isCommit) {
            clone.addAll(List.of("--depth", depth));
        }
        if (!ref.isEmpty() && !isCommit) {
            clone.addAll(List.of("--branch", ref));
        }
        clone.addAll(List.of("--", source.repository(), into.toString()));
        run(clone, ssh, scratch, terms);
        if (isCommit) {
            run(List.of("-C", into.toString(), "checkout", "--detach", ref), ssh, scratch, terms);
        }
        if (Files.exists(into.resolve(".gitmodules"))) {
            run(List.of("-C", into.toString(), "submodule", "update", "--init", "--recursive"), ssh, scratch, terms);
        }
    }

    private static List<String> ssh(String key, Path scratch) throws IOException {
        List<String> command = new ArrayList<>(List.of("ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=accept-new",
                "-o", "UserKnownHostsFile=" + scratch.resolve("known_hosts"), "-F", "/dev/null"));
        if (!key.isEmpty()) {
            Path file = scratch.resolve("key");
            try {
                Files.write(file, Base64.getMimeDecoder().decode(key));
            } catch (IllegalArgumentException e) {
                throw new IOException("sshkey has to be a private key in base64", e);
            }
            Files.setAttribute(file, "unix:mode", 0600);
            command.addAll(List.of("-i", file.toString(), "-o", "IdentitiesOnly=yes"));
        }
        return command;
    }

    private static void run(List<String> arguments, List<String> ssh, Path scratch, Terms terms) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git", "-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false",
                "-c", "protocol.file.allow=never", "-c", "protocol.ext.allow=never"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(scratch.toFile()).redirectErrorStream(true);
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        builder.environment().clear();
        builder.environment().putAll(terms.environment());
        builder.environment().putAll(Map.of("PATH", path, "HOME", scratch.toString(), "GIT_TERMINAL_PROMPT", "0", "GIT_CONFIG_NOSYSTEM", "1",
                "GIT_ALLOW_PROTOCOL", "http:https:ssh:git", "GIT_SSH_COMMAND", String.join(" ", ssh), "LC_ALL", "C"));
        Process process;
        try {
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new IOException("git can't be run: install it on this node (" + e.getMessage() + ")", e);
        }
        CompletableFuture<String> said = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("git-output").start(() -> {
            try {
                said.complete(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                said.complete(e.toString());
            }
        });
        try {
            if (!process.waitFor(terms.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("git " + arguments.getFirst() + " took more than " + terms.timeout().toMinutes() + " minutes");
            }
            if (process.exitValue() != 0) {
                String text = said.completeOnTimeout("", 1, TimeUnit.SECONDS).join().strip();
                throw new IOException("git failed: " + text.substring(Math.max(0, text.length() - SHOWN)));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
