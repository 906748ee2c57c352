package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocationFolderTest {
    @TempDir
    Path root;
    @TempDir
    Path outside;
    private AllocationFolder folder;

    @BeforeEach
    void make() throws IOException {
        folder = new AllocationFolder(root.resolve("a1"));
        folder.create();
        folder.createTask("web");
    }

    @Test
    void secretsAreNotReadThroughALinkEither() throws IOException {
        Path secret = Files.writeString(folder.secrets("web").resolve("token"), "x");
        Files.createSymbolicLink(folder.shared().resolve("data/look"), folder.secrets("web"));
        assertThat(folder.isSecret(folder.resolve("web/secrets/token"))).isTrue();
        assertThat(folder.isSecret(folder.resolve("alloc/data/look/token"))).isTrue();
        assertThat(folder.isSecret(folder.resolve("web/local"))).isFalse();
        assertThat(secret).exists();
    }

    @Test
    void nothingOutsideIsResolved() throws IOException {
        Files.createSymbolicLink(folder.local("web").resolve("out"), outside);
        Files.writeString(outside.resolve("x"), "x");
        for (String name : List.of("../..", "web/local/out", "web/local/out/x", "web/../../../etc/passwd")) {
            assertThatThrownBy(() -> folder.resolve(name)).as(name).hasMessage("Path escapes the alloc directory");
        }
        assertThat(folder.resolve("/web/local/../local")).isEqualTo(folder.local("web"));
    }

    @Test
    void aLinkInPlaceOfATasksFolderIsReplacedAndWhatItLeadsToKeepsItsMode() throws IOException {
        // A task may write to its own folder, and so put a link where the next one's local folder is to be opened for all.
        Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("rwx------"));
        Files.delete(folder.local("web"));
        Files.createSymbolicLink(folder.local("web"), outside);
        folder.createTask("web");
        assertThat(Files.isSymbolicLink(folder.local("web"))).isFalse();
        assertThat(Files.getPosixFilePermissions(outside)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aLinkIsNotTakenOverFromThePredecessor() throws IOException {
        Files.delete(folder.local("web"));
        Files.createSymbolicLink(folder.local("web"), outside);
        Files.writeString(folder.shared().resolve("data/kept"), "kept");
        AllocationFolder next = new AllocationFolder(root.resolve("a2"));
        next.create();
        next.adopt(folder, List.of("web"));
        next.createTask("web");
        assertThat(next.local("web")).isDirectory();
        assertThat(Files.isSymbolicLink(next.local("web"))).isFalse();
        assertThat(next.shared().resolve("data/kept")).hasContent("kept");
    }
}
