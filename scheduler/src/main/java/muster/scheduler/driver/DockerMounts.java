package muster.scheduler.driver;

import com.github.dockerjava.api.model.BindOptions;
import com.github.dockerjava.api.model.BindPropagation;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.TmpfsOptions;
import com.github.dockerjava.api.model.VolumeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What of the machine, of memory and of volumes a container sees where, and whether it may. Pure but for {@link #leadingOut}. (Engine API: ContainerCreate, "Mounts") */
record DockerMounts(Config plugin, TaskLaunch launch) {
    private Config config() {
        return new Config(launch.config());
    }

    /** Everything that is wrong, one line each. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        all(problems);
        return problems;
    }

    /** The task's own folders, its group's volumes, and what its config asks for and may have. */
    List<Mount> all() {
        List<Mount> mounts = new ArrayList<>();
        mounts.add(bind(launch.shared(), "/alloc", false));
        mounts.add(bind(launch.folder().resolve("local"), "/local", false));
        mounts.add(bind(launch.folder().resolve("secrets"), "/secrets", false));
        launch.grants().mounts().forEach(mount -> mounts.add(bind(mount.source(), mount.target(), mount.readOnly())));
        mounts.addAll(all(new ArrayList<>()));
        return mounts;
    }

    /**
     * The source of a mount that lies in the allocation's folder by its name and elsewhere in truth: a task may have put a link there,
     * which the engine would follow with its own rights.
     */
    Optional<Path> leadingOut() throws IOException {
        Path inside = launch.folder().getParent();
        for (Mount mount : all()) {
            if (mount.getType() == MountType.BIND && Path.of(mount.getSource()).startsWith(inside) && Files.exists(Path.of(mount.getSource()))
                    && !Path.of(mount.getSource()).toRealPath().startsWith(inside.toRealPath())) {
                return Optional.of(Path.of(mount.getSource()));
            }
        }
        return Optional.empty();
    }

    private List<Mount> all(List<String> problems) {
        List<Mount> mounts = new ArrayList<>();
        config().texts("volumes").forEach(volume -> mount(volume, problems).ifPresent(mounts::add));
        mounts().forEach(one -> mount(one, problems).ifPresent(mounts::add));
        return mounts;
    }

    private boolean volumesAllowed() {
        return plugin.block("volumes").flag("enabled", false);
    }

    private List<Config> mounts() {
        List<Config> all = new ArrayList<>(config().blocks("mount"));
        all.addAll(config().blocks("mounts"));
        return all;
    }

    /** A path of the machine: one that is relative is of the task's folder and may not leave its allocation's. */
    private Optional<Path> source(String text, List<String> problems) {
        Path path = launch.folder().resolve(text).normalize();
        if (path.startsWith(launch.folder().getParent()) || volumesAllowed()) {
            return Optional.of(path);
        }
        problems.add("volumes are not enabled; cannot mount host paths: \"" + text + "\"");
        return Optional.empty();
    }

    private Optional<Mount> mount(String volume, List<String> problems) {
        String[] parts = volume.split(":");
        if (parts.length < 2 || parts.length > 3) {
            problems.add("invalid docker volume: \"" + volume + "\": it must be SOURCE:TARGET or SOURCE:TARGET:MODE");
            return Optional.empty();
        }
        boolean readOnly = parts.length == 3 && List.of(parts[2].split(",")).contains("ro");
        if (!parts[0].contains("/") && config().has("volume_driver")) {
            return Optional.of(new Mount().withType(MountType.VOLUME).withSource(parts[0]).withTarget(parts[1]).withReadOnly(readOnly)
                    .withVolumeOptions(new VolumeOptions().withDriverConfig(
                            new com.github.dockerjava.api.model.Driver().withName(config().text("volume_driver")))));
        }
        return source(parts[0], problems).map(path -> bind(path, parts[1], readOnly));
    }

    static Mount bind(Path source, String target, boolean readOnly) {
        return new Mount().withType(MountType.BIND).withSource(source.toString()).withTarget(Path.of("/").resolve(target).toString()).withReadOnly(readOnly);
    }

    private Optional<Mount> mount(Config mount, List<String> problems) {
        String type = mount.text("type", "volume");
        boolean readOnly = mount.flag("readonly", false);
        switch (type) {
            case "bind" -> {
                Optional<Mount> bound = source(mount.text("source"), problems).map(path -> bind(path, mount.text("target"), readOnly));
                String propagation = mount.block("bind_options").text("propagation").toUpperCase(Locale.ROOT);
                if (!propagation.isEmpty()) {
                    try {
                        BindPropagation wanted = BindPropagation.valueOf(propagation);
                        bound.ifPresent(one -> one.withBindOptions(new BindOptions().withPropagation(wanted)));
                    } catch (IllegalArgumentException e) {
                        problems.add("mount \"" + mount.text("target") + "\" has an unknown propagation \"" + propagation.toLowerCase(Locale.ROOT) + "\"");
                    }
                }
                return bound;
            }
            case "tmpfs" -> {
                Config options = mount.block("tmpfs_options");
                TmpfsOptions tmpfs = new TmpfsOptions();
                options.number("size").ifPresent(tmpfs::withSizeBytes);
                options.number("mode").ifPresent(mode -> tmpfs.withMode(mode.intValue()));
                return Optional.of(new Mount().withType(MountType.TMPFS).withTarget(mount.text("target")).withReadOnly(readOnly).withTmpfsOptions(tmpfs));
            }
            case "volume" -> {
                if (!volumesAllowed()) {
                    problems.add("volumes are not enabled; cannot mount volume: \"" + mount.text("source") + "\"");
                }
                Config given = mount.block("volume_options");
                VolumeOptions options = new VolumeOptions().withNoCopy(given.flag("no_copy", false)).withLabels(given.map("labels"));
                Config driver = given.block("driver_config");
                if (driver.has("name")) {
                    options.withDriverConfig(new com.github.dockerjava.api.model.Driver().withName(driver.text("name")).withOptions(driver.map("options")));
                }
                return Optional.of(new Mount().withType(MountType.VOLUME).withSource(mount.text("source")).withTarget(mount.text("target"))
                        .withReadOnly(readOnly).withVolumeOptions(options));
            }
            default -> {
                problems.add("mount \"" + mount.text("target") + "\" has an unknown type \"" + type + "\": bind, volume or tmpfs");
                return Optional.empty();
            }
        }
    }
}
