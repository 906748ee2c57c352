package muster.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * A log file that is closed and begun anew by size and age. A closed one gets the time of its closing into its name:
 * {@code consul.log} becomes {@code consul-NANOSECONDS.log}. Any thread may write. (Consul: log_file, log_rotate_*)
 */
final class RotatingFile {
    private final Path path;
    private final long maxBytes;
    private final Duration maxAge;
    private final int keep;
    private final InstantSource clock;
    private OutputStream out;
    private long written;
    private Instant begun;
    private boolean failed;

    /** @param keep how many closed files are kept; 0 keeps all, less none */
    RotatingFile(Path path, long maxBytes, Duration maxAge, int keep, InstantSource clock) throws IOException {
        this.path = path;
        this.maxBytes = maxBytes;
        this.maxAge = maxAge;
        this.keep = keep;
        this.clock = clock;
        open();
    }

    private void open() throws IOException {
        if (path.getParent() != null) {
            Files.createDirectories(path.getParent());
        }
        out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        written = Files.size(path);
        begun = clock.instant();
    }

    /** Writes a line. A disk that takes no more is told once on standard error: a log must not end what it logs. */
    synchronized void write(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        try {
            boolean full = maxBytes > 0 && written > 0 && written + bytes.length > maxBytes;
            if (full || Duration.between(begun, clock.instant()).compareTo(maxAge) >= 0) {
                rotate();
            }
            out.write(bytes);
            out.flush();
            written += bytes.length;
            failed = false;
        } catch (IOException e) {
            if (!failed) {
                System.err.println("==> can't write the log file " + path + ": " + e.getMessage());
            }
            failed = true;
        }
    }

    private void rotate() throws IOException {
        out.close();
        Instant now = clock.instant();
        String name = path.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        String end = dot < 0 ? "" : name.substring(dot);
        Files.move(path, path.resolveSibling(stem + "-" + (now.getEpochSecond() * 1_000_000_000L + now.getNano()) + end));
        prune(stem, end);
        open();
    }

    private void prune(String stem, String end) throws IOException {
        if (keep == 0) {
            return;
        }
        List<Path> closed;
        try (Stream<Path> all = Files.list(path.toAbsolutePath().getParent())) {
            closed = all.filter(file -> {
                String name = file.getFileName().toString();
                return name.startsWith(stem + "-") && name.endsWith(end)
                        && name.substring(stem.length() + 1, name.length() - end.length()).matches("\\d+");
            }).sorted().toList();
        }
        for (Path file : closed.subList(0, Math.max(0, closed.size() - Math.max(keep, 0)))) {
            Files.delete(file);
        }
    }
}
