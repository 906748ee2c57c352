package muster.template.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.registry.client.NodeWithServices;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.template.dependency.Dependency;

/** The local agent's node: the agent has to be asked for its name first. */
final class OwnNode implements AutoCloseable {
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    private final RegistryClient registry;
    private final Dependency.NodeDetail dependency;
    private final Feed.Report report;
    /** Guarded by itself. */
    private final List<AutoCloseable> watches = new ArrayList<>();
    private final Thread asking;

    OwnNode(RegistryClient registry, Dependency.NodeDetail dependency, Feed.Report report) {
        this.registry = registry;
        this.dependency = dependency;
        this.report = report;
        this.asking = Thread.ofVirtual().name("template-own-node").start(this::ask);
    }

    private void ask() {
        Duration pause = FIRST_RETRY;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Query<Optional<NodeWithServices>> query = new Query.NodeServices(registry.self().nodeName(), dependency.query().scope());
                synchronized (watches) {
                    watches.add(registry.watch(query, view -> report.accept(dependency, view.value(), view.failure())));
                }
                return;
            } catch (RegistryException e) {
                report.accept(dependency, Optional.empty(), Optional.of(dependency + ": " + e.getMessage()));
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_RETRY) < 0 ? pause.multipliedBy(2) : LONGEST_RETRY;
        }
    }

    @Override
    public void close() {
        asking.interrupt();
        synchronized (watches) {
            watches.forEach(Watcher::close);
        }
    }
}
