package muster.http;

import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * A request with its whole body read. Immutable.
 *
 * @param method upper case
 * @param path decoded ({@code %2F} is a slash), as the client sent it, without the query
 * @param parameters what the route's pattern took from the path, decoded
 * @param query decoded, in order; a name without {@code =} has the value ""
 * @param headers by lower-case name, in order
 * @param body at most the route's limit; empty when there is none
 * @param remote the client's address
 * @param gone completes when the client hangs up before the reply was sent; a waiting handler ends its wait then
 */
public record Call(
        String method,
        String path,
        Map<String, String> parameters,
        Map<String, List<String>> query,
        Map<String, List<String>> headers,
        byte[] body,
        SocketAddress remote,
        CompletionStage<Void> gone) {

    /** A path parameter of the route's pattern. */
    public String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no parameter " + name);
        }
        return value;
    }

    /** Whether the query names it, with or without a value. */
    public boolean has(String name) {
        return query.containsKey(name);
    }

    /** The first value in the query, "" when absent. */
    public String query(String name) {
        List<String> values = query.get(name);
        return values == null ? "" : values.getFirst();
    }

    /** The first value of a header, "" when absent; the name in any letter case. */
    public String header(String name) {
        List<String> values = headers.get(name.toLowerCase(java.util.Locale.ROOT));
        return values == null ? "" : values.getFirst();
    }
}
