package muster.dns.program;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.dns.answer.DnsSettings;
import muster.wire.GoDuration;
import muster.wire.GoFlags;

/**
 * What {@code muster dns} is told by its command line and environment. Pure.
 *
 * @param listen for UDP and TCP
 * @param registry its HTTP address
 * @param tokenFile what holds the token, where it is not given itself
 * @param datacenter this server's own; empty asks the registry
 * @param settings for an unknown datacenter until that is known
 */
record DnsArguments(InetSocketAddress listen, String registry, String token, Optional<Path> tokenFile, String datacenter,
        DnsSettings settings) {
    static final String HELP = """
            Usage: muster dns [options]

              Answers the names of a registry over DNS, beside any agent that speaks Consul's HTTP API. What is asked for is
              watched, so that answers cost the agent nothing, and go on while it can't be reached.

              -http-addr=<address>          the agent; CONSUL_HTTP_ADDR or 127.0.0.1:8500 without it
              -token=<token>                its ACL token; CONSUL_HTTP_TOKEN without it
              -token-file=<path>            a file that holds it; CONSUL_HTTP_TOKEN_FILE without it
              -datacenter=<name>            this server's own; the agent's without it
              -bind=<address>               the address to answer on, UDP and TCP; 127.0.0.1 without it
              -port=<port>                  8600 without it; 0 picks a free one
              -domain=<name>                the domain answered for; consul without it
              -alt-domain=<name>            another one
              -recursor=<address[:port]>    who answers names of other domains; may be repeated
              -recursor-strategy=<word>     sequential (without it) or random
              -recursor-timeout=<duration>  for each of them; 2s without it
              -node-ttl=<duration>          how long answers about nodes may be kept; 0s without it
              -service-ttl=<name>=<duration>
                                            the same for a service, prefix* or *; may be repeated
              -only-passing                 leaves out instances with warnings too
              -enable-truncate              says so (TC) when an answer had to be cut
              -udp-answer-limit=<number>    most answers over plain UDP, 1 to 8; 3 without it
              -a-record-limit=<number>      most addresses in any answer; no limit without it
              -disable-compression          writes all names out
              -max-stale=<duration>         how old the last known answer may be in an outage; ten years without it, 0s for not at all
            """;

    private static final int DNS = 53;

    /** All that is wrong, one line each. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(List<String> problems) {
            super(String.join("\n", problems), null, false, false);
        }
    }

    /** Throws {@link GoFlags.HelpWanted} and {@link GoFlags.FlagException} as these do, and all other problems at once. */
    static DnsArguments parse(List<String> args, Map<String, String> environment) throws Refused {
        GoFlags flags = new GoFlags()
                .switches("only-passing", "enable-truncate", "disable-compression")
                .texts("http-addr", "token", "token-file", "datacenter", "bind", "port", "domain", "alt-domain", "recursor-strategy",
                        "recursor-timeout", "node-ttl", "udp-answer-limit", "a-record-limit", "max-stale")
                .lists("recursor", "service-ttl")
                .parse(args);
        List<String> problems = new ArrayList<>();
        if (!flags.rest().isEmpty()) {
            problems.add("unexpected argument \"" + flags.rest().getFirst() + "\": muster dns takes flags alone");
        }
        DnsSettings settings = settings(flags, problems);
        String registry = flags.text("http-addr", environment.getOrDefault("CONSUL_HTTP_ADDR", ""));
        String tokenFile = flags.text("token-file", environment.getOrDefault("CONSUL_HTTP_TOKEN_FILE", ""));
        InetSocketAddress listen = new InetSocketAddress(
                address("bind", flags.text("bind", "127.0.0.1"), problems), number(flags, "port", 8600, 65_535, problems));
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
        return new DnsArguments(listen, registry.isEmpty() ? "127.0.0.1:8500" : registry,
                flags.text("token", environment.getOrDefault("CONSUL_HTTP_TOKEN", "")),
                tokenFile.isEmpty() ? Optional.empty() : Optional.of(Path.of(tokenFile)), flags.text("datacenter"), settings);
    }

    private static DnsSettings settings(GoFlags flags, List<String> problems) {
        DnsSettings usual = DnsSettings.of(flags.text("datacenter"));
        Map<String, Duration> serviceTtls = new TreeMap<>();
        for (String pair : flags.all("service-ttl")) {
            int equals = pair.lastIndexOf('=');
            if (equals < 1) {
                problems.add("-service-ttl=" + pair + ": give a service and a duration, as -service-ttl=web=10s");
            } else {
                serviceTtls.put(pair.substring(0, equals), duration("service-ttl", pair.substring(equals + 1), problems));
            }
        }
        DnsSettings.Zone zone = usual.zone();
        try {
            zone = new DnsSettings.Zone(flags.text("domain", zone.domain()), flags.text("alt-domain"), zone.datacenter());
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
        }
        Duration maxStale = duration(flags, "max-stale", usual.reading().maxStale(), problems);
        return usual.with(zone)
                .with(new DnsSettings.Ttls(duration(flags, "node-ttl", Duration.ZERO, problems), serviceTtls))
                .with(new DnsSettings.Limits(number(flags, "udp-answer-limit", 3, 8, problems),
                        number(flags, "a-record-limit", 0, Integer.MAX_VALUE, problems), flags.on("enable-truncate")))
                .with(new DnsSettings.Recursion(recursors(flags, problems),
                        duration(flags, "recursor-timeout", usual.recursion().timeout(), problems), strategy(flags, problems)))
                .with(new DnsSettings.Reading(flags.on("only-passing"), maxStale.isPositive(), maxStale))
                .with(new DnsSettings.Form(usual.form().nodeMetaTxt(), !flags.on("disable-compression")));
    }

    private static DnsSettings.Strategy strategy(GoFlags flags, List<String> problems) {
        String word = flags.text("recursor-strategy", "sequential");
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "sequential" -> DnsSettings.Strategy.SEQUENTIAL;
            case "random" -> DnsSettings.Strategy.RANDOM;
            default -> {
                problems.add("-recursor-strategy=" + word + ": sequential and random are known");
                yield DnsSettings.Strategy.SEQUENTIAL;
            }
        };
    }

    private static List<InetSocketAddress> recursors(GoFlags flags, List<String> problems) {
        List<InetSocketAddress> recursors = new ArrayList<>();
        for (String text : flags.all("recursor")) {
            boolean bracketed = text.startsWith("[");
            int colon = text.lastIndexOf(':');
            boolean withPort = bracketed ? text.contains("]:") : colon >= 0 && text.indexOf(':') == colon;
            String host = withPort ? text.substring(0, colon) : text;
            int port = DNS;
            if (withPort) {
                try {
                    port = Integer.parseInt(text.substring(colon + 1));
                } catch (NumberFormatException e) {
                    port = -1;
                }
            }
            InetAddress address = address("recursor", bracketed ? host.substring(1, Math.max(1, host.length() - 1)) : host, problems);
            if (port < 1 || port > 65_535) {
                problems.add("-recursor=" + text + ": the port has to be from 1 to 65535");
            } else {
                recursors.add(new InetSocketAddress(address, port));
            }
        }
        return recursors;
    }

    private static InetAddress address(String flag, String text, List<String> problems) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            problems.add("-" + flag + "=" + text + ": an IP address is wanted");
            return InetAddress.getLoopbackAddress();
        }
    }

    private static Duration duration(GoFlags flags, String name, Duration otherwise, List<String> problems) {
        return flags.has(name) ? duration(name, flags.text(name), problems) : otherwise;
    }

    private static Duration duration(String flag, String text, List<String> problems) {
        Optional<Duration> duration = GoDuration.tryParse(text).filter(found -> !found.isNegative());
        if (duration.isEmpty()) {
            problems.add("-" + flag + ": \"" + text + "\" is no duration, as 10s or 500ms");
        }
        return duration.orElse(Duration.ZERO);
    }

    private static int number(GoFlags flags, String name, int otherwise, int most, List<String> problems) {
        String text = flags.text(name, String.valueOf(otherwise));
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number out of range.
        }
        problems.add("-" + name + "=" + text + ": a number from 0 to " + most + " is wanted");
        return otherwise;
    }
}
