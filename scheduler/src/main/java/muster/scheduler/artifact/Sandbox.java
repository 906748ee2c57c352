package muster.scheduler.artifact;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * An allocation's folder, which nothing that is fetched may leave: not by a name, not through a link that is there or comes along. What
 * is about to be written is looked at again each time, as tasks of the allocation may run meanwhile.
 *
 * @param root the allocation's folder
 * @param task the folder of the task, to which relative paths refer
 */
public record Sandbox(Path root, Path task) {
    /** A destination that a job names. */
    Path destination(String name) throws IOException {
        Path path = Path.of(name);
        Path target = (path.startsWith(root) ? path : task.resolve(name.replaceFirst("^/+", ""))).normalize();
        if (!target.startsWith(root)) {
            throw new IOException("destination \"" + name + "\" escapes the allocation's folder");
        }
        return target;
    }

    /** A file that a job names as source. */
    Path source(String name) throws IOException {
        Path path = task.resolve(name).normalize();
        if (!path.startsWith(root) || !Files.exists(path) || !path.toRealPath().startsWith(root.toRealPath())) {
            throw new IOException("the path \"" + name + "\" is not there, or not in the allocation's folder: only files in it can be sources");
        }
        return path;
    }

    /** Makes a folder and those above it; throws where the way there leads out by a link. */
    public void makeFolder(Path folder) throws IOException {
        Path existing = folder;
        while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
            existing = existing.getParent();
        }
        if (!existing.toRealPath().startsWith(root.toRealPath())) {
            throw new IOException("\"" + task.relativize(folder) + "\" leads out of the allocation's folder through a link");
        }
        Files.createDirectories(folder);
    }

    /** Prepares a place for a file: its folder is there, and nothing of its name, lest it be written through a link. */
    void makeRoom(Path file) throws IOException {
        makeFolder(file.getParent());
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("\"" + task.relativize(file) + "\" is a folder already");
        }
        Files.deleteIfExists(file);
    }

    /** Makes a link that leads to something below the same top. */
    void link(Path link, String target, Path top) throws IOException {
        Path to = Path.of(target);
        if (to.isAbsolute() || !link.getParent().resolve(to).normalize().startsWith(top)) {
            throw new IOException("the link \"" + top.relativize(link) + "\" leads out of the destination, to \"" + target + "\"");
        }
        makeRoom(link);
        Files.createSymbolicLink(link, to);
    }

    /** Moves what a folder holds into another, file by file; links in it are judged as those of archives. */
    void moveInto(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                makeFolder(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path place = to.resolve(from.relativize(file));
                if (attributes.isSymbolicLink()) {
                    link(place, Files.readSymbolicLink(file).toString(), to);
                } else {
                    makeRoom(place);
                    Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    static void delete(Path top) throws IOException {
        if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
