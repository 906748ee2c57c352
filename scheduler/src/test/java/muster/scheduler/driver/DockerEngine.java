package muster.scheduler.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Docker engine of a test's own, with one image {@code bb:1} made of a static busybox; what it lacks is told. */
public final class DockerEngine implements AutoCloseable {
    private static final List<String> TOOLS = List.of("sh", "sleep", "echo", "cat", "id", "env", "head", "base64", "ls", "hostname", "grep", "true");

    private final Path root;
    private final Process daemon;

    private DockerEngine(Path root, Process daemon) {
        this.root = root;
        this.daemon = daemon;
    }

    /** Why none can be started here; "" when one can. */
    public static String lacking() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "a Docker engine needs root";
        }
        if (!Files.isExecutable(Path.of("/usr/sbin/dockerd"))) {
            return "there is no dockerd: install docker.io";
        }
        if (!Files.isExecutable(Path.of("/usr/bin/docker"))) {
            return "there is no docker to import an image with: install docker.io";
        }
        return Files.isExecutable(Path.of("/bin/busybox")) ? "" : "there is no static busybox for an image: install busybox-static";
    }

    /** Starts one below a folder; it answers when this returns. */
    public static DockerEngine start(Path root) throws IOException, InterruptedException {
        Process daemon = new ProcessBuilder("/usr/sbin/dockerd", "--storage-driver=vfs", "--data-root", root + "/data", "--exec-root", root + "/exec",
                "-H", "unix://" + root + "/docker.sock", "--pidfile", root + "/pid", "--iptables=false", "--bridge=none")
                .redirectErrorStream(true).redirectOutput(root.resolve("log").toFile()).start();
        DockerEngine engine = new DockerEngine(root, daemon);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(root.resolve("log")) || !Files.readString(root.resolve("log")).contains("API listen on")) {
            if (!daemon.isAlive() || System.nanoTime() > deadline) {
                engine.close();
                throw new IOException("dockerd did not start: " + Files.readString(root.resolve("log")));
            }
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return engine;
    }

    /** Where it listens. */
    public String endpoint() {
        return "unix://" + root + "/docker.sock";
    }

    /** Takes in a root folder with a busybox as {@code bb:1}. */
    public void image() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(root.resolve("image/bin"));
        Files.createDirectories(root.resolve("image/tmp"));
        Files.createDirectories(root.resolve("image/etc"));
        Files.copy(Path.of("/bin/busybox"), folder.resolve("busybox"));
        for (String tool : TOOLS) {
            Files.createLink(folder.resolve(tool), folder.resolve("busybox"));
        }
        Path archive = root.resolve("image.tar");
        new ProcessBuilder("chmod", "755", folder.resolve("busybox").toString()).start().waitFor();
        new ProcessBuilder("tar", "-C", root.resolve("image").toString(), "-cf", archive.toString(), ".").start().waitFor();
        Process imported = new ProcessBuilder("/usr/bin/docker", "-H", endpoint(), "import", archive.toString(), "bb:1").redirectErrorStream(true).start();
        String said = new String(imported.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (imported.waitFor() != 0) {
            throw new IOException("no image: " + said);
        }
    }

    /** Stops the engine; its containers end with it. */
    @Override
    public void close() throws InterruptedException {
        daemon.destroy();
        if (!daemon.waitFor(30, TimeUnit.SECONDS)) {
            daemon.destroyForcibly();
        }
        unmount();
    }

    /** The engine leaves mounts of its own below its folders. */
    private void unmount() throws InterruptedException {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/mounts")).reversed()) {
                String place = line.split(" ")[1];
                if (place.startsWith(root.toString())) {
                    new ProcessBuilder("umount", "-l", place).start().waitFor();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
