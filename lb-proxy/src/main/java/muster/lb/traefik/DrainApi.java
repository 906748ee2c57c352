package muster.lb.traefik;

import static muster.lb.traefik.ApiViews.fields;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.wire.Json;

/**
 * {@code /api/drain}: GET lists the drained servers with their requests in progress, PUT {@code ?target=HOST:PORT} drains one, DELETE takes that
 * back. Not Traefik's. Since its API is one to read, and is shown to others as such, changes are taken from the balancer's own machine only.
 */
final class DrainApi {
    private final Supplier<TableKeeper> keeper;

    /** @param keeper asked once requests come */
    DrainApi(Supplier<TableKeeper> keeper) {
        this.keeper = keeper;
    }

    Answer answer(RequestHead head) {
        String target = TraefikApi.query(head).getOrDefault("target", "");
        switch (head.method()) {
            case "GET" -> {
                return json(keeper.get().drained().entrySet().stream().map(entry -> fields("target", entry.getKey(), "inFlight", entry.getValue())).toList());
            }
            case "PUT", "DELETE" -> {
                if (!InetAddress.ofLiteral(head.peer().address()).isLoopbackAddress()) {
                    return Answer.text(403, "servers are drained from the balancer's own machine only\n");
                }
                if (target.isEmpty()) {
                    return Answer.text(400, "target is missing: HOST:PORT\n");
                }
                boolean drains = head.method().equals("PUT");
                int services = keeper.get().drain(target, drains);
                if (services == 0 && drains) {
                    return Answer.text(404, "no service has the server " + target + "\n");
                }
                int left = keeper.get().drained().getOrDefault(target, 0);
                return json(fields("target", target, "drained", drains, "routes", services, "inFlight", left));
            }
            default -> {
                return Answer.text(405, "Method Not Allowed\n");
            }
        }
    }

    private static Answer json(Object value) {
        return new Answer(200, new HeaderList().add("Content-Type", "application/json"), (Json.text(value) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
