package muster.template.render;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import muster.template.language.FunctionException;

/**
 * The folder that templates may read from and be written to. Links are resolved before a path is judged.
 *
 * @param base relative paths start here
 * @param root nothing outside of it is touched
 */
public record Sandbox(Path base, Path root) {
    /** No restriction: relative paths start at {@code base}, and the root of the file system is the limit. */
    public static Sandbox open(Path base) {
        return new Sandbox(base, base.toAbsolutePath().getRoot());
    }

    public Sandbox {
        base = base.toAbsolutePath().normalize();
        root = root.toAbsolutePath().normalize();
    }

    /**
     * Where a file that will be written lies.
     *
     * @throws IOException with the reason if that would be outside
     */
    public Path destination(String path) throws IOException {
        Path target = base.resolve(path).normalize();
        Path existing = target;
        while (existing != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
            existing = existing.getParent();
        }
        boolean inside = target.startsWith(root) && existing != null && Files.exists(existing)
                && (root.startsWith(existing) || existing.toRealPath().startsWith(root.toRealPath()));
        if (!inside) {
            throw new IOException("template destination path escapes alloc directory: " + path);
        }
        return target;
    }

    /** Returns the path if what it leads to lies inside; for the {@code file} function. */
    public String readable(String path) {
        if (root.getParent() == null) {
            return path;
        }
        try {
            if (!base.resolve(path).toRealPath().startsWith(root.toRealPath())) {
                throw new FunctionException("'" + path + "' is outside of sandbox");
            }
            return path;
        } catch (IOException e) {
            throw new FunctionException("failed to resolve target path: lstat " + path + ": no such file or directory");
        }
    }
}
