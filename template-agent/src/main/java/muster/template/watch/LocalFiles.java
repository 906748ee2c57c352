package muster.template.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import muster.template.dependency.Dependency;
import muster.template.language.GoText;

/**
 * Files that templates read: looked at every 2 s, read when size, time or identity changed.
 *
 * @param base where relative paths start
 */
record LocalFiles(Path base) {
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    AutoCloseable follow(Dependency.FileContents file, Feed.Report report) {
        return Thread.ofVirtual().name("template-file").start(() -> {
            Path path = base.resolve(file.path());
            Object before = null;
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                    Object now = attributes.size() + " " + attributes.lastModifiedTime() + " " + attributes.fileKey();
                    if (!now.equals(before)) {
                        report.accept(file, Optional.of(GoText.of(Files.readAllBytes(path))), Optional.empty());
                        before = now;
                    }
                } catch (IOException e) {
                    before = null;
                    report.accept(file, Optional.empty(), Optional.of(failure(file, e)));
                }
                try {
                    Thread.sleep(INTERVAL);
                } catch (InterruptedException e) {
                    return;
                }
            }
        })::interrupt;
    }

    private static String failure(Dependency.FileContents file, IOException e) {
        return e instanceof NoSuchFileException
                ? file + ": stat " + file.path() + ": no such file or directory"
                : file + ": read " + file.path() + ": " + String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    }
}
