package muster.lb.fabio;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import muster.lb.choose.Member;
import muster.lb.choose.Standing;
import muster.lb.choose.WaitingRoom;
import muster.lb.exchange.ConnectionDispatcher;
import muster.lb.exchange.Dispatcher.Ended;
import muster.lb.exchange.Histogram;
import muster.lb.route.Target;
import muster.wire.GoFloat;

/**
 * Counts, under the names Fabio's users know, and their Prometheus text. What belongs to a route or target is counted by its {@link Member} and
 * vanishes with it. Any thread.
 */
final class FabioMetrics {
    private final FabioConfig.Metrics config;
    private final String prefix;
    private final Histogram requests;
    private final Map<Integer, Histogram> byStatus = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
    private final LongAdder webSockets = new LongAdder();

    /** A figure with its labels, for those who send them elsewhere. */
    record Figure(String name, Map<String, String> labels, double value) {}

    /** @param prefix of all names, its template filled in */
    FabioMetrics(FabioConfig.Metrics config, String prefix, Histogram like) {
        this.config = config;
        this.prefix = prefix;
        this.requests = like.another();
        for (String name : List.of("notfound", "tcp_conn", "tcp_connfail", "tcp_noroute", "tcp_sni_conn", "tcp_sni_connfail", "tcp_sni_noroute")) {
            counters.put(name, new LongAdder());
        }
    }

    void notFound() {
        count("notfound");
    }

    void redirected(int status) {
        count("http_redirect_count{code=\"" + status + "\"}");
    }

    /** A relayed connection begins, fails to find a route, or fails to reach a target. */
    void connection(String event) {
        count(event);
    }

    /** A request became a WebSocket, of which {@link #ended} tells the end. */
    void webSocketBegan() {
        webSockets.increment();
    }

    /** Answered requests that had a target; also those whose target gave no answer. */
    void ended(Ended ended) {
        if (ended.status() == 101) {
            webSockets.decrement();
        }
        if (ended.attempt().isPresent() && ended.status() > 0) {
            requests.add(ended.time().toNanos());
            byStatus.computeIfAbsent(ended.status(), status -> requests.another()).add(ended.time().toNanos());
        }
    }

    void relayed(ConnectionDispatcher.Ended ended) {
        if (ended.connect().meter() instanceof Member member) {
            member.relayed(ended.received(), ended.sent());
        }
    }

    /** Everything in Prometheus' text format. */
    String text(LiveTable table, WaitingRoom room, long retriesLeft) {
        StringBuilder out = new StringBuilder(4096);
        new TreeMap<>(counters).forEach((name, count) -> {
            int brace = name.indexOf('{');
            String bare = brace < 0 ? name : name.substring(0, brace);
            type(out, bare, "counter");
            out.append(full(bare)).append(brace < 0 ? "" : name.substring(brace)).append(' ').append(count.sum()).append('\n');
        });
        type(out, "http_status", "histogram");
        new TreeMap<>(byStatus).forEach((status, times) -> histogram(out, "http_status", "code=\"" + status + "\"", times.counts()));
        type(out, "requests", "histogram");
        histogram(out, "requests", "", requests.counts());
        type(out, "ws_conn", "gauge");
        out.append(full("ws_conn")).append(' ').append(webSockets.sum()).append('\n');
        routes(out, table);
        WaitingRoom.Counts waits = room.counts();
        gauge(out, "waiting_requests", waits.waiting());
        gauge(out, "retries_left", retriesLeft);
        return dedup(out.toString());
    }

    /** The same figures one by one. */
    List<Figure> figures(LiveTable table) {
        List<Figure> figures = new ArrayList<>();
        counters.forEach((name, count) -> figures.add(new Figure(name.replaceAll("[{\"}=]+", "."), Map.of(), count.sum())));
        byStatus.forEach((status, times) ->
                figures.add(new Figure("http.status." + status, Map.of("code", "" + status), times.counts().total())));
        figures.add(new Figure("requests", Map.of(), requests.counts().total()));
        figures.add(new Figure("ws.conn", Map.of(), webSockets.sum()));
        forEachTarget(table, (live, target, member) -> figures.add(new Figure("route", Map.of("host", live.route().host(), "path",
                live.route().path(), "service", target.service(), "target", target.url().text()), member.counts().total())));
        return figures;
    }

