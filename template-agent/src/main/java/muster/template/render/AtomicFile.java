package muster.template.render;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Replaces files so that a reader sees the old contents or the new, never a part. */
public final class AtomicFile {
    private static final Set<PosixFilePermission> DEFAULT = PosixFilePermissions.fromString("rw-r--r--");

    private AtomicFile() {}

    /** As below, with an owner that stays, no backup and no check. */
    public static boolean write(Path file, byte[] contents, Optional<Set<PosixFilePermission>> permissions, boolean createDirectories)
            throws IOException {
        return write(file, contents, new Output(permissions, "", "", createDirectories, false), Output.Check.NONE);
    }

    /**
     * Writes beside the destination, has it checked, then renames. A file that already has these bytes, permissions and owner is
     * left alone.
     *
     * @return whether anything was written
     */
    public static boolean write(Path file, byte[] contents, Output output, Output.Check check) throws IOException {
        boolean exists = Files.isRegularFile(file);
        Set<PosixFilePermission> wanted = output.permissions().orElse(exists ? Files.getPosixFilePermissions(file) : DEFAULT);
        Owner owner = Owner.of(output.user(), output.group());
        if (exists && Files.size(file) == contents.length && Arrays.equals(Files.readAllBytes(file), contents)
                && Files.getPosixFilePermissions(file).equals(wanted) && owner.owns(file)) {
            return false;
        }
        Path directory = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(directory)) {
            if (!output.createDirectories()) {
                throw new IOException(directory + ": parent directory is missing; create it or set create_dest_dirs");
            }
            Files.createDirectories(directory);
        }
        Path temporary = Files.createTempFile(directory, "." + file.getFileName(), ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            fill(temporary, contents);
            Files.setPosixFilePermissions(temporary, wanted);
            if (exists) {
                Owner.of(file).whereUnset(owner).giveIfAllowed(temporary);
            }
            owner.give(temporary);
            check.examine(temporary, file);
            if (output.backup() && exists) {
                Path backup = directory.resolve(file.getFileName() + ".bak");
                Files.deleteIfExists(backup);
                Files.createLink(backup, file);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return true;
    }

    private static void fill(Path file, byte[] contents) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(contents);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            // The rename that follows must not come to the disk before the contents; times may.
            channel.force(false);
        }
    }

    /** Permissions from octal text such as {@code 0644}. Throws {@link IllegalArgumentException} naming it if it is none. */
    public static Set<PosixFilePermission> permissions(String octal) {
        if (!octal.matches("0{0,2}[0-7]{3}")) {
            throw new IllegalArgumentException("permissions \"" + octal + "\" are not octal text such as \"0644\"");
        }
        int bits = Integer.parseInt(octal, 8);
        PosixFilePermission[] all = PosixFilePermission.values();
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < all.length; i++) {
            if ((bits & 0400 >> i) != 0) {
                permissions.add(all[i]);
            }
        }
        return permissions;
    }
}
