package muster.template.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import muster.registry.client.NodeWithServices;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.View;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;
import muster.template.language.GoText;

/**
 * Watches each distinct dependency once and keeps its last good value. Any thread may call. The listener is told of each
 * dependency that changed or failed, by the thread that saw it, without any lock held.
 */
public final class Watcher implements AutoCloseable {
    private static final Duration FILE_INTERVAL = Duration.ofSeconds(2);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    private final RegistryClient registry;
    private final Path base;
    private final InstantSource clock;
    private final Consumer<Dependency<?>> listener;
    private final Object lock = new Object();
    private final Map<Dependency<?>, Watched> watched = new HashMap<>();
    private boolean closed;

    /**
     * @param base where relative paths of files start
     * @param listener must be quick and not block
     */
    public Watcher(RegistryClient registry, Path base, InstantSource clock, Consumer<Dependency<?>> listener) {
        this.registry = registry;
        this.base = base;
        this.clock = clock;
        this.listener = listener;
    }

    /** What is known about one dependency. Guarded by the lock. */
    private static final class Watched {
        private final Instant since;
        private Optional<Object> value = Optional.empty();
        private Optional<String> failure = Optional.empty();
        private Optional<AutoCloseable> handle = Optional.empty();

        Watched(Instant since) {
            this.since = since;
        }
    }

    /** One dependency as a status page shows it. */
    public record Status(Dependency<?> dependency, Instant since, boolean known, Optional<String> failure) {}

    /** Starts watching those that are not watched yet and stops watching those that are not in the set. */
    public void watchOnly(Set<Dependency<?>> wanted) {
        List<AutoCloseable> ended = new ArrayList<>();
        List<Dependency<?>> started = new ArrayList<>();
        synchronized (lock) {
            if (closed) {
                return;
            }
            watched.entrySet().removeIf(entry -> {
                boolean unwanted = !wanted.contains(entry.getKey());
                if (unwanted) {
                    entry.getValue().handle.ifPresent(ended::add);
                }
                return unwanted;
            });
            for (Dependency<?> dependency : wanted) {
                if (!watched.containsKey(dependency)) {
                    watched.put(dependency, new Watched(clock.instant()));
                    started.add(dependency);
                }
            }
        }
        ended.forEach(Watcher::close);
        started.forEach(this::start);
    }

    private void start(Dependency<?> dependency) {
        AutoCloseable handle = switch (dependency) {
            case Dependency.FileContents file -> poll(file);
            case Dependency.NodeDetail node when node.name().isEmpty() -> watchOwnNode(node);
            case Dependency.OfRegistry<?> query -> watch(query);
        };
        boolean unwanted;
        synchronized (lock) {
            Watched entry = watched.get(dependency);
            unwanted = entry == null;
            if (entry != null) {
                entry.handle = Optional.of(handle);
            }
        }
        if (unwanted) {
            close(handle);
        }
    }

    private <T> AutoCloseable watch(Dependency.OfRegistry<T> dependency) {
        return registry.watch(dependency.query(), (View<T> view) -> accept(dependency, view.value(), view.failure()));
    }

    /** The local agent's node has to be asked for its name first. */
    private AutoCloseable watchOwnNode(Dependency.NodeDetail dependency) {
        List<AutoCloseable> watches = new ArrayList<>();
        Thread asking = Thread.ofVirtual().name("template-own-node").start(() -> {
            Duration pause = FIRST_RETRY;
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    Query<Optional<NodeWithServices>> query =
                            new Query.NodeServices(registry.self().nodeName(), dependency.query().scope());
                    synchronized (watches) {
                        watches.add(registry.watch(query, view -> accept(dependency, view.value(), view.failure())));
                    }
                    return;
                } catch (RegistryException e) {
                    accept(dependency, Optional.empty(), Optional.of(e.getMessage()));
                }
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException e) {
                    return;
                }
                pause = pause.multipliedBy(2).compareTo(LONGEST_RETRY) < 0 ? pause.multipliedBy(2) : LONGEST_RETRY;
            }
        });
        return () -> {
            asking.interrupt();
            synchronized (watches) {
                watches.forEach(Watcher::close);
            }
        };
    }

    private AutoCloseable poll(Dependency.FileContents dependency) {
        Thread poller = Thread.ofVirtual().name("template-file").start(() -> {
            Path path = base.resolve(dependency.path());
            String before = null;
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    String contents = GoText.of(Files.readAllBytes(path));
                    if (!contents.equals(before)) {
                        before = contents;
                        accept(dependency, Optional.of(contents), Optional.empty());
                    }
                } catch (IOException e) {
                    accept(dependency, Optional.empty(), Optional.of(failure(dependency, e)));
                }
                try {
                    Thread.sleep(FILE_INTERVAL);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        return poller::interrupt;
    }

    private static String failure(Dependency.FileContents file, IOException e) {
        return e instanceof NoSuchFileException
                ? file + ": stat " + file.path() + ": no such file or directory"
                : file + ": read " + file.path() + ": " + String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    }

    private void accept(Dependency<?> dependency, Optional<?> value, Optional<String> failure) {
        boolean changed;
        synchronized (lock) {
            Watched entry = watched.get(dependency);
            if (entry == null) {
                return;
            }
            changed = value.isPresent() && !value.get().equals(entry.value.orElse(null)) || !failure.equals(entry.failure);
            if (value.isPresent()) {
                entry.value = Optional.of(value.get());
            }
            entry.failure = failure;
        }
        if (changed) {
            listener.accept(dependency);
        }
    }

    /** All values that are known at this moment. */
    public Values snapshot() {
        synchronized (lock) {
            Map<Dependency<?>, Object> known = new HashMap<>();
            watched.forEach((dependency, entry) -> entry.value.ifPresent(value -> known.put(dependency, value)));
            return new Values(known);
        }
    }

    /** What is watched, in the order of the names. */
    public List<Status> status() {
        synchronized (lock) {
            return watched.entrySet().stream()
                    .map(entry -> new Status(entry.getKey(), entry.getValue().since, entry.getValue().value.isPresent(),
                            entry.getValue().failure))
                    .sorted(Comparator.comparing(status -> status.dependency().toString()))
                    .toList();
        }
    }

    /** Ends all watches; the listener is not called afterwards but by calls already under way. */
    @Override
    public void close() {
        List<AutoCloseable> handles = new ArrayList<>();
        synchronized (lock) {
            closed = true;
            watched.values().forEach(entry -> entry.handle.ifPresent(handles::add));
            watched.clear();
        }
        handles.forEach(Watcher::close);
    }

    private static void close(AutoCloseable handle) {
        try {
            handle.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a watch's close throws nothing that is checked", e);
        }
    }
}
