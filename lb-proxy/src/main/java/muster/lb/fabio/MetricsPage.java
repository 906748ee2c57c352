package muster.lb.fabio;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Dialect;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;

/** What a listener with {@code proto=prometheus} answers: the figures under their path, a redirect there from everywhere else. */
record MetricsPage(String path, Supplier<String> text) implements Dialect {
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    Routes routes() {
        Routes routes = new Routes();
        List.of("GET", "HEAD").forEach(method -> routes.add(method, path,
                Handlers.direct(call -> Reply.of(200, TYPE, text.get().getBytes(StandardCharsets.UTF_8)))));
        return routes;
    }

    @Override
    public Reply notFound(Call call) {
        return Reply.empty(308).with("Location", path);
    }

    @Override
    public Reply methodNotAllowed(Call call, Set<String> allowed) {
        return Reply.text(405, "not allowed\n");
    }

    @Override
    public Reply tooLarge(Call call, long limit, long size) {
        return Reply.text(413, "the body is larger than " + limit + " bytes\n");
    }

    @Override
    public Reply failed(Call call, Throwable failure) {
        return Reply.text(500, failure.getMessage() + "\n");
    }
}
