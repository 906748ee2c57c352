package muster.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Texts that a command is given by path. */
final class Texts {
    private Texts() {}

    /** A file's text; a path of {@code -} is standard input. The message of a failure is Go's. */
    static String read(Console console, String path) throws IOException {
        if (path.equals("-")) {
            return new String(console.in().readAllBytes(), StandardCharsets.UTF_8);
        }
        Path file = console.folder().resolve(path);
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new IOException("open " + path + ": no such file or directory");
        }
    }
}
