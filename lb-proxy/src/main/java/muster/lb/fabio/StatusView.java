package muster.lb.fabio;

import static muster.lb.fabio.FabioApi.fields;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.lb.choose.WaitingRoom;
import muster.lb.exchange.Meter;
import muster.lb.route.Problem;
import muster.lb.route.Target;
import muster.lb.source.CatalogFollower;
import muster.lb.source.RouteSource;
import muster.wire.GoDuration;

/**
 * What {@code /api/status} shows: problems, the age of the table, who waits, who is drained, what each target did. Any thread.
 *
 * @param notes of the configuration
 */
record StatusView(RouteSource source, FabioApi.Inside inside, List<String> notes) {
    /** All of it. */
    Map<String, Object> whole() {
        CatalogFollower.Freshness freshness = source.freshness();
        List<Map<String, Object>> problems = new ArrayList<>();
        for (Problem problem : source.routing().problems()) {
            problems.add(fields("where", problem.where(), "text", problem.text()));
        }
        inside.certificateProblems().get().forEach(problem -> problems.add(fields("where", problem.where(), "text", problem.text())));
        WaitingRoom.Counts waits = inside.room().counts();
        return fields(
                "registry", fields("failure", freshness.failure().orElse(""),
                        "tableAsOf", freshness.failingSince().map(Object::toString).orElse("")),
                "routes", source.routing().table().size(),
                "problems", problems, "notes", notes,
                "absent", absent(),
                "waiting", fields("now", waits.waiting(), "served", waits.served(), "expired", waits.expired(), "refused", waits.refused()),
                "retriesLeft", inside.budget().left(),
                "drained", drained(),
                "targets", targets());
    }

    /** Routes whose instances have all left and that are still held. */
    private List<Map<String, Object>> absent() {
        List<Map<String, Object>> absent = new ArrayList<>();
        for (LiveRoute live : inside.table().all()) {
            live.absence().ifPresent(absence -> absent.add(fields("src", live.route().source(),
                    "state", absence.isKept() ? "kept: all services left at once, the last targets are used" : "held: requests wait for an instance",
                    "left", GoDuration.format(inside.table().left(absence)))));
        }
        return absent;
    }

    /** Targets that an operator drains, and the requests they still have. */
    List<Map<String, Object>> drained() {
        return inside.table().drained().stream().sorted()
                .map(address -> fields("target", address, "inFlight", inside.table().inFlight(address))).toList();
    }

    private List<Map<String, Object>> targets() {
        long now = System.nanoTime();
        List<Map<String, Object>> targets = new ArrayList<>();
        for (LiveRoute live : inside.table().all()) {
            for (int i = 0; i < live.route().targets().size(); i++) {
                Target target = live.route().targets().get(i);
                Meter.Counts counts = live.pool().members().get(i).counts();
                targets.add(fields(
                        "src", live.route().source(), "service", target.service(), "dst", target.url().text(),
                        "state", live.pool().obstacle(i, now).orElse("in use"),
                        "inFlight", counts.inFlight(), "total", counts.total(), "failures", counts.failures(),
                        "status2xx", counts.byClass()[1], "status3xx", counts.byClass()[2],
                        "status4xx", counts.byClass()[3], "status5xx", counts.byClass()[4],
                        "seconds", counts.time().toNanos() / 1e9));
            }
        }
        return targets;
    }
}
