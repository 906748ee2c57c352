package muster.template.watch;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import muster.registry.client.RegistryClient;
import muster.template.dependency.ApiDependency;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;
import muster.template.source.Source;

/**
 * Watches each distinct dependency once and keeps its last good value: a failure never replaces it. Any thread may call. The
 * listener is told of each dependency that changed or failed, by the thread that saw it, without any lock held.
 */
public final class Watcher implements AutoCloseable {
    private final Sources sources;
    private final LocalFiles files;
    private final InstantSource clock;
    private final Consumer<Dependency<?>> listener;
    private final Feed feed;
    private final Object lock = new Object();
    private final Map<Dependency<?>, Watched> watched = new HashMap<>();
    private final Known known = new Known();
    /** Those whose list is empty that was not. */
    private final Map<Dependency<?>, Watched> emptied = new HashMap<>();
    private Set<Dependency.OfRegistry<?>> fed = Set.of();
    private boolean closed;

    /**
     * @param base where relative paths of files start
     * @param listener must be quick and not block
     */
    public Watcher(Sources sources, Path base, InstantSource clock, Consumer<Dependency<?>> listener) {
        this.sources = sources;
        this.files = new LocalFiles(base);
        this.clock = clock;
        this.listener = listener;
        this.feed = sources.connections() == 0
                ? new DirectFeed(sources.registry(), this::accept)
                : new EconomicFeed(sources.registry(), sources.connections(), this::accept);
    }

    /** What is known about one dependency. Guarded by the lock. */
    private static final class Watched {
        private final Instant since;
        private Optional<Object> value = Optional.empty();
        private Instant changed = Instant.EPOCH;
        private Optional<String> failure = Optional.empty();
        private Optional<Instant> failingSince = Optional.empty();
        private Optional<AutoCloseable> handle = Optional.empty();
        /** The list before it became empty, and when it did. */
        private Optional<Object> beforeEmpty = Optional.empty();
        private Instant emptied = Instant.EPOCH;

        Watched(Instant since) {
            this.since = since;
        }
    }

    /**
     * One dependency as a status page shows it.
     *
     * @param since when it was first asked for
     * @param known whether there is a value
     * @param changed when the value last changed, {@link Instant#EPOCH} before the first
     * @param failure why it can't be refreshed at present
     * @param failingSince since when not
     * @param emptySince since when a list is empty that was not, empty otherwise; a template may still be holding it
     */
    public record Status(Dependency<?> dependency, Instant since, boolean known, Instant changed, Optional<String> failure,
            Optional<Instant> failingSince, Optional<Instant> emptySince) {}

    /** Starts watching those that are not watched yet and stops watching those that are not in the set. */
    public void watchOnly(Set<Dependency<?>> wanted) {
        List<AutoCloseable> ended = new ArrayList<>();
        List<Dependency<?>> started = new ArrayList<>();
        Set<Dependency.OfRegistry<?>> nowFed = new HashSet<>();
        boolean feedChanges;
        synchronized (lock) {
            if (closed) {
                return;
            }
            Set<Dependency<?>> unwanted = new HashSet<>(watched.keySet());
            unwanted.removeAll(wanted);
            unwanted.forEach(dependency -> watched.remove(dependency).handle.ifPresent(ended::add));
            emptied.keySet().removeAll(unwanted);
            known.removeAll(unwanted);
            for (Dependency<?> dependency : wanted) {
                if (isFed(dependency)) {
                    nowFed.add((Dependency.OfRegistry<?>) dependency);
                }
                if (!watched.containsKey(dependency)) {
                    watched.put(dependency, new Watched(clock.instant()));
                    started.add(dependency);
                }
            }
            feedChanges = !nowFed.equals(fed);
            fed = nowFed;
        }
        ended.forEach(Watcher::close);
        if (feedChanges) {
            feed.want(nowFed);
        }
        started.stream().filter(dependency -> !isFed(dependency)).forEach(this::start);
    }

    static boolean isFed(Dependency<?> dependency) {
        return dependency instanceof Dependency.OfRegistry<?>
                && !(dependency instanceof Dependency.NodeDetail node && node.name().isEmpty());
    }

