package muster.template.render;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How a file is to be written.
 *
 * @param permissions those wanted; without, those of the old file, or 0644
 * @param user its owner, by name or number; "" keeps the old file's
 * @param group by name or number; "" keeps the old file's
 * @param createDirectories whether to make missing parents
 * @param backup whether to keep the previous file under the name with {@code .bak} at its end
 */
public record Output(Optional<Set<PosixFilePermission>> permissions, String user, String group, boolean createDirectories, boolean backup) {
    public static final Output DEFAULT = new Output(Optional.empty(), "", "", true, false);

    public Output {
        Objects.requireNonNull(permissions);
    }

    public Output withPermissions(Optional<Set<PosixFilePermission>> wanted) {
        return new Output(wanted, user, group, createDirectories, backup);
    }

    /** Looks at a new file before it replaces the old one. */
    @FunctionalInterface
    public interface Check {
        Check NONE = (candidate, destination) -> { };

        /** Throws with the reason if the file is not good: the old one stays. */
        void examine(Path candidate, Path destination) throws IOException;
    }
}
