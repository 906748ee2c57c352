package muster.lb.source;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import muster.lb.route.PathMatcher;
import muster.lb.route.RouteBook;
import muster.lb.route.RouteCommand;

/** A table that never changes ({@code registry.backend=static} and {@code file}). */
public final class FixedSource implements RouteSource {
    private final Routing routing;
    private final Consumer<Routing> publish;

    public FixedSource(
            List<RouteCommand> commands, String noRoutePage, PathMatcher matcher, boolean hostGlobs, Consumer<Routing> publish) {
        RouteBook book = new RouteBook(matcher, hostGlobs);
        Set<String> changed = book.manual(commands).changed();
        this.routing = new Routing(book.table(), book.problems(), noRoutePage, Set.of(), changed, false);
        this.publish = publish;
    }

    @Override
    public void start() {
        publish.accept(routing);
    }

    @Override
    public CompletionStage<Void> ready() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Routing routing() {
        return routing;
    }

    @Override
    public CatalogFollower.Freshness freshness() {
        return new CatalogFollower.Freshness(Optional.empty(), Optional.empty());
    }

    @Override
    public void close() {}
}
