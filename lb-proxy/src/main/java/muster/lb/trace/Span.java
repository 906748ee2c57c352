package muster.lb.trace;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.lb.exchange.Dispatcher.Ended;
import muster.lb.exchange.RequestHead;

/**
 * One request as those who collect traces know it (OpenTelemetry: "Semantic conventions for HTTP spans"). The query is left out: it may hold
 * secrets. Pure.
 *
 * @param parent the span id of who sent the request, "" for nobody
 */
record Span(TraceParent own, String parent, String name, Instant start, Duration time, int status, Map<String, String> attributes) {
    private static final int KIND_SERVER = 2;
    private static final int STATUS_ERROR = 2;

    /** @param route what took the request, for people */
    static Span of(Ended ended, TraceParent own, String parent, String route, Instant end) {
        RequestHead head = ended.head();
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("http.request.method", head.method());
        attributes.put("url.scheme", head.scheme());
        attributes.put("url.path", head.path());
        attributes.put("server.address", head.host());
        attributes.put("client.address", head.peer().address());
        attributes.put("http.route", route);
        ended.attempt().ifPresent(attempt -> attributes.put("muster.target", attempt.target().text()));
        return new Span(own, parent, head.method() + " " + route, end.minus(ended.time()), ended.time(), ended.status(), attributes);
    }

    /** The body of a request to a collector (OpenTelemetry Protocol 1, JSON). */
    static Map<String, Object> document(List<Span> spans, String serviceName) {
        return Map.of("resourceSpans", List.of(ordered(
                "resource", Map.of("attributes", List.of(attribute("service.name", serviceName))),
                "scopeSpans", List.of(ordered("scope", Map.of("name", "muster"), "spans", spans.stream().map(Span::json).toList())))));
    }

    private Map<String, Object> json() {
        List<Map<String, Object>> all = new ArrayList<>();
        attributes.forEach((key, value) -> all.add(attribute(key, value)));
        if (status > 0) {
            all.add(ordered("key", "http.response.status_code", "value", Map.of("intValue", Integer.toString(status))));
        }
        Map<String, Object> json = ordered("traceId", own.traceId(), "spanId", own.spanId());
        if (!parent.isEmpty()) {
            json.put("parentSpanId", parent);
        }
        json.putAll(ordered("name", name, "kind", KIND_SERVER, "startTimeUnixNano", nanos(start), "endTimeUnixNano", nanos(start.plus(time)),
                "attributes", all));
        if (status == 0 || status >= 500) {
            json.put("status", Map.of("code", STATUS_ERROR));
        }
        return json;
    }

    private static Map<String, Object> attribute(String key, String value) {
        return ordered("key", key, "value", Map.of("stringValue", value));
    }

    private static String nanos(Instant at) {
        return Long.toString(at.getEpochSecond() * 1_000_000_000 + at.getNano());
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
