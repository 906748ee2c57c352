package muster.template.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import muster.template.language.FunctionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesTest {
    @TempDir
    private Path folder;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void a_file_is_made_with_its_parents_and_permissions() throws IOException {
        Path file = folder.resolve("a/b/file");
        assertThat(AtomicFile.write(file, bytes("x"), Optional.of(AtomicFile.permissions("0640")), true)).isTrue();
        assertThat(file).hasContent("x");
        assertThat(permissions(file)).isEqualTo("rw-r-----");
        try (Stream<Path> beside = Files.list(file.getParent())) {
            assertThat(beside).containsExactly(file);
        }
    }

    @Test
    void identical_contents_write_nothing_and_other_permissions_do() throws IOException {
        Path file = folder.resolve("file");
        AtomicFile.write(file, bytes("x"), Optional.empty(), true);
        assertThat(permissions(file)).isEqualTo("rw-r--r--");
        FileTime old = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        Files.setLastModifiedTime(file, old);
        assertThat(AtomicFile.write(file, bytes("x"), Optional.empty(), true)).isFalse();
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(old);
        assertThat(AtomicFile.write(file, bytes("x"), Optional.of(AtomicFile.permissions("600")), true)).isTrue();
        assertThat(AtomicFile.write(file, bytes("y"), Optional.empty(), true)).isTrue();
        assertThat(permissions(file)).isEqualTo("rw-------");
    }

    @Test
    void missing_parents_and_bad_permissions_are_errors() {
        assertThatThrownBy(() -> AtomicFile.write(folder.resolve("no/file"), new byte[0], Optional.empty(), false))
                .isInstanceOf(IOException.class).hasMessageContaining("parent directory is missing");
        assertThatThrownBy(() -> AtomicFile.permissions("rwx")).hasMessageContaining("octal");
    }

    /** Plan: a folder with a link that leads out; neither writing through it nor reading through it is allowed. */
    @Test
    void a_sandbox_holds_against_dots_and_links() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "s");
        Files.writeString(root.resolve("ok"), "fine");
        Files.createSymbolicLink(root.resolve("link"), outside);
        Files.createSymbolicLink(root.resolve("dangling"), outside.resolve("not-yet"));
        Sandbox sandbox = new Sandbox(root, root);
        assertThat(sandbox.destination("local/new")).isEqualTo(root.resolve("local/new"));
        assertThatThrownBy(() -> sandbox.destination("../outside/x")).hasMessageContaining("escapes");
        assertThatThrownBy(() -> sandbox.destination("link/x")).hasMessageContaining("escapes");
        assertThatThrownBy(() -> sandbox.destination("dangling/x")).hasMessageContaining("escapes");
        assertThatThrownBy(() -> sandbox.destination(outside.resolve("x").toString())).hasMessageContaining("escapes");
        assertThat(sandbox.readable("ok")).isEqualTo("ok");
        assertThatThrownBy(() -> sandbox.readable("link/secret")).isInstanceOf(FunctionException.class)
                .hasMessage("'link/secret' is outside of sandbox");
    }

    @Test
    void environment_files_have_comments_quotes_and_errors_with_lines() {
        assertThat(EnvironmentFile.parse("# c\n\nA=1\nexport B = two words # note\nC=\"x\\ny\"\nD='$A'\nE=\nA=2\n"))
                .containsExactlyInAnyOrderEntriesOf(Map.of("A", "2", "B", "two words", "C", "x\ny", "D", "$A", "E", ""));
        assertThatThrownBy(() -> EnvironmentFile.parse("A=1\nnonsense\n")).hasMessageStartingWith("error on line 2");
        assertThatThrownBy(() -> EnvironmentFile.parse("A=\"open")).hasMessageStartingWith("error on line 1");
    }
}
