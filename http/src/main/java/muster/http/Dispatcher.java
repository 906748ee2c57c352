package muster.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An API as a function: what {@link HttpListener} does with a request whose body has been read, without the connection. Lets one
 * listener answer with another's routes in the same process. Any thread may call; handlers run on the caller's.
 */
public final class Dispatcher {
    private final RouteTree tree;
    private final Dialect dialect;

    private Dispatcher(RouteTree tree, Dialect dialect) {
        this.tree = tree;
        this.dialect = dialect;
    }

    public static Dispatcher of(Routes routes, Dialect dialect) {
        return new Dispatcher(RouteTree.of(routes.all()), dialect);
    }

    /**
     * The API's answer; never fails, as a handler's failure is worded by the dialect. Paths are not cleaned.
     *
     * @param call its parameters are replaced by those of the route found
     */
    public CompletionStage<Reply> handle(Call call) {
        RouteTree.Found found = tree.find(call.method(), call.path());
        Call here = new Call(call.method(), call.path(), found.parameters(), call.query(), call.headers(), call.body(), call.remote(), call.gone());
        return switch (found) {
            case RouteTree.Found.Nothing nothing -> done(dialect.notFound(here));
            case RouteTree.Found.Folder folder -> done(dialect.moved(call.method(), Paths.encode(call.path() + "/")));
            case RouteTree.Found.OtherMethods other -> done(dialect.decorate(here, dialect.methodNotAllowed(here, other.allowed())));
            case RouteTree.Found.Match match -> call.body().length > match.route().maxBody()
                    ? done(dialect.decorate(here, dialect.tooLarge(here, match.route().maxBody(), call.body().length)))
                    : answer(here, match.route());
        };
    }

    private CompletionStage<Reply> answer(Call call, Routes.Route route) {
        CompletionStage<Reply> reply;
        try {
            reply = route.handler().handle(call);
        } catch (RuntimeException e) {
            reply = CompletableFuture.failedFuture(e);
        }
        return reply.exceptionally(failure -> dialect.failed(call, failure.getCause() == null ? failure : failure.getCause()))
                .thenApply(made -> dialect.decorate(call, made));
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
