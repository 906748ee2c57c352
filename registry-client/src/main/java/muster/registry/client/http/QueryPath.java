package muster.registry.client.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.StringJoiner;
import muster.registry.client.Query;

/** The path and parameters of a query. (Consul HTTP API: each query's page, blocking queries, consistency modes) */
final class QueryPath {
    private QueryPath() {}

    /**
     * Path and query string.
     *
     * @param datacenter asked where the query names none; "" for the agent's own
     * @param index 0 for an answer at once, else wait for one beyond it
     */
    static String of(Query<?> query, String datacenter, long index, Duration wait) {
        if (query instanceof Query.Stamped<?> stamped) {
            return of(stamped.of(), datacenter, index, wait);
        }
        StringJoiner parameters = new StringJoiner("&");
        String path = switch (query) {
            case Query.Key q -> "kv/" + key(q.key());
            case Query.Entries q -> {
                parameters.add("recurse=");
                yield "kv/" + key(q.prefix());
            }
            case Query.Keys q -> {
                parameters.add("keys=");
                add(parameters, "separator", q.separator());
                yield "kv/" + key(q.prefix());
            }
            case Query.Services q -> "catalog/services";
            case Query.CatalogService q -> {
                q.tags().forEach(tag -> add(parameters, "tag", tag));
                add(parameters, "near", q.near());
                yield "catalog/service/" + segment(q.service());
            }
            case Query.HealthService q -> {
                q.tags().forEach(tag -> add(parameters, "tag", tag));
                if (q.passingOnly()) {
                    parameters.add("passing=1");
                }
                add(parameters, "near", q.near());
                yield "health/service/" + segment(q.service());
            }
            case Query.ConnectService q -> "health/connect/" + segment(q.service());
            case Query.IngressService q -> "health/ingress/" + segment(q.service());
            case Query.Execute q -> "query/" + segment(q.name()) + "/execute";
            case Query.ChecksInState q -> "health/state/" + segment(q.state());
            case Query.Nodes q -> {
                add(parameters, "near", q.near());
                yield "catalog/nodes";
            }
            case Query.NodeServices q -> "catalog/node/" + segment(q.node());
            case Query.Datacenters q -> "catalog/datacenters";
            case Query.Stamped<?> q -> throw new IllegalArgumentException(q + " is read as what it stamps");
        };
        if (!(query instanceof Query.Datacenters)) {
            String named = query.scope().datacenter();
            add(parameters, "dc", named.isEmpty() ? datacenter : named);
            switch (query.scope().consistency()) {
                case DEFAULT -> {}
                case CONSISTENT -> parameters.add("consistent=");
                case STALE -> parameters.add("stale=");
            }
            if (index != 0 && blocks(query)) {
                parameters.add("index=" + Long.toUnsignedString(index)).add("wait=" + wait.toMillis() + "ms");
            }
        }
        return "/v1/" + path + (parameters.length() == 0 ? "" : "?" + parameters);
    }

    /** Whether the endpoint knows how to wait for another answer; others have to be asked again and again. */
    static boolean blocks(Query<?> query) {
        Query<?> read = query instanceof Query.Stamped<?> stamped ? stamped.of() : query;
        return !(read instanceof Query.Datacenters || read instanceof Query.Execute);
    }

    private static void add(StringJoiner parameters, String name, String value) {
        if (!value.isEmpty()) {
            parameters.add(name + "=" + segment(value));
        }
    }

    /** A key in a path: its slashes stay, all else is escaped as in a segment. */
    static String key(String key) {
        return escape(key, true);
    }

    /** One segment of a path, or a parameter's value: all but RFC 3986's unreserved characters is escaped. */
    static String segment(String text) {
        return escape(text, false);
    }

    private static String escape(String text, boolean slashes) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
                    || c == '-' || c == '.' || c == '_' || c == '~' || slashes && c == '/';
            if (plain) {
                out.append(c);
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }
}
