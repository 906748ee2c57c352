package muster.scheduler.driver;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether the kernel would take a file for a program (execve(2), elf(5)). For programs that are started by others: those fall back on a
 * shell where the kernel refuses, and the task would end with whatever that makes of it.
 */
final class Program {
    private static final int HEADER = 256;
    /** Class, byte order and machine, of which a program has to have the kernel's. */
    private static final int CLASS = 4;
    private static final int ORDER = 5;
    private static final int MACHINE = 18;
    private static final Path OURS = Path.of("/proc/self/exe");
    private static final Path OTHER_FORMATS = Path.of("/proc/sys/fs/binfmt_misc");

    private Program() {}

    /**
     * Why a file that may be executed can't be; empty when it can, or where that can't be told.
     *
     * @param file on the machine
     * @param seen turns a path that the task knows into one of the machine
     */
    static Optional<String> refusal(Path file, Function<String, Path> seen) {
        try {
            byte[] header = header(file);
            if (header.length > 1 && header[0] == '#' && header[1] == '!') {
                return interpreter(header, seen);
            }
            return knowsOtherFormats() || isElf(header) && isOurs(header) ? Optional.empty()
                    : Optional.of("exec format error: neither a program for this machine nor a script that begins with #!");
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private static byte[] header(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(HEADER);
        }
    }

    private static boolean isElf(byte[] header) {
        return header.length > MACHINE + 1 && header[0] == 0x7f && header[1] == 'E' && header[2] == 'L' && header[3] == 'F';
    }

    /** The virtual machine's own program tells what runs here; of its kind but 32 bits wide is for the kernel to judge. */
    private static boolean isOurs(byte[] header) throws IOException {
        byte[] ours = header(OURS);
        boolean sameMachine = header[MACHINE] == ours[MACHINE] && header[MACHINE + 1] == ours[MACHINE + 1];
        return header[ORDER] == ours[ORDER] && (sameMachine || header[CLASS] != ours[CLASS]);
    }

    private static boolean knowsOtherFormats() {
        try (DirectoryStream<Path> formats = Files.newDirectoryStream(OTHER_FORMATS, path -> !path.endsWith("register") && !path.endsWith("status"))) {
            return formats.iterator().hasNext();
        } catch (IOException none) {
            return false;
        }
    }

    private static Optional<String> interpreter(byte[] header, Function<String, Path> seen) {
        String line = new String(header, 2, header.length - 2, StandardCharsets.UTF_8).lines().findFirst().orElse("").strip();
        String program = Arrays.stream(line.split("[ \t]+")).findFirst().orElse("");
        return program.isEmpty() || program.startsWith("/") && !Files.exists(seen.apply(program), LinkOption.NOFOLLOW_LINKS)
                ? Optional.of("its interpreter \"" + program + "\" is not there, as the task sees it") : Optional.empty();
    }
}
