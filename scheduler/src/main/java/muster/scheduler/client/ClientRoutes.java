package muster.scheduler.client;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.wire.Json;

/**
 * The paths {@code /v1/client/*} of the HTTP API, answered by the client of this node (API page "Client"). Statuses and
 * texts are the original's, also where they surprise: {@code cat} and {@code readat} tell their errors with status 200.
 */
public final class ClientRoutes {
    private final Client client;

    private ClientRoutes(Client client) {
        this.client = client;
    }

    /** The routes of a client. */
    public static Routes of(Client client) {
        ClientRoutes routes = new ClientRoutes(client);
        Routes list = new Routes();
        list.get("/v1/client/stats", Handlers.blocking(routes::stats));
        for (String method : List.of("GET", "PUT", "POST")) {
            list.add(method, "/v1/client/gc", Handlers.blocking(routes::collectAll));
            list.add(method, "/v1/client/metadata", Handlers.blocking(routes::metadata));
        }
        new AllocationRoutes(client).add(list);
        new FileRoutes(client).add(list);
        return list;
    }

    private Reply collectAll(Call call) {
        client.collectAll();
        return Reply.empty(200);
    }

    /** What is said of the node, or another word on it. */
    private Reply metadata(Call call) {
        record Body(Map<String, String> meta) {}
        try {
            if (!call.method().equals("GET")) {
                if (call.body().length == 0) {
                    throw new Refusal(400, "Request body is empty");
                }
                client.changeMetadata(Json.read(Body.class, call.body(), Json.Unknown.IGNORE).meta());
            }
            return Refusal.json(call, client.metadata().view());
        } catch (Refusal e) {
            return e.reply();
        }
    }

    private Reply stats(Call call) {
        String id = call.query("node_id");
        if (!id.isEmpty() && !id.equals(client.node().id())) {
            return Reply.text(404, "Unknown node " + id);
        }
        try {
            double total = Double.parseDouble(client.node().attributes().getOrDefault("cpu.totalcompute", "0"));
            return Refusal.json(call, UsageReport.node(client.settings().dataDir(), total, client.clock().instant()));
        } catch (IOException e) {
            return Reply.text(500, e.toString());
        }
    }
}
