package muster.http;

import java.util.Set;

/** How an API words what is not a handler's business. Pure. */
public interface Dialect {
    /** No route has this path. */
    Reply notFound(Call call);

    /** A route has this path, for the named methods only. */
    Reply methodNotAllowed(Call call, Set<String> allowed);

    /** The body is larger than the route takes; {@code size} is what the client announced, or -1. */
    Reply tooLarge(Call call, long limit, long size);

    /** A handler threw or its future failed. */
    Reply failed(Call call, Throwable failure);

    /** The path or the query can't be read; {@code reason} says why. There is no call yet. */
    default Reply badRequest(String reason) {
        return Reply.text(400, "400 Bad Request: " + reason);
    }

    /** The path has another, clean form: a 301 to it. {@code location} is encoded and carries the query. */
    default Reply moved(String method, String location) {
        return Reply.empty(301).with("Location", location);
    }

    /** A last look at each reply of a route, for headers that all of them carry. */
    default Reply decorate(Call call, Reply reply) {
        return reply;
    }

    /** Bodies of at least this many bytes are packed with gzip for clients that accept it. */
    default int gzipFrom() {
        return 0;
    }

    /** Whether doubled slashes and dot segments are answered with 301 to the clean path. */
    default boolean cleansPaths() {
        return true;
    }
}
