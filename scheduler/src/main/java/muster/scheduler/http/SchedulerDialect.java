package muster.scheduler.http;

import java.util.Set;
import muster.http.Call;
import muster.http.Dialect;
import muster.http.Reply;
import muster.raft.NotLeaderException;
import muster.scheduler.acl.DeniedException;
import muster.scheduler.state.RefusedException;
import muster.wire.JsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors in the words of the scheduler's API: bare text. */
public final class SchedulerDialect implements Dialect {
    private static final Logger LOG = LoggerFactory.getLogger(SchedulerDialect.class);

    @Override
    public Reply notFound(Call call) {
        return Reply.empty(404);
    }

    @Override
    public Reply methodNotAllowed(Call call, Set<String> allowed) {
        return Reply.text(405, "Invalid method");
    }

    @Override
    public Reply tooLarge(Call call, long limit, long size) {
        return Reply.text(413, "http: request body too large");
    }

    @Override
    public Reply failed(Call call, Throwable failure) {
        Throwable cause = failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
                ? failure.getCause() : failure;
        return switch (cause) {
            case DeniedException e -> Reply.text(403, e.getMessage()).with("X-Muster-Denied", e.reason());
            case ApiException e -> Reply.text(e.status(), e.getMessage());
            case JsonException e -> Reply.text(400, e.getMessage());
            case RefusedException e -> Reply.text(500, e.getMessage());
            case NotLeaderException e -> Reply.text(500, "No cluster leader");
            default -> {
                LOG.error("request failed method={} path={}", call.method(), call.path(), cause);
                yield Reply.text(500, String.valueOf(cause.getMessage()));
            }
        };
    }
}
