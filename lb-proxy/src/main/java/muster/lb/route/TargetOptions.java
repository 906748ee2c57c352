package muster.lb.route;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.wire.GoDuration;

/**
 * What the options of a route mean for a request.
 *
 * @param strip the prefix to remove, "" for none
 * @param prepend the prefix to add, with its slash, "" for none
 * @param host "" to keep the client's, {@code dst} for the target's address, else the name to send
 * @param redirect 0 to forward, else the 3xx status to answer
 * @param auth the scheme to ask, "" for none
 * @param proxyHeader whether a TCP target gets a PROXY header
 * @param register the name that the balancer registers itself under while the route is there, "" for none
 * @param choice how the route's targets are chosen, where it has a wish of its own
 * @param problems what could not be used, each naming the option
 */
public record TargetOptions(
        String strip,
        String prepend,
        String host,
        boolean tlsSkipVerify,
        int redirect,
        String auth,
        Optional<AccessRules> access,
        boolean proxyHeader,
        String register,
        Choice choice,
        List<String> problems) {
    /** Names that mean something; others are carried along and shown. */
    private static final List<String> KNOWN = List.of("strip", "prepend", "host", "proto", "tlsskipverify", "redirect", "weight", "tags",
            "allow", "deny", "auth", "register", "pxyproto", "strategy", "slowstart", "maxconn", "maxroute", "hash", "sticky");

    /**
     * Wishes about choosing a target; not Fabio's.
     *
     * @param strategy "" for the balancer's
     * @param slowStart zero for the balancer's
     * @param maxRequestsPerTarget 0 for the balancer's
     * @param maxRequests of the route, 0 for no bound
     * @param hashKey {@code ip}, {@code header:NAME}, {@code cookie:NAME}, "" for {@code ip}
     * @param stickyCookie the name of a cookie that keeps a client at its target, "" for none
     */
    public record Choice(
            String strategy, Duration slowStart, int maxRequestsPerTarget, int maxRequests, String hashKey, String stickyCookie) {
        public static final Choice NONE = new Choice("", Duration.ZERO, 0, 0, "", "");
    }

    public TargetOptions {
        problems = List.copyOf(problems);
    }

    /** Reads the options. Names it does not know are left to others. */
    static TargetOptions of(Map<String, String> options) {
        List<String> problems = new ArrayList<>();
        String prepend = options.getOrDefault("prepend", "");
        Choice choice = new Choice(
                word("strategy", options, problems, "", "rnd", "rr", "least", "hash"),
                duration(options, problems),
                number("maxconn", options, problems),
                number("maxroute", options, problems),
                hashKey(options, problems),
                options.getOrDefault("sticky", ""));
        for (String name : options.keySet()) {
            if (!KNOWN.contains(name)) {
                Nearest.to(name, KNOWN).ifPresent(near -> problems.add("option " + name + " is unknown and does nothing; did you mean " + near + "?"));
            }
        }
        return new TargetOptions(
                options.getOrDefault("strip", ""),
                prepend.isEmpty() || prepend.startsWith("/") ? prepend : "/" + prepend,
                options.getOrDefault("host", ""),
                options.getOrDefault("tlsskipverify", "").equals("true"),
                redirect(options.getOrDefault("redirect", "")),
                options.getOrDefault("auth", ""),
                AccessRules.of(options.getOrDefault("allow", ""), options.getOrDefault("deny", "")),
                options.getOrDefault("pxyproto", "").equals("true"),
                options.getOrDefault("register", ""),
                choice,
                problems);
    }

    /** Codes outside 3xx are ignored, as Fabio does: the request is proxied to the address. */
    private static int redirect(String code) {
        return code.matches("3[0-9][0-9]") ? Integer.parseInt(code) : 0;
    }

    private static String word(String name, Map<String, String> options, List<String> problems, String... allowed) {
        String value = options.getOrDefault(name, "");
        if (List.of(allowed).contains(value)) {
            return value;
        }
        problems.add(name + "=" + value + " is passed over: one of " + String.join(", ", List.of(allowed).subList(1, allowed.length)) + " is right");
        return "";
    }

    private static int number(String name, Map<String, String> options, List<String> problems) {
        String value = options.getOrDefault(name, "0");
        if (value.matches("[0-9]{1,6}")) {
            return Integer.parseInt(value);
        }
        problems.add(name + "=" + value + " is passed over: a number up to 999999 is right");
        return 0;
    }

    private static Duration duration(Map<String, String> options, List<String> problems) {
        String value = options.getOrDefault("slowstart", "0s");
        Optional<Duration> read = GoDuration.tryParse(value).filter(duration -> !duration.isNegative());
        if (read.isEmpty()) {
            problems.add("slowstart=" + value + " is passed over: a duration such as 30s is right");
        }
        return read.orElse(Duration.ZERO);
    }

    private static String hashKey(Map<String, String> options, List<String> problems) {
        String value = options.getOrDefault("hash", "");
        if (value.isEmpty() || value.equals("ip") || value.matches("(header|cookie):[A-Za-z0-9_.!#$%&'*+^`|~-]+")) {
            return value;
        }
        problems.add("hash=" + value + " is passed over: ip, header:NAME or cookie:NAME is right");
        return "";
    }
}
