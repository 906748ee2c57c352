package muster.scheduler.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import muster.scheduler.driver.TaskLaunch;
import muster.wire.Key;

/** Files of an allocation as the API shows them (API page "Client": list files, stat file). Reads the disk. */
final class FileListing {
    private static final int TYPE = 0170000;
    private static final int SNIFFED_BYTES = 512;
    private static final Map<String, String> BY_ENDING = Map.of(
            "css", "text/css; charset=utf-8", "gif", "image/gif", "html", "text/html; charset=utf-8", "jpg", "image/jpeg",
            "js", "text/javascript; charset=utf-8", "json", "application/json", "png", "image/png", "svg", "image/svg+xml",
            "xml", "text/xml; charset=utf-8");

    private FileListing() {}

    /** One file; the content type is filled for a single one only. */
    record Entry(
            @Key(omitEmpty = true) String contentType, String fileMode, boolean isDir, Instant modTime, String name, long size) {}

    /** The files of a folder, by name. Throws {@link IOException} in the words of the original. */
    static List<Entry> list(Path folder) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (file.getFileName().toString().equals(TaskLaunch.PIPES)) {
                    continue;
                }
                entries.add(entry(file, ""));
            }
        } catch (NoSuchFileException e) {
            throw new IOException("open " + folder + ": no such file or directory", e);
        } catch (NotDirectoryException e) {
            throw new IOException("readdirent " + folder + ": not a directory", e);
        }
        entries.sort(Comparator.comparing(Entry::name));
        return entries;
    }

    /** One file with its content type. */
    static Entry stat(Path file) throws IOException {
        try {
            return entry(file, contentType(file));
        } catch (NoSuchFileException e) {
            throw new IOException("stat " + file + ": no such file or directory", e);
        }
    }

    private static Entry entry(Path file, String contentType) throws IOException {
        Map<String, Object> unix = Files.readAttributes(file, "unix:mode,size,lastModifiedTime,isDirectory", LinkOption.NOFOLLOW_LINKS);
        return new Entry(contentType, mode((int) unix.get("mode")), (boolean) unix.get("isDirectory"),
                ((FileTime) unix.get("lastModifiedTime")).toInstant(), file.getFileName().toString(), (long) unix.get("size"));
    }

    /** A mode as Go's os.FileMode prints it. */
    static String mode(int mode) {
        StringBuilder text = new StringBuilder();
        switch (mode & TYPE) {
            case 0040000 -> text.append('d');
            case 0120000 -> text.append('L');
            case 0010000 -> text.append('p');
            case 0140000 -> text.append('S');
            case 0060000 -> text.append('D');
            case 0020000 -> text.append("Dc");
            default -> {}
        }
        text.append((mode & 04000) != 0 ? "u" : "").append((mode & 02000) != 0 ? "g" : "").append((mode & 01000) != 0 ? "t" : "");
        if (text.isEmpty()) {
            text.append('-');
        }
        String letters = "rwxrwxrwx";
        for (int bit = 0; bit < letters.length(); bit++) {
            text.append((mode & 0400 >> bit) != 0 ? letters.charAt(bit) : '-');
        }
        return text.toString();
    }

    /** By the name's ending, else by whether its beginning is text. */
    static String contentType(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            if (!Files.exists(file)) {
                throw new NoSuchFileException(file.toString());
            }
            return "application/octet-stream";
        }
        String name = file.getFileName().toString();
        String known = BY_ENDING.get(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
        if (known != null) {
            return known;
        }
        try (InputStream in = Files.newInputStream(file)) {
            for (byte b : in.readNBytes(SNIFFED_BYTES)) {
                if (b >= 0 && b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b) {
                    return "application/octet-stream";
                }
            }
        }
        return "text/plain; charset=utf-8";
    }
}
