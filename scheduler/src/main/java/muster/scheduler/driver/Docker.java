package muster.scheduler.driver;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Version;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs containers by a Docker engine's API. The library that speaks it is loaded when an engine is found, not before.
 * Thread-safe. (Nomad docs: docker driver)
 */
final class Docker implements Driver {
    private static final Logger LOG = LoggerFactory.getLogger(Docker.class);
    private static final String ENDPOINT = "unix:///var/run/docker.sock";
    private static final Duration GRACE = Duration.ofMinutes(5);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int MOST_CONNECTIONS = 1000;

    private final Config plugin;
    private final String endpoint;
    private final Instant begun;
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final DockerImages images;
    /** The node whose tasks these are, as the first of them told. */
    private volatile String node = "";
    /** Guarded by this, as is the next. */
    private DockerClient client;
    private Instant swept = Instant.EPOCH;

    Docker(Config plugin, Instant now) {
        this.plugin = plugin;
        this.endpoint = plugin.text("endpoint", ENDPOINT);
        this.begun = now;
        this.images = new DockerImages(this::engine, plugin, new DockerAuth(plugin, System.getenv().getOrDefault("PATH", Isolated.PATH)));
    }

    @Override
    public String name() {
        return "docker";
    }

    @Override
    public Isolation isolation() {
        return Isolation.IMAGE;
    }

    @Override
    public Signal killSignal() {
        return new Signal("SIGTERM", 15);
    }

    private synchronized DockerClient engine() {
        if (client == null) {
            DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder().withDockerHost(endpoint).build();
            client = DockerClientImpl.getInstance(config, new ZerodepDockerHttpClient.Builder().dockerHost(config.getDockerHost())
                    .maxConnections(MOST_CONNECTIONS).connectionTimeout(CONNECT).build());
        }
        return client;
    }

    private synchronized boolean everFound() {
        return client != null;
    }

    @Override
    public DriverFingerprint fingerprint() {
        if (endpoint.startsWith("unix://") && !Files.exists(Path.of(endpoint.substring(7)))) {
            return everFound() ? away("its socket " + endpoint + " is gone")
                    : DriverFingerprint.absent("no Docker engine at " + endpoint + ": start one, or set endpoint in plugin \"docker\"");
        }
        boolean before = everFound();
        try {
            Version version = engine().versionCmd().exec();
            sweep();
            return new DriverFingerprint(true, true, "Healthy", attributes(version));
        } catch (RuntimeException e) {
            return before ? away(reason(e)) : DriverFingerprint.absent("the Docker engine at " + endpoint + " does not answer: " + reason(e));
        }
    }

    private Map<String, String> attributes(Version version) {
        Map<String, String> attributes = new TreeMap<>(Map.of("driver.docker.version", String.valueOf(version.getVersion()),
                "driver.docker.privileged.enabled", String.valueOf(plugin.flag("allow_privileged", false)),
                "driver.docker.volumes.enabled", String.valueOf(plugin.block("volumes").flag("enabled", false))));
        if (version.getOperatingSystem() != null) {
            attributes.put("driver.docker.os_type", version.getOperatingSystem());
        }
        return attributes;
    }

    private static DriverFingerprint away(String why) {
        return new DriverFingerprint(true, false, "Failed to connect to docker daemon: " + why, Map.of());
    }