    private void start(Dependency<?> dependency) {
        AutoCloseable handle = switch (dependency) {
            case Dependency.FileContents file -> files.follow(file, this::accept);
            case ApiDependency api -> follow(api);
            case Dependency.NodeDetail node -> new OwnNode(sources.registry(), node, this::accept);
            case Dependency.OfRegistry<?> fedElsewhere -> throw new IllegalStateException(fedElsewhere + " is the feed's");
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

    private AutoCloseable follow(ApiDependency dependency) {
        Optional<Source> source = sources.forDependency(dependency);
        if (source.isEmpty()) {
            accept(dependency, Optional.empty(), Optional.of(Sources.absence(dependency)));
            return () -> { };
        }
        return source.get().follow(dependency, new Source.Receiver() {
            @Override
            public void answered(Optional<Object> json) {
                accept(dependency, Optional.of(json), Optional.empty());
            }

            @Override
            public void failed(String message) {
                accept(dependency, Optional.empty(), Optional.of(message));
            }
        });
    }

    private void accept(Dependency<?> dependency, Optional<?> value, Optional<String> failure) {
        accept(List.of(new Feed.News(dependency, value, failure)));
    }

    private void accept(List<Feed.News> news) {
        List<Dependency<?>> changed = new ArrayList<>();
        synchronized (lock) {
            for (Feed.News each : news) {
                Watched entry = watched.get(each.dependency());
                if (entry != null && take(each, entry)) {
                    changed.add(each.dependency());
                }
            }
        }
        changed.forEach(listener);
    }

    /** Holds the lock. Returns whether it is a change. */
    private boolean take(Feed.News news, Watched entry) {
        boolean newValue = news.value().isPresent() && !news.value().get().equals(entry.value.orElse(null));
        boolean changed = newValue || !news.failure().equals(entry.failure);
        if (newValue) {
            Object value = news.value().get();
            noteEmptiness(news.dependency(), entry, value);
            entry.value = Optional.of(value);
            known.put(news.dependency(), value);
            entry.changed = clock.instant();
        }
        entry.failingSince = news.failure().isEmpty() ? Optional.empty() : entry.failingSince.or(() -> Optional.of(clock.instant()));
        entry.failure = news.failure();
        return changed;
    }

    private void noteEmptiness(Dependency<?> dependency, Watched entry, Object next) {
        boolean wasFilled = list(entry.value.orElse(null)) instanceof List<?> before && !before.isEmpty();
        boolean isEmpty = list(next) instanceof List<?> after && after.isEmpty();
        if (isEmpty && wasFilled) {
            entry.beforeEmpty = entry.value;
            entry.emptied = clock.instant();
            emptied.put(dependency, entry);
        } else if (!isEmpty) {
            entry.beforeEmpty = Optional.empty();
            emptied.remove(dependency);
        }
    }

    /** The value itself, or the JSON that an API answered. */
    static Object list(Object value) {
        return value instanceof Optional<?> json ? json.orElse(null) : value;
    }

    /** All that is known now. */
    public Moment moment() {
        synchronized (lock) {
            List<Moment.Emptied> lists = new ArrayList<>();
            emptied.forEach((dependency, entry) -> lists.add(new Moment.Emptied(dependency, entry.beforeEmpty.orElseThrow(), entry.emptied)));
            Optional<RegistryClient.Reader> reader = sources.connections() == 0 ? Optional.of(sources.registry().now()) : Optional.empty();
            return new Moment(clock.instant(), known.values(), lists, reader);
        }
    }

    /** All values that are known at this moment, lists that became empty as they are. */
    public Values snapshot() {
        return moment().values(EmptyHold.NONE);
    }

    /** How long the first of these lists is still held; empty if none is. */
    public Optional<Duration> heldFor(Set<Dependency<?>> used, EmptyHold hold) {
        synchronized (lock) {
            Instant now = clock.instant();
            return used.stream().filter(watched::containsKey).filter(dependency -> watched.get(dependency).beforeEmpty.isPresent())
                    .map(dependency -> Duration.between(now, watched.get(dependency).emptied.plus(hold.of(dependency))))
                    .filter(Duration::isPositive).min(Comparator.naturalOrder());
        }
    }

    /** What is watched, in the order of the names. */
    public List<Status> status() {
        return status(entry -> true);
    }

    /** The same of what can't be refreshed at present. */
    public List<Status> failing() {
        return status(entry -> entry.failure.isPresent());
    }

    private List<Status> status(Predicate<Watched> wanted) {
        synchronized (lock) {
            return watched.entrySet().stream().filter(entry -> wanted.test(entry.getValue()))
                    .map(entry -> new Status(entry.getKey(), entry.getValue().since, entry.getValue().value.isPresent(),
                            entry.getValue().changed, entry.getValue().failure, entry.getValue().failingSince,
                            entry.getValue().beforeEmpty.map(before -> entry.getValue().emptied)))
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
        feed.close();
    }

    static void close(AutoCloseable handle) {
        try {
            handle.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a watch's close throws nothing that is checked", e);
        }
    }
}
