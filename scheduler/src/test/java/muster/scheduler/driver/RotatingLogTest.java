package muster.scheduler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RotatingLogTest {
    /** What is written (a new log object for each "reopen"), and the files that are there then, as NUMBER:TEXT. */
    record Case(String name, int maxFiles, long maxBytes, List<String> writes, List<String> files) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("one file takes what fits", 3, 10, List.of("ab\n", "cd\n"), List.of("0:ab\ncd\n")),
                new Case("a full file is followed by the next", 3, 6, List.of("ab\ncd\n", "ef\n"), List.of("0:ab\ncd\n", "1:ef\n")),
                new Case("a line that does not fit goes to the next file whole", 3, 8, List.of("abcde\n", "fghij\n"),
                        List.of("0:abcde\n", "1:fghij\n")),
                new Case("a line longer than a file is cut", 5, 4, List.of("abcdefghij"), List.of("0:abcd", "1:efgh", "2:ij")),
                new Case("only the newest files stay", 2, 3, List.of("a1\n", "b2\n", "c3\n", "d4\n"), List.of("2:c3\n", "3:d4\n")),
                new Case("a new log goes on in the newest file", 3, 10, List.of("ab\n", "reopen", "cd\n"), List.of("0:ab\ncd\n")));
    }

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("cases")
    void rotates(Case c) throws IOException {
        RotatingLog log = new RotatingLog(folder, "web.stdout", c.maxFiles(), c.maxBytes());
        for (String text : c.writes()) {
            if (text.equals("reopen")) {
                log.close();
                log = new RotatingLog(folder, "web.stdout", c.maxFiles(), c.maxBytes());
            } else {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                log.write(bytes, bytes.length);
            }
        }
        log.close();
        List<String> files = new ArrayList<>();
        for (long index : RotatingLog.indexes(folder, "web.stdout")) {
            files.add(index + ":" + Files.readString(folder.resolve("web.stdout." + index)));
        }
        assertThat(files).isEqualTo(c.files());
    }

    // A task may write to the folder: links to files, pipes and a link in the folder's own place must lead nowhere.
    @Test
    void nothingThatATaskPutThereIsFollowed(@TempDir Path elsewhere) throws IOException {
        Path root = Files.createDirectories(elsewhere.resolve("allocation"));
        Path logs = Files.createDirectories(root.resolve("alloc/logs"));
        Path victim = Files.writeString(elsewhere.resolve("victim"), "safe");
        Files.createSymbolicLink(logs.resolve("web.stdout.0"), victim);
        Files.createSymbolicLink(logs.resolve("web.stdout.1"), elsewhere.resolve("made"));
        assertThat(new Posix().makePipe(logs.resolve("web.stdout.2"))).isTrue();
        try (RotatingLog log = new RotatingLog(logs, "web.stdout", 9, 3)) {
            Files.createSymbolicLink(logs.resolve("web.stdout.3"), victim);
            for (String text : List.of("a1\n", "b2\n", "c3\n")) {
                log.write(text.getBytes(StandardCharsets.UTF_8), 3);
            }
            Files.move(logs, root.resolve("alloc/moved"));
            Files.createSymbolicLink(logs, elsewhere);
            log.write("d4\n".getBytes(StandardCharsets.UTF_8), 3);
        }
        assertThat(victim).hasContent("safe");
        assertThat(elsewhere.resolve("made")).doesNotExist();
        assertThat(elsewhere).isDirectoryNotContaining("glob:**web.stdout*");
        assertThat(Files.readString(root.resolve("alloc/moved/web.stdout.5"))).isEqualTo("d4\n");
        assertThatThrownBy(() -> new RotatingLog(logs, "web.stdout", 9, 3)).isInstanceOf(IOException.class);
    }

    @Test
    void muchIsWrittenWhileFilesGoAndNothingButTheOldestIsLost() throws IOException {
        // A million bytes in lines of all lengths, through files of 4 KiB of which three stay: the end of the log is whole and in order.
        StringBuilder all = new StringBuilder();
        try (RotatingLog log = new RotatingLog(folder, "web.stdout", 3, 4096)) {
            for (int i = 0; all.length() < 1_000_000; i++) {
                byte[] line = (i + ":" + "x".repeat(i * 37 % 900) + "\n").getBytes(StandardCharsets.UTF_8);
                all.append(new String(line, StandardCharsets.UTF_8));
                log.write(line, line.length);
            }
        }
        StringBuilder kept = new StringBuilder();
        for (long index : RotatingLog.indexes(folder, "web.stdout")) {
            assertThat(Files.size(folder.resolve("web.stdout." + index))).isLessThanOrEqualTo(4096);
            kept.append(Files.readString(folder.resolve("web.stdout." + index)));
        }
        assertThat(RotatingLog.indexes(folder, "web.stdout")).hasSize(3);
        assertThat(kept.toString()).matches("(?s)\\d+:x*\n.*");
        assertThat(all.toString()).endsWith(kept.toString());
    }
}