    String full(String name) {
        String subsystem = config.subsystem().isEmpty() ? "" : config.subsystem() + "_";
        return clean(prefix.isEmpty() ? subsystem + name : prefix + "_" + subsystem + name);
    }

    private interface Visit {
        void target(LiveRoute live, Target target, Member member);
    }

    private static void forEachTarget(LiveTable table, Visit visit) {
        for (LiveRoute live : table.all()) {
            for (int i = 0; i < live.route().targets().size(); i++) {
                visit.target(live, live.route().targets().get(i), live.pool().members().get(i));
            }
        }
    }

    private void routes(StringBuilder out, LiveTable table) {
        StringBuilder times = new StringBuilder();
        StringBuilder received = new StringBuilder();
        StringBuilder sent = new StringBuilder();
        StringBuilder inFlight = new StringBuilder();
        StringBuilder errors = new StringBuilder();
        StringBuilder ejected = new StringBuilder();
        forEachTarget(table, (live, target, member) -> {
            String labels = "host=\"" + quoted(live.route().host()) + "\",path=\"" + quoted(live.route().path()) + "\",service=\""
                    + quoted(target.service()) + "\",target=\"" + quoted(target.url().text()) + "\"";
            Histogram.Counts counted = member.times();
            if (counted.total() > 0) {
                histogram(times, "route", labels, counted);
            }
            if (target.url().scheme().equals("tcp")) {
                line(received, "route_rx", labels, member.bytesReceived());
                line(sent, "route_tx", labels, member.bytesSent());
            }
            line(inFlight, "route_in_flight", labels, member.inFlight());
            line(errors, "route_errors", labels, member.counts().failures());
            line(ejected, "route_ejected", labels, member.standing() instanceof Standing.In ? 0 : 1);
        });
        block(out, "route", "histogram", times);
        block(out, "route_rx", "counter", received);
        block(out, "route_tx", "counter", sent);
        block(out, "route_in_flight", "gauge", inFlight);
        block(out, "route_errors", "counter", errors);
        block(out, "route_ejected", "gauge", ejected);
    }

    private void block(StringBuilder out, String name, String type, StringBuilder lines) {
        if (!lines.isEmpty()) {
            type(out, name, type);
            out.append(lines);
        }
    }

    private void histogram(StringBuilder out, String name, String labels, Histogram.Counts counted) {
        String before = labels.isEmpty() ? "" : labels + ",";
        String braced = labels.isEmpty() ? "" : "{" + labels + "}";
        double[] bounds = config.buckets();
        for (int i = 0; i <= bounds.length; i++) {
            String bound = i < bounds.length ? number(bounds[i]) : "+Inf";
            out.append(full(name)).append("_bucket{").append(before).append("le=\"").append(bound).append("\"} ")
                    .append(counted.cumulative()[i]).append('\n');
        }
        out.append(full(name)).append("_sum").append(braced).append(' ').append(number(counted.seconds())).append('\n');
        out.append(full(name)).append("_count").append(braced).append(' ').append(counted.total()).append('\n');
    }

    private void line(StringBuilder out, String name, String labels, long value) {
        out.append(full(name)).append('{').append(labels).append("} ").append(value).append('\n');
    }

    private void gauge(StringBuilder out, String name, long value) {
        type(out, name, "gauge");
        out.append(full(name)).append(' ').append(value).append('\n');
    }

    private void type(StringBuilder out, String name, String type) {
        out.append("# TYPE ").append(full(name)).append(' ').append(type).append('\n');
    }

    /** A metric's type is told once, before its first line. */
    private static String dedup(String text) {
        Set<String> told = new HashSet<>();
        StringBuilder out = new StringBuilder(text.length());
        text.lines().filter(line -> !line.startsWith("# TYPE ") || told.add(line)).forEach(line -> out.append(line).append('\n'));
        return out.toString();
    }

    private void count(String name) {
        counters.computeIfAbsent(name, n -> new LongAdder()).increment();
    }

    private static String number(double value) {
        return GoFloat.json(value);
    }

    private static String quoted(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static String clean(String name) {
        return name.replaceAll("[^A-Za-z0-9_]", "_");
    }
}