    /** What went wrong at the bottom of it. */
    static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage().strip();
    }

    /** Removes what other agents of this node left behind, long after this one had the time to take over what is its own. */
    private void sweep() {
        Config dangling = plugin.block("gc").block("dangling_containers");
        Instant now = Instant.now();
        Duration grace = dangling.duration("creation_grace").orElse(GRACE);
        synchronized (this) {
            if (!dangling.flag("enabled", true) || now.isBefore(begun.plus(grace)) || now.isBefore(swept.plus(dangling.duration("period").orElse(GRACE)))) {
                return;
            }
            swept = now;
        }
        for (Container container : engine().listContainersCmd().withShowAll(true).withLabelFilter(List.of(DockerPlan.NODE_LABEL)).exec()) {
            boolean ours = !node.isEmpty() && node.equals(container.getLabels().get(DockerPlan.NODE_LABEL));
            boolean old = Instant.ofEpochSecond(container.getCreated()).plus(grace).isBefore(now);
            if (ours && old && !running.contains(container.getId())) {
                LOG.info("container of nobody container={} name={} removed={}", container.getId(), String.join(",", container.getNames()), !dangling.flag("dry_run", false));
                if (!dangling.flag("dry_run", false)) {
                    engine().removeContainerCmd(container.getId()).withForce(true).exec();
                }
            }
        }
    }

    @Override
    public List<String> problems(TaskLaunch launch) {
        return new DockerPlan(plugin, launch).problems();
    }

    @Override
    public TaskHandle start(TaskLaunch launch) throws DriverException {
        DockerPlan plan = new DockerPlan(plugin, launch);
        node = launch.owner().nodeId();
        requireInside(launch);
        String image = image(plan);
        String container = null;
        try {
            container = create(plan, image);
            running.add(container);
            engine().startContainerCmd(container).exec();
            return follow(container, image, launch, 0);
        } catch (DockerException e) {
            images.release(image, plan.name());
            discard(container);
            throw new DriverException("Failed to start container " + plan.name() + ": API error (" + e.getHttpStatus() + "): " + reason(e), e.getHttpStatus() >= 500);
        } catch (RuntimeException e) {
            images.release(image, plan.name());
            discard(container);
            throw new DriverException("Failed to start container " + plan.name() + ": " + reason(e), true);
        }
    }

    private void requireInside(TaskLaunch launch) throws DriverException {
        try {
            Optional<Path> outside = new DockerMounts(plugin, launch).leadingOut();
            if (outside.isPresent()) {
                throw new DriverException("can't mount " + outside.get() + ": it leads out of the allocation's folder through a link", false);
            }
        } catch (IOException e) {
            throw new DriverException("can't look at what is to be mounted: " + e, true);
        }
    }

    private String image(DockerPlan plan) throws DriverException {
        try {
            return images.get(plan.image(), plan.launch(), plan.name());
        } catch (RuntimeException e) {
            throw new DriverException("Failed to find docker image \"" + plan.image() + "\": " + reason(e), true);
        }
    }

    private void discard(String container) {
        if (container != null) {
            running.remove(container);
            try {
                engine().removeContainerCmd(container).withForce(true).exec();
            } catch (RuntimeException e) {
                LOG.warn("container left behind container={} error={}", container, e.toString());
            }
        }
    }

    private DockerTask follow(String container, String image, TaskLaunch launch, int since) {
        running.add(container);
        String user = new DockerPlan(plugin, launch).name();
        images.used(image, user);
        DockerTask.Keeping keeping = new DockerTask.Keeping(!plugin.block("gc").flag("container", true), !plugin.flag("disable_log_collection", false));
        DockerTask task = new DockerTask(engine(), container, launch, keeping, () -> {
            running.remove(container);
            images.release(image, user);
        });
        task.follow(since);
        return task;
    }

    /** A container of that name, which a start that was broken off left behind, makes room. */
    private String create(DockerPlan plan, String image) {
        CreateContainerCmd create = engine().createContainerCmd(image);
        plan.fill(create);
        try {
            return create.exec().getId();
        } catch (ConflictException taken) {
            InspectContainerResponse old = engine().inspectContainerCmd(plan.name()).exec();
            if (!plan.launch().owner().allocation().equals(old.getConfig().getLabels().get(DockerPlan.ALLOCATION_LABEL))) {
                throw taken;
            }
            engine().removeContainerCmd(old.getId()).withForce(true).exec();
            return create.exec().getId();
        }
    }

    /** By its id and by what it says of itself: a container of somebody else is none of ours, whatever its id. */
    @Override
    public Optional<TaskHandle> recover(TaskLaunch launch, HandleState state) {
        if (state.detail().isEmpty()) {
            return Optional.empty();
        }
        try {
            InspectContainerResponse found = engine().inspectContainerCmd(state.detail()).exec();
            Map<String, String> labels = found.getConfig().getLabels();
            node = launch.owner().nodeId();
            if (labels == null || !launch.owner().allocation().equals(labels.get(DockerPlan.ALLOCATION_LABEL))
                    || !launch.name().equals(labels.get(DockerPlan.TASK_LABEL))) {
                return Optional.empty();
            }
            return Optional.of(follow(found.getId(), found.getImageId(), launch, (int) Instant.now().getEpochSecond()));
        } catch (RuntimeException e) {
            LOG.warn("container not taken over container={} error={}", state.detail(), reason(e));
            return Optional.empty();
        }
    }

    @Override
    public synchronized void close() {
        images.close();
        if (client != null) {
            try {
                client.close();
            } catch (IOException e) {
                LOG.debug("engine's connections not closed error={}", e.toString());
            }
        }
    }
}
