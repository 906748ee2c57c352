package muster.registry.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import muster.checks.CheckDefinition;
import muster.checks.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps alias checks at the state of what they stand for: of this agent's checks in the same step, of another node's by a
 * watch on the catalog. Not for more than one thread at a time: the agent's lock guards it.
 */
final class AliasFollower {
    private static final Logger LOG = LoggerFactory.getLogger(AliasFollower.class);
    /** An alias of an alias takes a round more; beyond this it is a circle. */
    private static final int MAX_ROUNDS = 4;

    private final String ownNode;
    private final CatalogLink catalog;
    private final Runnable changed;
    private final Map<String, AutoCloseable> watched = new HashMap<>();
    private boolean closed;

    /** @param changed told on any thread that a node which an alias stands for changed; asks for another {@link #follow} */
    AliasFollower(String ownNode, CatalogLink catalog, Runnable changed) {
        this.ownNode = ownNode;
        this.catalog = catalog;
        this.changed = changed;
    }

    /** The state with its aliases brought up to date. */
    LocalState follow(LocalState state, Duration outputDelay, Instant now) {
        Set<String> others = new HashSet<>();
        LocalState next = state;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            LocalState before = next;
            for (LocalCheck check : before.checks().values()) {
                if (check.definition() instanceof CheckDefinition.Alias alias) {
                    Outcome outcome = isOwn(alias)
                            ? Aliases.ofLocal(next.seenBy(alias))
                            : Aliases.ofCatalog(alias, rows(alias.node()).checks().values());
                    next = next.moved(check.id(), check.state().told(outcome, now), outputDelay, now);
                    if (!isOwn(alias)) {
                        others.add(alias.node());
                    }
                }
            }
            if (next == before) {
                break;
            }
        }
        watch(others);
        return next;
    }

    private boolean isOwn(CheckDefinition.Alias alias) {
        return alias.node().isEmpty() || alias.node().equalsIgnoreCase(ownNode);
    }

    private NodeRows rows(String node) {
        try {
            return catalog.rows(node);
        } catch (CatalogLink.CatalogUnavailableException e) {
            LOG.warn("alias not readable node={} reason={}", node, e.getMessage());
            return NodeRows.UNKNOWN;
        }
    }

    private void watch(Set<String> nodes) {
        List.copyOf(watched.keySet()).stream().filter(node -> !nodes.contains(node)).forEach(this::unwatch);
        for (String node : closed ? Set.<String>of() : nodes) {
            watched.computeIfAbsent(node, name -> catalog.watch(name, changed));
        }
    }

    private void unwatch(String node) {
        try {
            watched.remove(node).close();
        } catch (Exception e) {
            LOG.warn("watch not closed node={}", node, e);
        }
    }

    void close() {
        closed = true;
        List.copyOf(watched.keySet()).forEach(this::unwatch);
    }
}
