package muster.http;

import java.util.ArrayList;
import java.util.List;

/**
 * The list of an API's routes: method, pattern, limit on the body, handler. A pattern's segment is literal, {@code :name}
 * (one segment) or, at the end, {@code *name} (the rest, slashes included, may be empty). Literal segments win over
 * parameters. Built once at start, then read only.
 */
public final class Routes {
    /** One line of the list. */
    public record Route(String method, String pattern, long maxBody, Handler handler) {}

    /** Bodies up to this many bytes where a route states nothing else. */
    public static final long DEFAULT_MAX_BODY = 1 << 20;

    private final List<Route> routes = new ArrayList<>();

    public Routes add(String method, String pattern, Handler handler) {
        return add(method, pattern, DEFAULT_MAX_BODY, handler);
    }

    /** With a limit on the body of this route, in bytes. */
    public Routes add(String method, String pattern, long maxBody, Handler handler) {
        routes.add(new Route(method, pattern, maxBody, handler));
        return this;
    }

    public Routes get(String pattern, Handler handler) {
        return add("GET", pattern, handler);
    }

    public Routes put(String pattern, Handler handler) {
        return add("PUT", pattern, handler);
    }

    public Routes post(String pattern, Handler handler) {
        return add("POST", pattern, handler);
    }

    public Routes delete(String pattern, Handler handler) {
        return add("DELETE", pattern, handler);
    }

    /** Adds another list behind this one. */
    public Routes addAll(Routes others) {
        routes.addAll(others.routes);
        return this;
    }

    /** All lines, in the order in which they were added. */
    public List<Route> all() {
        return List.copyOf(routes);
    }
}
