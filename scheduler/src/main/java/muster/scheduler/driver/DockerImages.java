package muster.scheduler.driver;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.PullResponseItem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of an engine: gets them for tasks, each by one task at a time, and removes those that no task of this agent has used
 * for a while. Thread-safe. (Nomad docs: docker driver, "gc", "pull_activity_timeout")
 */
final class DockerImages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DockerImages.class);
    private static final Duration PULL_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration SILENCE = Duration.ofMinutes(2);
    private static final Duration DELAY = Duration.ofMinutes(3);
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Supplier<DockerClient> engine;
    private final Config plugin;
    private final DockerAuth auth;
    private final Map<String, ReentrantLock> pulls = new ConcurrentHashMap<>();
    /** Held while what is used is looked at and changed, so that no image goes that a task was just promised. */
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock: who uses an image, by its id; one without users is about to go. */
    private final Map<String, Set<String>> users = new HashMap<>();
    private final Set<Thread> leaving = ConcurrentHashMap.newKeySet();

    DockerImages(Supplier<DockerClient> engine, Config plugin, DockerAuth auth) {
        this.engine = engine;
        this.plugin = plugin;
        this.auth = auth;
    }

    /**
     * The id of a task's image, which stays until its user lets go of it: loaded from a file of the task, there already, or
     * pulled.
     *
     * @param user by which name the task is known here
     */
    String get(String image, TaskLaunch launch, String user) throws DriverException {
        Config config = new Config(launch.config());
        if (!config.text("load").isEmpty()) {
            load(launch, config.text("load"));
            return take(image, user).orElseThrow(() -> new DriverException(
                    "Failed to find docker image \"" + image + "\" in the file \"" + config.text("load") + "\"", false));
        }
        ReentrantLock one = pulls.computeIfAbsent(image, name -> new ReentrantLock());
        one.lock();
        try {
            if (!config.flag("force_pull", false) && !tag(image).equals("latest")) {
                Optional<String> there = take(image, user);
                if (there.isPresent()) {
                    return there.get();
                }
            }
            pull(image, config, launch);
            return take(image, user).orElseThrow(
                    () -> new DriverException("Failed to find docker image \"" + image + "\" after its download", true));
        } finally {
            one.unlock();
            pulls.remove(image, one);
        }
    }

    private Optional<String> take(String image, String user) {
        lock.lock();
        try {
            String id = engine.get().inspectImageCmd(image).exec().getId();
            users.computeIfAbsent(id, key -> new HashSet<>()).add(user);
            return Optional.of(id);
        } catch (NotFoundException absent) {
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** A container that runs already uses it. */
    void used(String id, String user) {
        lock.lock();
        try {
            users.computeIfAbsent(id, key -> new HashSet<>()).add(user);
        } finally {
            lock.unlock();
        }
    }

    /** The user needs it no more; without others it goes when the delay is over. Idempotent. */
    void release(String id, String user) {
        lock.lock();
        try {
            Set<String> left = users.get(id);
            if (left == null || !left.remove(user) || !left.isEmpty() || !plugin.block("gc").flag("image", true)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        Duration delay = plugin.block("gc").duration("image_delay").orElse(DELAY);
        Thread thread = Thread.ofVirtual().name("docker-image-" + id).unstarted(() -> {
            try {
                Thread.sleep(delay);
                remove(id);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                leaving.remove(Thread.currentThread());
            }
        });
        leaving.add(thread);
        thread.start();
    }

    private void remove(String id) {
        lock.lock();
        try {
            if (users.getOrDefault(id, Set.of()).isEmpty() && users.remove(id) != null) {
                engine.get().removeImageCmd(id).exec();
                LOG.info("image of nobody removed image={}", id);
            }
        } catch (NotFoundException gone) {
            LOG.debug("image gone already image={}", id);
        } catch (ConflictException used) {
            LOG.info("image kept, others use it image={}", id);
        } catch (RuntimeException e) {
            LOG.warn("image left behind image={} error={}", id, e.toString());
        } finally {
            lock.unlock();
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
            if (!path.toRealPath().startsWith(launch.folder().toRealPath())) {
                throw new DriverException("the image's file \"" + file + "\" leads out of the task's folder", false);
            }
            engine.get().loadImageCmd(in).exec();
        } catch (IOException e) {
            throw new DriverException("can't load the image's file " + path + ": " + e, false);
        }
    }

    private void pull(String image, Config config, TaskLaunch launch) throws DriverException {
        launch.grants().progress().accept("Downloading image");
        Optional<AuthConfig> who = auth(image, config);
        String tag = tag(image);
        PullImageCmd pull = engine.get().pullImageCmd(tag.isEmpty() || image.endsWith(":" + tag) ? image : image + ":" + tag);
        who.ifPresent(pull::withAuthConfig);
        try (Pulling pulling = pull.exec(new Pulling())) {
            pulling.await(image, config.duration("image_pull_timeout").orElse(PULL_TIMEOUT),
                    plugin.duration("pull_activity_timeout").orElse(SILENCE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DriverException("the download of `" + image + "` was broken off", true);
        } catch (IOException | RuntimeException e) {
            boolean never = e instanceof NotFoundException;
            throw new DriverException("Failed to pull `" + image + "`: " + Docker.reason(e), !never);
        }
    }

    private Optional<AuthConfig> auth(String image, Config config) throws DriverException {
        try {
            return auth.of(image, config);
        } catch (DriverException e) {
            if (!config.flag("auth_soft_fail", false)) {
                throw e;
            }
            LOG.info("image pulled without password image={} reason={}", image, e.getMessage());
            return Optional.empty();
        }
    }

    /** What the engine says of a download. */
    private static final class Pulling extends ResultCallback.Adapter<PullResponseItem> {
        /** Its own: the adapter's waiting ends the download when its time is over. */
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile String error = "";
        private volatile Optional<Throwable> failure = Optional.empty();
        private volatile long heard = System.nanoTime();

        @Override
        public void onNext(PullResponseItem item) {
            heard = System.nanoTime();
            if (item.isErrorIndicated() && item.getErrorDetail() != null) {
                error = String.valueOf(item.getErrorDetail().getMessage());
            }
        }

        @Override
        public void onError(Throwable thrown) {
            failure = Optional.of(thrown);
            super.onError(thrown);
            over.countDown();
        }

        @Override
        public void onComplete() {
            super.onComplete();
            over.countDown();
        }

        void await(String image, Duration whole, Duration silence) throws DriverException, InterruptedException {
            long end = System.nanoTime() + whole.toNanos();
            while (!over.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() > end) {
                    throw new DriverException("Failed to pull `" + image + "`: not there within " + whole.toSeconds() + "s (image_pull_timeout)", true);
                }
                if (System.nanoTime() - heard > silence.toNanos()) {
                    throw new DriverException("Failed to pull `" + image + "`: nothing came for " + silence.toSeconds() + "s (pull_activity_timeout)", true);
                }
            }
            if (failure.isPresent()) {
                throw new DriverException("Failed to pull `" + image + "`: " + Docker.reason(failure.get()), !(failure.get() instanceof NotFoundException));
            }
            if (!error.isEmpty()) {
                throw new DriverException("Failed to pull `" + image + "`: " + error, true);
            }
        }
    }

    /** Images stay; those that were to go are the next agent's. */
    @Override
    public void close() {
        leaving.forEach(Thread::interrupt);
    }
}
