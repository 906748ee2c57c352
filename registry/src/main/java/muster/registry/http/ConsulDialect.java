package muster.registry.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import muster.http.Call;
import muster.http.Dialect;
import muster.http.Reply;
import muster.raft.NotLeaderException;
import muster.registry.acl.DeniedException;
import muster.wire.filter.FilterException;

/** How Consul words what is no handler's business. */
public final class ConsulDialect implements Dialect {
    private static final List<String> METHOD_ORDER = List.of("GET", "PUT", "POST", "DELETE");

    @Override
    public Reply notFound(Call call) {
        return Reply.empty(404);
    }

    @Override
    public Reply methodNotAllowed(Call call, Set<String> allowed) {
        List<String> methods = new ArrayList<>(List.of("OPTIONS"));
        METHOD_ORDER.stream().filter(allowed::contains).forEach(methods::add);
        String allow = String.join(",", methods);
        return call.method().equals("OPTIONS")
                ? Reply.empty(200).with("Allow", allow)
                : Reply.text(405, "method " + call.method() + " not allowed").with("Allow", allow);
    }

    @Override
    public Reply tooLarge(Call call, long limit, long size) {
        String setting = call.path().startsWith("/v1/txn") ? "txn_max_req_len" : "kv_max_value_size";
        return Reply.text(413, "Request body(" + (size < 0 ? limit + 1 : size) + " bytes) too large, max size: " + limit
                + " bytes. See https://www.consul.io/docs/agent/options.html#" + setting + ".");
    }

    @Override
    public Reply failed(Call call, Throwable failure) {
        return switch (failure) {
            case ApiException known -> Reply.text(known.status(), known.getMessage());
            case DeniedException denied -> Reply.text(denied.status(), denied.getMessage()).with("X-Muster-Denied", denied.reason());
            case FilterException filter -> Reply.text(500, filter.getMessage());
            case NotLeaderException nobody -> Reply.text(500, "No cluster leader");
            case CancellationException ended -> Reply.text(500, "agent is shutting down");
            default -> Reply.text(500, "internal error: " + failure);
        };
    }

    @Override
    public Reply badRequest(String reason) {
        return Reply.empty(400);
    }

    @Override
    public Reply moved(String method, String location) {
        if (!method.equals("GET")) {
            return Reply.empty(301).with("Location", location);
        }
        String page = "<a href=\"" + location.replace("&", "&amp;") + "\">Moved Permanently</a>.\n\n";
        return Reply.of(301, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8))
                .with("Location", location);
    }

    @Override
    public Reply decorate(Call call, Reply reply) {
        return reply instanceof Reply.Full full ? full.with("Vary", "Accept-Encoding") : reply;
    }
}
