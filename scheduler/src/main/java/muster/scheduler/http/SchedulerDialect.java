package muster.scheduler.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import muster.http.Call;
import muster.http.Dialect;
import muster.http.Reply;
import muster.raft.NotLeaderException;
import muster.scheduler.acl.DeniedException;
import muster.scheduler.state.RefusedException;
import muster.wire.GoSyntax;
import muster.wire.JsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Errors in the words of the scheduler's API, which are bare text, and headers that answers carry: those of the configuration, and what
 * lets pages of other origins read from clients.
 */
public final class SchedulerDialect implements Dialect {
    private static final Logger LOG = LoggerFactory.getLogger(SchedulerDialect.class);

    private final Map<String, String> headers;

    public SchedulerDialect() {
        this(Map.of());
    }

    /** @param headers that every answer gets ({@code http_api_response_headers}) */
    public SchedulerDialect(Map<String, String> headers) {
        this.headers = Map.copyOf(headers);
    }

    @Override
    public Reply notFound(Call call) {
        return Reply.empty(404);
    }

    @Override
    public Reply methodNotAllowed(Call call, Set<String> allowed) {
        boolean asks = call.method().equals("OPTIONS") && isForOtherOrigins(call) && !call.header("Access-Control-Request-Method").isEmpty();
        return asks ? Reply.empty(200).with("Access-Control-Allow-Methods", call.header("Access-Control-Request-Method"))
                .with("Access-Control-Allow-Headers", call.header("Access-Control-Request-Headers")) : Reply.text(405, "Invalid method");
    }

    private static boolean isForOtherOrigins(Call call) {
        return call.path().startsWith("/v1/client/") && !call.header("Origin").isEmpty();
    }

    @Override
    public Reply decorate(Call call, Reply reply) {
        boolean other = isForOtherOrigins(call);
        if (headers.isEmpty() && !other) {
            return reply;
        }
        Map<String, String> all = new LinkedHashMap<>(reply.headers());
        all.putAll(headers);
        if (other) {
            all.put("Access-Control-Allow-Origin", "*");
            all.put("Access-Control-Allow-Credentials", "true");
        }
        return switch (reply) {
            case Reply.Full full -> full.withHeaders(all);
            case Reply.Streaming streaming -> new Reply.Streaming(streaming.status(), all, streaming.source());
            case Reply.WebSocket socket -> socket;
        };
    }

    @Override
    public Reply tooLarge(Call call, long limit, long size) {
        return Reply.text(413, "http: request body too large");
    }

    @Override
    public Reply failed(Call call, Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return switch (cause) {
            case DeniedException e -> Reply.text(403, e.getMessage()).with("X-Muster-Denied", e.reason());
            case ApiException e -> Reply.text(e.status(), e.getMessage());
            case JsonException e -> Reply.text(400, GoSyntax.fault(call.body()).orElse(e.getMessage()));
            case RefusedException e -> Reply.text(500, e.getMessage());
            case NotLeaderException e -> Reply.text(500, "No cluster leader");
            default -> {
                LOG.error("request failed method={} path={}", call.method(), call.path(), cause);
                yield Reply.text(500, String.valueOf(cause.getMessage()));
            }
        };
    }
}
