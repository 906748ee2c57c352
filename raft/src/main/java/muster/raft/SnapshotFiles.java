package muster.raft;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * The snapshots of a log: one file each, {@code snapshot-ENTRY}, named after the log entry up to which it reaches.
 *
 * <p>A file is a magic number, a version, where it stands (term and entry of the engine, index of the parts), what
 * {@link Parts.Held} writes, and a CRC-32C of all that. The checksum is verified before a part sees a byte.
 */
final class SnapshotFiles {
    /** Where a snapshot stands: the engine's term and entry, and the index of the newest command in it. */
    record Position(long term, long entry, long index) {}

    record Snapshot(Path file, Position position) {}

    private static final long MAGIC = 0x4d75737465720a01L;
    /** Version 1 had no calls. */
    private static final int VERSION = 2;
    private static final int CHECKSUM_BYTES = 4;
    private static final int KEPT = 2;
    private static final int BUFFER = 64 << 10;
    /** What the engine puts beside a snapshot that came from another server. The file has its checksum within. */
    private static final String DIGEST = ".md5";
    private static final Pattern NAME = Pattern.compile("snapshot-\\d{20}");

    private final Path folder;

    /** @param folder made when the first snapshot is written */
    SnapshotFiles(Path folder) {
        this.folder = folder;
    }

    /** Writes one and leaves the older ones alone. Throws what a part throws; then there is no new file. */
    Snapshot write(Position position, Parts.Held state) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("snapshot-%020d".formatted(position.entry()));
        SafeFiles.write(file, stream -> {
            CheckedOutputStream checked = new CheckedOutputStream(new BufferedOutputStream(stream, BUFFER), new CRC32C());
            DataOutputStream out = new DataOutputStream(checked);
            out.writeLong(MAGIC);
            out.writeInt(VERSION);
            out.writeLong(position.term());
            out.writeLong(position.entry());
            out.writeLong(position.index());
            state.writeTo(out);
            out.writeInt((int) checked.getChecksum().getValue());
            out.flush();
        });
        return new Snapshot(file, position);
    }

    /** Deletes all but the newest few, and what a crash left half written. */
    void clean() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> old = names();
        for (Path file : old.subList(0, Math.max(0, old.size() - KEPT))) {
            Files.deleteIfExists(file);
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(SafeFiles.TEMPORARY) || f.toString().endsWith(DIGEST)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /**
     * Restores the parts from the newest file, and returns it. Throws {@link DataFolderException} where that file is damaged
     * or holds a part that is not attached; an older one is never taken silently, since that would go back in time.
     */
    Optional<Snapshot> restore(Parts parts) throws IOException {
        List<Path> files = Files.isDirectory(folder) ? names() : List.of();
        if (files.isEmpty()) {
            return Optional.empty();
        }
        Path file = files.getLast();
        verify(file);
        try (InputStream stream = Files.newInputStream(file);
                DataInputStream in = new DataInputStream(new BufferedInputStream(stream, BUFFER))) {
            in.readLong();
            int version = in.readInt();
            if (version < 1 || version > VERSION) {
                throw new DataFolderException("the snapshot " + file + " has version " + version + ", this program reads up to "
                        + VERSION + "; run the version that wrote it");
            }
            Position position = new Position(in.readLong(), in.readLong(), in.readLong());
            parts.restore(in, position.index(), version >= 2, file);
            return Optional.of(new Snapshot(file, position));
        }
    }

    private static void verify(Path file) throws IOException {
        CRC32C checksum = new CRC32C();
        long left = Files.size(file) - CHECKSUM_BYTES;
        if (left < Long.BYTES) {
            throw damaged(file, "it has only " + (left + CHECKSUM_BYTES) + " bytes");
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            byte[] buffer = new byte[BUFFER];
            boolean first = true;
            while (left > 0) {
                int some = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
                if (some == 0) {
                    throw damaged(file, "it became shorter while it was read");
                }
                if (first && ByteBuffer.wrap(buffer).getLong() != MAGIC) {
                    throw damaged(file, "it does not begin like a snapshot");
                }
                first = false;
                checksum.update(buffer, 0, some);
                left -= some;
            }
            if (in.readInt() != (int) checksum.getValue()) {
                throw damaged(file, "its checksum does not fit its bytes");
            }
        }
    }

    private static DataFolderException damaged(Path file, String why) {
        return new DataFolderException("the snapshot " + file + " is damaged: " + why + "; put back the data folder from a "
                + "backup. Or move this one file away: where an older snapshot and the log still hold everything, they are "
                + "taken, and where not, the start says so");
    }

    private List<Path> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> NAME.matcher(f.getFileName().toString()).matches())
                    .sorted(Comparator.comparing(f -> f.getFileName().toString())).toList();
        }
    }
}
