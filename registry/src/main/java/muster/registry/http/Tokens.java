package muster.registry.http;

import java.util.regex.Pattern;
import muster.http.Call;

/** Where a request carries its token. Pure. */
public final class Tokens {
    private static final Pattern BEARER = Pattern.compile("(?i)bearer +(.*)");

    private Tokens() {}

    /** The secret, "" without one: of the query, else of {@code X-Consul-Token}, else of {@code Authorization: Bearer}. */
    public static String secret(Call call) {
        String given = call.query("token");
        if (given.isEmpty()) {
            given = call.header("x-consul-token");
        }
        if (given.isEmpty()) {
            var bearer = BEARER.matcher(call.header("authorization"));
            given = bearer.matches() ? bearer.group(1).trim() : "";
        }
        return given;
    }
}
