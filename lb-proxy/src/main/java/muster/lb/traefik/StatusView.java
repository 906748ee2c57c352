package muster.lb.traefik;

import static muster.lb.traefik.ApiViews.fields;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import muster.lb.exchange.Meter;
import muster.lb.source.CatalogFollower;

/** How the balancer is doing, as {@code muster lb status} reads it of both dialects: the age of the table, problems, every server. Not Traefik's. Pure. */
final class StatusView {
    private StatusView() {}

    /** @param now on the pools' monotonic clock */
    static Map<String, Object> of(TableKeeper keeper, CatalogFollower.Freshness fresh, long now) {
        TraefikTable table = keeper.table();
        List<Map<String, Object>> targets = new ArrayList<>();
        table.eachService((name, service) -> {
            if (service instanceof LoadBalancer balancer) {
                for (int i = 0; i < balancer.servers().size(); i++) {
                    targets.add(target(name, balancer, i, now));
                }
            }
        });
        return fields(
                "registry", fields("failure", fresh.failure().orElse(""), "tableAsOf", fresh.failingSince().map(Instant::toString).orElse("")),
                "routes", Stream.of(Kind.HTTP_ROUTER, Kind.TCP_ROUTER, Kind.UDP_ROUTER).mapToInt(kind -> table.routers(kind).size()).sum(),
                "problems", table.problems().stream().map(problem -> fields("where", problem.where(), "text", problem.text())).toList(),
                "absent", List.of(),
                "waiting", fields("now", 0, "served", 0, "expired", 0, "refused", 0),
                "drained", keeper.drained().entrySet().stream().map(entry -> fields("target", entry.getKey(), "inFlight", entry.getValue())).toList(),
                "targets", targets);
    }

    private static Map<String, Object> target(String service, LoadBalancer balancer, int index, long now) {
        Server server = balancer.servers().get(index);
        Meter.Counts counts = server.member().counts();
        String state = balancer.pool().obstacle(index, now)
                .orElse(!server.isChecked() ? "down: its health check fails" : !server.isUp(now) ? "left out: requests failed" : "in use");
        return fields("src", service, "service", service.replaceFirst("@.*", ""), "dst", server.url().text(), "state", state,
                "inFlight", counts.inFlight(), "total", counts.total(), "failures", counts.failures(),
                "status2xx", counts.byClass()[1], "status3xx", counts.byClass()[2], "status4xx", counts.byClass()[3], "status5xx", counts.byClass()[4],
                "seconds", counts.time().toNanos() / 1e9);
    }
}
