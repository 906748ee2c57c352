package muster.lb.route;

import java.util.Map;
import java.util.Optional;

/**
 * What the options of a route mean for a request.
 *
 * @param strip the prefix to remove, "" for none
 * @param prepend the prefix to add, with its slash, "" for none
 * @param host "" to keep the client's, {@code dst} for the target's address, else the name to send
 * @param redirect 0 to forward, else the 3xx status to answer
 * @param auth the scheme to ask, "" for none
 */
public record TargetOptions(
        String strip,
        String prepend,
        String host,
        boolean tlsSkipVerify,
        int redirect,
        String auth,
        Optional<AccessRules> access) {
    /** Reads the options. Names it does not know are left to others. */
    static TargetOptions of(Map<String, String> options) {
        String prepend = options.getOrDefault("prepend", "");
        return new TargetOptions(
                options.getOrDefault("strip", ""),
                prepend.isEmpty() || prepend.startsWith("/") ? prepend : "/" + prepend,
                options.getOrDefault("host", ""),
                options.getOrDefault("tlsskipverify", "").equals("true"),
                redirect(options.getOrDefault("redirect", "")),
                options.getOrDefault("auth", ""),
                AccessRules.of(options.getOrDefault("allow", ""), options.getOrDefault("deny", "")));
    }

    /** Codes outside 3xx are ignored, as Fabio does: the request is proxied to the address. */
    private static int redirect(String code) {
        return code.matches("3[0-9][0-9]") ? Integer.parseInt(code) : 0;
    }
}
