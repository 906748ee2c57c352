package muster.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import muster.http.HttpListener;
import muster.http.Tls;
import muster.registry.agent.RefusedException;

/** Reads what {@link Https} names. */
final class TlsFiles {
    private static final int MOST_AUTHORITIES = 1_000;

    private TlsFiles() {}

    /** Throws {@link IOException} naming the file that can't be read. */
    static Tls read(Https https) throws IOException {
        StringBuilder authorities = new StringBuilder();
        for (Path path : files(https.authorities())) {
            authorities.append(text(path)).append('\n');
        }
        return new Tls(text(https.certificate()), text(https.key()),
                authorities.isEmpty() ? Optional.empty() : Optional.of(authorities.toString()), https.clientCertificate(),
                https.protocols(), https.suites());
    }

    /** Has a listener show what the files hold now. Throws {@link RefusedException}, and changes nothing, where that can't be used. */
    static void renew(HttpListener listener, Https https) {
        try {
            listener.renew(read(https));
        } catch (IOException e) {
            throw new RefusedException(500, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(500, "interrupted while certificates were renewed");
        }
    }

    /** A folder stands for the files in it. */
    private static List<Path> files(List<Path> paths) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                try (Stream<Path> inside = Files.list(path)) {
                    inside.filter(Files::isRegularFile).sorted().limit(MOST_AUTHORITIES).forEach(files::add);
                }
            } else {
                files.add(path);
            }
        }
        return files;
    }

    private static String text(Path path) throws IOException {
        try {
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new IOException("open " + path + ": no such file or directory", e);
        } catch (IOException e) {
            throw new IOException("open " + path + ": " + e.getMessage(), e);
        }
    }
}
