package muster.scheduler.driver;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.Version;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs containers by a Docker engine's API. The library that speaks it is loaded when an engine is found, not before.
 * Thread-safe. (Nomad docs: docker driver)
 */
final class Docker implements Driver {
    private static final Logger LOG = LoggerFactory.getLogger(Docker.class);
    private static final String ENDPOINT = "unix:///var/run/docker.sock";
    private static final Duration PULL_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration GRACE = Duration.ofMinutes(5);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int MOST_CONNECTIONS = 1000;

    private final Config plugin;
    private final String endpoint;
    private final Instant begun;
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final Map<String, ReentrantLock> pulls = new ConcurrentHashMap<>();
    /** The node whose tasks these are, as the first of them told. */
    private volatile String node = "";
    /** Guarded by this, as is the next. */
    private DockerClient client;
    private Instant swept = Instant.EPOCH;

    Docker(Config plugin, Instant now) {
        this.plugin = plugin;
        this.endpoint = plugin.text("endpoint", ENDPOINT);
        this.begun = now;
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
            return new DriverFingerprint(true, true, "Healthy", Map.of("driver.docker.version", version.getVersion(),
                    "driver.docker.privileged.enabled", String.valueOf(plugin.flag("allow_privileged", false)),
                    "driver.docker.volumes.enabled", String.valueOf(plugin.block("volumes").flag("enabled", false))));
        } catch (RuntimeException e) {
            return before ? away(reason(e)) : DriverFingerprint.absent("the Docker engine at " + endpoint + " does not answer: " + reason(e));
        }
    }

    private static DriverFingerprint away(String why) {
        return new DriverFingerprint(true, false, "Failed to connect to docker daemon: " + why, Map.of());
    }

    private static String reason(Throwable e) {
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
        String container = null;
        try {
            String image = image(plan, launch);
            container = create(plan, image);
            running.add(container);
            engine().startContainerCmd(container).exec();
            return follow(container, launch, 0);
        } catch (DriverException e) {
            throw e;
        } catch (DockerException e) {
            discard(container);
            throw new DriverException("Failed to start container " + plan.name() + ": API error (" + e.getHttpStatus() + "): " + reason(e), e.getHttpStatus() >= 500);
        } catch (RuntimeException e) {
            discard(container);
            throw new DriverException("Failed to start container " + plan.name() + ": " + reason(e), true);
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

    private DockerTask follow(String container, TaskLaunch launch, int since) {
        running.add(container);
        DockerTask task = new DockerTask(engine(), container, launch, !plugin.block("gc").flag("container", true), () -> running.remove(container));
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

    /** The image's id: loaded from a file of the task, there already, or pulled, by one task at a time. */
    private String image(DockerPlan plan, TaskLaunch launch) throws DriverException {
        Config config = new Config(launch.config());
        String image = plan.image();
        if (!config.text("load").isEmpty()) {
            load(launch, config.text("load"));
            return engine().inspectImageCmd(image).exec().getId();
        }
        String tag = tag(image);
        ReentrantLock one = pulls.computeIfAbsent(image, name -> new ReentrantLock());
        one.lock();
        try {
            if (!config.flag("force_pull", false) && !tag.equals("latest")) {
                Optional<String> there = there(image);
                if (there.isPresent()) {
                    return there.get();
                }
            }
            pull(image, tag, config, launch);
            return there(image).orElseThrow(() -> new DriverException("Failed to find docker image \"" + image + "\" after its download", true));
        } finally {
            one.unlock();
            pulls.remove(image, one);
        }
    }

    private Optional<String> there(String image) {
        try {
            return Optional.of(engine().inspectImageCmd(image).exec().getId());
        } catch (NotFoundException absent) {
            return Optional.empty();
        }
    }

    /** The tag of an image's name; "" for one that is named by its digest. */
    static String tag(String image) {
        int at = image.lastIndexOf(':');
        return image.contains("@") || image.startsWith("sha256:") ? "" : at > image.lastIndexOf('/') ? image.substring(at + 1) : "latest";
    }

    private void load(TaskLaunch launch, String file) throws DriverException {
        Path path = launch.folder().resolve("local").resolve(file).normalize();
        if (!path.startsWith(launch.folder())) {
            throw new DriverException("the image's file \"" + file + "\" is outside of the task's folder", false);
        }
        try (InputStream in = Files.newInputStream(path)) {
            engine().loadImageCmd(in).exec();
        } catch (IOException e) {
            throw new DriverException("can't load the image's file " + path + ": " + e, false);
        }
    }

    private void pull(String image, String tag, Config config, TaskLaunch launch) throws DriverException {
        launch.grants().progress().accept("Downloading image");
        Optional<AuthConfig> auth;
        try {
            auth = new DockerAuth(plugin).of(image, config);
        } catch (DriverException e) {
            if (!config.flag("auth_soft_fail", false)) {
                throw e;
            }
            auth = Optional.empty();
        }
        PullImageCmd pull = engine().pullImageCmd(tag.isEmpty() || image.endsWith(":" + tag) ? image : image + ":" + tag);
        auth.ifPresent(pull::withAuthConfig);
        Duration timeout = config.duration("image_pull_timeout").orElse(PULL_TIMEOUT);
        try (Pulling pulling = pull.exec(new Pulling())) {
            if (!pulling.awaitCompletion(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new DriverException("Failed to pull `" + image + "`: not there within " + timeout.toSeconds() + "s (image_pull_timeout)", true);
            }
            if (!pulling.error.isEmpty()) {
                throw new DriverException("Failed to pull `" + image + "`: " + pulling.error, true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DriverException("the download of `" + image + "` was broken off", true);
        } catch (IOException | RuntimeException e) {
            boolean never = e instanceof NotFoundException;
            throw new DriverException("Failed to pull `" + image + "`: " + reason(e), !never);
        }
    }

    /** What the engine says of a download. */
    private static final class Pulling extends ResultCallback.Adapter<PullResponseItem> {
        private volatile String error = "";

        @Override
        public void onNext(PullResponseItem item) {
            if (item.isErrorIndicated() && item.getErrorDetail() != null) {
                error = String.valueOf(item.getErrorDetail().getMessage());
            }
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
            return Optional.of(follow(found.getId(), launch, (int) Instant.now().getEpochSecond()));
        } catch (RuntimeException e) {
            LOG.warn("container not taken over container={} error={}", state.detail(), reason(e));
            return Optional.empty();
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            try {
                client.close();
            } catch (IOException e) {
                LOG.debug("engine's connections not closed error={}", e.toString());
            }
        }
    }
}
