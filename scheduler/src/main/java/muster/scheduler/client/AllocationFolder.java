package muster.scheduler.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folders of one allocation: {@code alloc/{data,logs,tmp}} for all of its tasks, and {@code TASK/{local,secrets,tmp}}
 * for each. Modes are the originals': all may write, as tasks may run as other users. (Nomad docs: "filesystem")
 */
record AllocationFolder(Path root) {
    private static final int OPEN = 0777;
    private static final int STICKY = 01777;

    Path shared() {
        return root.resolve("alloc");
    }

    Path logs() {
        return shared().resolve("logs");
    }

    Path task(String name) {
        return root.resolve(name);
    }

    Path local(String task) {
        return task(task).resolve("local");
    }

    Path secrets(String task) {
        return task(task).resolve("secrets");
    }

    /** Makes what the allocation shares; what is there stays. */
    void create() throws IOException {
        Files.createDirectories(root);
        make(shared(), OPEN);
        for (String name : List.of("data", "logs", "tmp")) {
            make(shared().resolve(name), OPEN);
        }
    }

    /** Makes a task's folders; what is there stays. */
    void createTask(String name) throws IOException {
        make(task(name), OPEN);
        make(local(name), OPEN);
        make(secrets(name), OPEN);
        make(task(name).resolve("tmp"), STICKY);
        // Two files that tools of the original expect to be listed.
        touch(task(name).resolve("executor.out"));
        touch(secrets(name).resolve(".nomad-mount"));
    }

    private static void make(Path folder, int mode) throws IOException {
        if (Files.isSymbolicLink(folder)) {
            // A task that was here before may have left it, to have what it leads to opened.
            Files.delete(folder);
        }
        Files.createDirectories(folder);
        // Set by hand: what createDirectories takes as mode is cut by the process's umask.
        Files.setAttribute(folder, "unix:mode", mode);
    }

    private static void touch(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.createFile(file);
            Files.setAttribute(file, "unix:mode", 0644);
        }
    }

    /** Takes over the data of the allocation's predecessor on this node: shared data and the tasks' local folders. */
    void adopt(AllocationFolder previous, List<String> tasks) throws IOException {
        move(previous.shared().resolve("data"), shared().resolve("data"));
        for (String task : tasks) {
            if (isFolder(previous.local(task))) {
                Files.createDirectories(task(task));
                move(previous.local(task), local(task));
            }
        }
    }

    /** A link that a task put in a folder's place leads anywhere, and is not followed. */
    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static void move(Path from, Path to) throws IOException {
        if (isFolder(from)) {
            delete(to);
            Files.move(from, to);
        }
    }

    /** Removes everything. */
    void remove() throws IOException {
        delete(root);
    }

    private static void delete(Path top) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException gone) {
            return;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * The file that a client of the API names, relative to the root. Throws {@link IOException} where it leaves the
     * allocation's folder, by its name or through links.
     */
    Path resolve(String name) throws IOException {
        Path path = root.resolve(name.replaceFirst("^/+", "")).normalize();
        if (!path.startsWith(root) || Files.exists(path) && !path.toRealPath().startsWith(root.toRealPath())) {
            throw new IOException("Path escapes the alloc directory");
        }
        return path;
    }

    /** Whether the path is a task's secret, by its name or by what it leads to. */
    boolean isSecret(Path path) throws IOException {
        return isSecretName(root.relativize(path)) || Files.exists(path) && isSecretName(root.toRealPath().relativize(path.toRealPath()));
    }

    private static boolean isSecretName(Path relative) {
        return relative.getNameCount() > 2 && relative.getName(1).toString().equals("secrets");
    }
}
