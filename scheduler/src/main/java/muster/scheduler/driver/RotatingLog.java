package muster.scheduler.driver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeSet;

/**
 * The files {@code PREFIX.0}, {@code PREFIX.1}, … of one output stream: appends to the newest, begins the next when it is
 * full (after a line's end where there is one), and removes the oldest. Owned by one thread.
 */
final class RotatingLog implements AutoCloseable {
    private final Path folder;
    private final String prefix;
    private final int maxFiles;
    private final long maxFileBytes;
    private FileChannel file;
    private long index;
    private long size;

    /** Continues the newest file that is there, or begins with {@code PREFIX.0}. */
    RotatingLog(Path folder, String prefix, int maxFiles, long maxFileBytes) throws IOException {
        if (maxFiles < 1 || maxFileBytes < 1) {
            throw new IllegalArgumentException("logs need at least 1 file of at least 1 byte");
        }
        this.folder = folder;
        this.prefix = prefix;
        this.maxFiles = maxFiles;
        this.maxFileBytes = maxFileBytes;
        TreeSet<Long> present = indexes(folder, prefix);
        open(present.isEmpty() ? 0 : present.last());
    }

    /** The numbers of the files of one stream. */
    static TreeSet<Long> indexes(Path folder, String prefix) throws IOException {
        TreeSet<Long> indexes = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path path : files) {
                String name = path.getFileName().toString();
                if (name.startsWith(prefix + ".")) {
                    String number = name.substring(prefix.length() + 1);
                    if (!number.isEmpty() && number.length() < 19 && number.chars().allMatch(c -> c >= '0' && c <= '9')) {
                        indexes.add(Long.parseLong(number));
                    }
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
                file.write(buffer);
            }
            size += part;
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

    private void next() throws IOException {
        file.close();
        open(index + 1);
        for (long old : indexes(folder, prefix).headSet(index - maxFiles + 1)) {
            Files.deleteIfExists(folder.resolve(prefix + "." + old));
        }
    }

    private void open(long number) throws IOException {
        Path path = folder.resolve(prefix + "." + number);
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        index = number;
        size = file.size();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
