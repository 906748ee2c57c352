package muster.scheduler.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.scheduler.artifact.Sandbox;
import muster.scheduler.driver.TaskGrants;
import muster.scheduler.job.Task;
import muster.scheduler.job.Values;
import muster.scheduler.job.VolumeMount;
import muster.scheduler.job.VolumeRequest;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.HostVolume;

/** The node's folders that a task sees as volumes. (Nomad docs: "volume" and "volume_mount" stanzas) */
final class Volumes {
    private Volumes() {}

    /** What a task mounts; throws {@link IllegalArgumentException} for what this node does not offer. Pure. */
    static List<TaskGrants.Mount> of(Map<String, HostVolume> offered, Allocation allocation, Task task, TaskEnvironment environment) {
        List<TaskGrants.Mount> mounts = new ArrayList<>();
        for (VolumeMount mount : Values.orEmpty(task.volumeMounts())) {
            VolumeRequest request = Values.orEmpty(allocation.group().volumes()).get(mount.volume());
            if (request == null) {
                throw new IllegalArgumentException("the group has no volume \"" + mount.volume() + "\"");
            }
            if (!request.type().equals("host")) {
                throw new IllegalArgumentException("volume \"" + mount.volume() + "\" is of type \"" + request.type() + "\", which this node does not mount");
            }
            String name = environment.interpolate(request.source())
                    + (request.perAlloc() ? "[" + TaskEnvironment.index(allocation.name()) + "]" : "");
            HostVolume volume = offered.get(name);
            if (volume == null) {
                throw new IllegalArgumentException("this node offers no host volume \"" + name + "\": name it in client { host_volume }");
            }
            boolean readOnly = volume.readOnly() || request.readOnly() || Boolean.TRUE.equals(mount.readOnly());
            mounts.add(new TaskGrants.Mount(Path.of(volume.path()), environment.interpolate(mount.destination()), readOnly));
        }
        return mounts;
    }

    /**
     * Lets a task that sees the whole machine find its volumes below its own folder too, by links. What is read-only stays so by the
     * folder's own rights alone.
     */
    static void link(List<TaskGrants.Mount> mounts, Path folder) throws IOException {
        Sandbox sandbox = new Sandbox(folder, folder);
        for (TaskGrants.Mount mount : mounts) {
            Path link = folder.resolve(mount.target().replaceFirst("^/+", "")).normalize();
            if (!link.startsWith(folder) || link.equals(folder)) {
                throw new IOException("the volume's destination \"" + mount.target() + "\" is not below the task's folder");
            }
            if (Files.isSymbolicLink(link)) {
                Files.delete(link);
            } else if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("the volume's destination \"" + mount.target() + "\" is there already");
            }
            sandbox.makeFolder(link.getParent());
            Files.createSymbolicLink(link, mount.source());
        }
    }
}
