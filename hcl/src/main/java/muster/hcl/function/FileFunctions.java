package muster.hcl.function;

import static muster.hcl.function.Definitions.string;
import static muster.hcl.function.Definitions.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import muster.hcl.Function;
import muster.hcl.FunctionException;
import muster.hcl.Type;
import muster.hcl.Value;

/** Functions that look at the file system: only for command lines, where the user's own files are read for the user. */
public final class FileFunctions {
    private static final long MAX_SIZE = 64L << 20;
    private static final int MAX_MATCHES = 10_000;
    private static final int MAX_DEPTH = 64;
    private static final List<String> NAMES = List.of(
            "abspath", "basename", "dirname", "file", "filebase64", "fileexists", "fileset", "pathexpand");

    private final Path directory;
    private final Path home;

    private FileFunctions(Path directory, Path home) {
        this.directory = directory;
        this.home = home;
    }

    /** Relative paths start at {@code directory}, {@code ~} is {@code home}. */
    public static Map<String, Function> create(Path directory, Path home) {
        FileFunctions files = new FileFunctions(directory, home);
        Definitions d = new Definitions();
        d.values("abspath", a -> Value.string(files.path(a).toAbsolutePath().normalize().toString()), text("path"));
        d.values("basename", a -> Value.string(basename(string(a, 0))), text("path"));
        d.values("dirname", a -> Value.string(dirname(string(a, 0))), text("path"));
        d.values("pathexpand", a -> Value.string(files.expand(string(a, 0))), text("path"));
        d.values("file", a -> Value.string(files.read(a)), text("path"));
        d.values("filebase64", a -> Value.string(Base64.getEncoder().encodeToString(files.bytes(a))), text("path"));
        d.values("fileexists", files::exists, text("path"));
        d.values("fileset", files::matching, text("path"), text("pattern"));
        return d.all();
    }

    /** The same names, each of which refuses to work: for files that came over the network. */
    public static Map<String, Function> disabled() {
        Definitions d = new Definitions();
        for (String name : NAMES) {
            d.variadic(
                    name,
                    _ -> {
                        throw new FunctionException("filesystem function disabled");
                    },
                    text("path"));
        }
        return d.all();
    }

    private static String basename(String path) {
        String trimmed = path.replaceAll("/+$", "");
        if (trimmed.isEmpty()) {
            return path.isEmpty() ? "." : "/";
        }
        return trimmed.substring(trimmed.lastIndexOf('/') + 1);
    }

    private static String dirname(String path) {
        int slash = path.lastIndexOf('/');
        if (slash < 0) {
            return ".";
        }
        String directory = Path.of(path.substring(0, slash + 1)).normalize().toString();
        return directory.isEmpty() ? "." : directory;
    }

    private String expand(String path) {
        return path.equals("~") || path.startsWith("~/") ? home + path.substring(1) : path;
    }

    private Path path(List<Value> a) throws FunctionException {
        try {
            return directory.resolve(expand(string(a, 0)));
        } catch (InvalidPathException e) {
            throw new FunctionException("invalid path: " + e.getMessage());
        }
    }

    private byte[] bytes(List<Value> a) throws FunctionException {
        Path path = path(a);
        try {
            if (!Files.exists(path)) {
                throw new FunctionException("no file exists at " + string(a, 0));
            }
            if (Files.size(path) > MAX_SIZE) {
                throw new FunctionException(string(a, 0) + " is larger than " + MAX_SIZE + " bytes");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new FunctionException("failed to read " + string(a, 0) + ": " + e.getMessage());
        }
    }

    private String read(List<Value> a) throws FunctionException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes(a))).toString();
        } catch (CharacterCodingException e) {
            throw new FunctionException("contents of " + string(a, 0)
                    + " are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents or the other"
                    + " file functions (e.g. filemd5, filesha256) to obtain file hashing results instead");
        }
    }

    private Value exists(List<Value> a) throws FunctionException {
        Path path = path(a);
        if (Files.isDirectory(path)) {
            throw new FunctionException(string(a, 0) + " is not a regular file, but \"drwxr-xr-x\"");
        }
        return Value.bool(Files.isRegularFile(path));
    }

    private Value matching(List<Value> a) throws FunctionException {
        Path base = path(a);
        try (Stream<Path> walk = Files.walk(base, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + string(a, 1));
            Collection<Value> found = walk.filter(Files::isRegularFile)
                    .map(base::relativize)
                    .filter(matcher::matches)
                    .limit(MAX_MATCHES)
                    .map(path -> Value.string(path.toString().replace('\\', '/')))
                    .toList();
            return Value.set(Type.STRING, found);
        } catch (IOException | java.io.UncheckedIOException | java.util.regex.PatternSyntaxException e) {
            throw new FunctionException("failed to glob pattern: " + e.getMessage());
        }
    }
}
