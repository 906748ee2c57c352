package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import muster.scheduler.driver.TaskGrants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links that a task puts into its folders, before the agent, which may be root, works in them again. */
class HostileFoldersTest {
    @TempDir
    Path data;
    private Path outside;
    private AllocationFolder folder;

    @BeforeEach
    void folders() throws IOException {
        outside = Files.createDirectories(data.resolve("outside"));
        Files.setAttribute(outside, "unix:mode", 0700);
        folder = new AllocationFolder(data.resolve("alloc"));
        folder.create();
        folder.createTask("main");
    }

    private int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode") & 0777;
    }

    @Test
    void aFolderThatBecameALinkIsMadeAnew() throws IOException {
        for (Path own : List.of(folder.local("main"), folder.shared().resolve("data"))) {
            Files.delete(own);
            Files.createSymbolicLink(own, outside);
        }
        folder.create();
        folder.createTask("main");
        assertThat(mode(outside)).isEqualTo(0700);
        assertThat(Files.isDirectory(folder.local("main"), LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(Files.isDirectory(folder.shared().resolve("data"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void volumesAreNotLinkedThroughALink() throws IOException {
        Files.createSymbolicLink(folder.task("main").resolve("srv"), outside);
        TaskGrants.Mount mount = new TaskGrants.Mount(data, "/srv/certs/now", false);
        assertThatThrownBy(() -> Volumes.link(List.of(mount), folder.task("main"))).isInstanceOf(IOException.class)
                .hasMessage("\"srv/certs\" leads out of the allocation's folder through a link");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void removalLeavesWhatLinksLeadToAlone() throws IOException {
        Files.writeString(outside.resolve("file"), "kept");
        Files.createSymbolicLink(folder.local("main").resolve("way-out"), outside);
        folder.remove();
        assertThat(folder.root()).doesNotExist();
        assertThat(outside.resolve("file")).hasContent("kept");
    }
}
