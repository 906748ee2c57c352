package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import muster.raft.Texts.Recorder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data folder that an earlier version wrote, {@code kept/folder-1} among the resources: entries of version 1, a snapshot of
 * version 2. Where it is not there, {@code -Dgolden.update=true} makes it.
 */
@Timeout(120)
class KeptFolderTest {
    private static final Path KEPT = Path.of("src", "test", "resources", "kept", "folder-1");
    private static final LogSizes SMALL = new LogSizes(4_000, 2_000, 20);
    private static final int COMMANDS = 150;

    @TempDir
    Path folder;

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static Recorder opened(Path data, int first, int end) {
        Recorder machine = new Recorder();
        try (RatisLogGroup group = new RatisLogGroup(data, "here", SMALL)) {
            ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, machine);
            group.start();
            List<CompletableFuture<Applied<String>>> answers = new ArrayList<>();
            for (int i = first; i < end; i++) {
                answers.add(log.propose("command " + i));
                if (i % 6 == 0) {
                    answers.forEach(CompletableFuture::join);
                }
            }
            answers.forEach(CompletableFuture::join);
        }
        return machine;
    }

    private static List<String> expected(int commands) {
        return IntStream.range(0, commands).mapToObj(i -> (i + 1) + ":command " + i).toList();
    }

    private static Path snapshot(Path data) throws IOException {
        try (Stream<Path> files = Files.list(Engine.groupFolder(data).resolve("sm"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("snapshot-")).sorted().toList().getLast();
        }
    }

    /** Plan: open a copy, find all of it, write more, open it again. */
    @Test
    void a_folder_of_the_first_version_is_taken_up() throws Exception {
        if (Boolean.getBoolean("golden.update") && !Files.exists(KEPT)) {
            Path made = folder.resolve("made");
            opened(made, 0, COMMANDS);
            copy(made, Files.createDirectories(KEPT));
            // They say which process of which machine has the folder.
            Files.delete(KEPT.resolve("lock"));
            Files.delete(Engine.groupFolder(KEPT).resolve("in_use.lock"));
        }
        Path data = folder.resolve("data");
        copy(KEPT, data);
        assertThat(snapshot(data)).isNotEmptyFile();
        assertThat(opened(data, COMMANDS, COMMANDS + 10).applied).isEqualTo(expected(COMMANDS + 10));
        assertThat(opened(data, 0, 0).applied).isEqualTo(expected(COMMANDS + 10));
    }

    @Test
    void a_snapshot_of_a_later_version_is_refused_by_name() throws Exception {
        Path data = folder.resolve("data");
        copy(KEPT, data);
        Path snapshot = snapshot(data);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(snapshot));
        bytes.putInt(Long.BYTES, 3);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.array(), 0, bytes.limit() - Integer.BYTES);
        bytes.putInt(bytes.limit() - Integer.BYTES, (int) checksum.getValue());
        Files.write(snapshot, bytes.array());

        assertThatThrownBy(() -> opened(data, 0, 0)).isInstanceOf(DataFolderException.class)
                .hasMessage("the snapshot " + snapshot + " has version 3, this program reads up to 2; run the version that wrote it");
    }

    /** Plan: make a folder whose newest entry says that it is of version 2, as a later program's would; its checksum fits. */
    @Test
    void an_entry_of_a_later_version_is_refused_with_the_folder_and_the_remedy() throws Exception {
        Path data = folder.resolve("data");
        opened(data, 0, 1);
        Path segment;
        try (Stream<Path> files = Files.list(Engine.groupFolder(data).resolve("current"))) {
            segment = files.filter(file -> file.getFileName().toString().startsWith("log_inprogress")).findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        int command = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("1command 0");
        // Version, count, name of the part and length of the command stand before it.
        int version = command - 4 - 1 - 2 - 4 - 1;
        assertThat(bytes[version + 4]).as("the count of commands").isEqualTo((byte) 1);
        bytes[version] = 2;
        resealed(bytes, version);
        Files.write(segment, bytes);

        assertThatThrownBy(() -> opened(data, 0, 0)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("the log in " + data + " can't be applied: a log entry of version 2 can't be read, only 1")
                .hasMessageContaining("run the version that wrote it");
    }

    /** Gives the record that holds an offset the checksum of its bytes. */
    private static void resealed(byte[] bytes, int inside) {
        int at = 8;
        while (true) {
            int length = 0;
            int head = 0;
            do {
                length |= (bytes[at + head] & 0x7f) << 7 * head;
            } while (bytes[at + head++] < 0);
            int end = at + head + length;
            if (inside < end) {
                CRC32C checksum = new CRC32C();
                checksum.update(bytes, at, end - at);
                ByteBuffer.wrap(bytes).putInt(end, (int) checksum.getValue());
                return;
            }
            at = end + Integer.BYTES;
        }
    }
}
