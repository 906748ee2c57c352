package muster.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a job file's text comes from. */
final class JobFiles {
    private JobFiles() {}

    /** The text of a file, or of standard input for {@code -}. Throws {@link IOException} with Nomad's text. */
    static String read(Console console, String path) throws IOException {
        if (path.equals("-")) {
            return new String(console.in().readAllBytes(), StandardCharsets.UTF_8);
        }
        Path file = console.folder().resolve(path);
        if (!Files.exists(file)) {
            throw new IOException("Error getting jobfile from \"" + path + "\": source path error: stat "
                    + file.toAbsolutePath().normalize() + ": no such file or directory");
        }
        return Files.readString(file);
    }
}
