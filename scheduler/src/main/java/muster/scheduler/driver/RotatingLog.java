package muster.scheduler.driver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Set;
import java.util.TreeSet;

/**
 * The files {@code PREFIX.0}, {@code PREFIX.1}, … of one output stream: appends to the newest, begins the next when it is
 * full (after a line's end where there is one), and removes the oldest. Owned by one thread.
 *
 * <p>Tasks may write to the folder, and put links there or in its place. So it is opened once, from the allocation's own folder
 * down, and its files by their names in it, no link being followed: what is no file of ours goes.
 */
final class RotatingLog implements AutoCloseable {
    private final SecureDirectoryStream<Path> folder;
    private final String prefix;
    private final int maxFiles;
    private final long maxFileBytes;
    private SeekableByteChannel file;
    private long index;
    private long size;

    /** Continues the newest file that is there, or begins with {@code PREFIX.0}. */
    RotatingLog(Path folder, String prefix, int maxFiles, long maxFileBytes) throws IOException {
        if (maxFiles < 1 || maxFileBytes < 1) {
            throw new IllegalArgumentException("logs need at least 1 file of at least 1 byte");
        }
        this.folder = opened(folder.toAbsolutePath());
        this.prefix = prefix;
        this.maxFiles = maxFiles;
        this.maxFileBytes = maxFileBytes;
        try {
            TreeSet<Long> present = present();
            open(present.isEmpty() ? 0 : present.last());
        } catch (IOException e) {
            this.folder.close();
            throw e;
        }
    }

    /** The folder, {@code ALLOCATION/alloc/logs}, of which nobody but the agent writes to the first. */
    private static SecureDirectoryStream<Path> opened(Path folder) throws IOException {
        Path shared = folder.getParent();
        try (DirectoryStream<Path> root = Files.newDirectoryStream(shared.getParent())) {
            if (!(root instanceof SecureDirectoryStream<Path> top)) {
                throw new IOException("this machine's files can't be opened below an open folder: Linux is needed");
            }
            try (SecureDirectoryStream<Path> middle = top.newDirectoryStream(shared.getFileName(), LinkOption.NOFOLLOW_LINKS)) {
                return middle.newDirectoryStream(folder.getFileName(), LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private TreeSet<Long> present() throws IOException {
        try (DirectoryStream<Path> files = folder.newDirectoryStream(Path.of("."))) {
            return indexes(files, prefix);
        }
    }

    /** The numbers of the files of one stream. */
    static TreeSet<Long> indexes(Path folder, String prefix) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            return indexes(files, prefix);
        }
    }

    private static TreeSet<Long> indexes(DirectoryStream<Path> files, String prefix) {
        TreeSet<Long> indexes = new TreeSet<>();
        for (Path path : files) {
            String name = path.getFileName().toString();
            if (name.startsWith(prefix + ".")) {
                String number = name.substring(prefix.length() + 1);
                if (!number.isEmpty() && number.length() < 19 && number.chars().allMatch(c -> c >= '0' && c <= '9')) {
                    indexes.add(Long.parseLong(number));
                }
            }
        }
        return indexes;
    }

    /** Writes all of the bytes. */
    void write(byte[] bytes, int length) throws IOException {
        int from = 0;
        while (from < length) {
            if (size >= maxFileBytes) {
                next();
            }
            int fits = (int) Math.min(length - from, maxFileBytes - size);
            int part = from + fits == length ? fits : wholeLines(bytes, from, fits);
            if (part == 0) {
                next();
                continue;
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes, from, part);
            while (buffer.hasRemaining()) {
                size += file.write(buffer);
            }
            from += part;
        }
    }

    /** How much of what fits to write: up to the last line's end; nothing if the line would fit a fresh file; else all. */
    private int wholeLines(byte[] bytes, int from, int fits) {
        for (int at = from + fits - 1; at >= from; at--) {
            if (bytes[at] == '\n') {
                return at + 1 - from;
            }
        }
        return size == 0 || fits >= maxFileBytes ? fits : 0;
    }

    /** Where the next file can't be made, as on a full disk, the full one stays and this is tried again. */
    private void next() throws IOException {
        SeekableByteChannel full = file;
        open(index + 1);
        full.close();
        for (long old : present().headSet(index - maxFiles + 1)) {
            folder.deleteFile(Path.of(prefix + "." + old));
        }
    }

    private void open(long number) throws IOException {
        Path name = Path.of(prefix + "." + number);
        makeRoom(name);
        file = folder.newByteChannel(name,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS));
        index = number;
        size = file.size();
    }

    /** A pipe would never be opened, a link leads elsewhere. */
    private void makeRoom(Path name) throws IOException {
        try {
            if (!folder.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).readAttributes().isRegularFile()) {
                folder.deleteFile(name);
            }
        } catch (NoSuchFileException free) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        try (folder) {
            file.close();
        }
    }
}
