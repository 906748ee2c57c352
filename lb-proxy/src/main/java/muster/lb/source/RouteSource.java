package muster.lb.source;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import muster.lb.route.Problem;
import muster.lb.route.RouteTable;

/** Where a table of Fabio's routes comes from. Each new one is handed to whoever made the source. */
public interface RouteSource extends AutoCloseable {
    /** Begins; returns at once. */
    void start();

    /** Completes with the first table that is made of everything there is. */
    CompletionStage<Void> ready();

    /** What was published last. Any thread. */
    Routing routing();

    /** How current that is. */
    CatalogFollower.Freshness freshness();

    @Override
    void close();

    /**
     * A table, what is wrong with its input, and the page for requests that it has no route for.
     *
     * @param byRegistry the routes that differ from the table before because instances came, went or changed
     * @param byHand those that differ because of the operator's commands
     * @param isAnew whether the registry's state was replaced by another since the table before
     */
    record Routing(
            RouteTable table, List<Problem> problems, String noRoutePage, Set<String> byRegistry, Set<String> byHand, boolean isAnew) {}
}
