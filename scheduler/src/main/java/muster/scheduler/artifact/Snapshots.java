package muster.scheduler.artifact;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** An allocation's data as a tar, for the allocation on another node that takes it over. (API page "Client": snapshot) */
public final class Snapshots {
    private static final int MODE = 0777;

    private Snapshots() {}

    /**
     * Writes what is below the folders; those that are not there are left out, as are sockets, pipes and devices. A file that grows
     * meanwhile is sent with the length that it had.
     *
     * @param folders relative to the root
     */
    public static void write(Path root, List<Path> folders, OutputStream out) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            for (Path folder : folders) {
                Path top = root.resolve(folder);
                if (Files.isDirectory(top, LinkOption.NOFOLLOW_LINKS)) {
                    Files.walkFileTree(top, new Writer(root, tar));
                }
            }
        }
    }

    private static final class Writer extends SimpleFileVisitor<Path> {
        private final Path root;
        private final TarArchiveOutputStream tar;

        Writer(Path root, TarArchiveOutputStream tar) {
            this.root = root;
            this.tar = tar;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            entry(new TarArchiveEntry(root.relativize(folder) + "/"), folder);
            tar.closeArchiveEntry();
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            String name = root.relativize(file).toString();
            if (attributes.isSymbolicLink()) {
                TarArchiveEntry link = new TarArchiveEntry(name, TarArchiveEntry.LF_SYMLINK);
                link.setLinkName(Files.readSymbolicLink(file).toString());
                tar.putArchiveEntry(link);
                tar.closeArchiveEntry();
            } else if (attributes.isRegularFile()) {
                TarArchiveEntry plain = new TarArchiveEntry(name);
                plain.setSize(attributes.size());
                entry(plain, file);
                copy(file, attributes.size());
                tar.closeArchiveEntry();
            }
            return FileVisitResult.CONTINUE;
        }

        private void entry(TarArchiveEntry entry, Path file) throws IOException {
            entry.setMode((int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & MODE);
            tar.putArchiveEntry(entry);
        }

        private void copy(Path file, long size) throws IOException {
            byte[] buffer = new byte[64 << 10];
            long left = size;
            try (var in = Files.newInputStream(file)) {
                while (left > 0) {
                    int length = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                    if (length < 0) {
                        // It was cut meanwhile: what is missing is made up, as the length is written already.
                        java.util.Arrays.fill(buffer, (byte) 0);
                        length = (int) Math.min(buffer.length, left);
                    }
                    tar.write(buffer, 0, length);
                    left -= length;
                }
            }
        }
    }
}
