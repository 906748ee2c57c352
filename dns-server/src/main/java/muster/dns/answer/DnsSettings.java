package muster.dns.answer;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import muster.dns.name.Domains;

/** How names are answered. (Consul configuration: domain, alt_domain, recursors, dns_config) */
public record DnsSettings(
        Zone zone, Ttls ttls, Limits limits, Soa soa, Recursion recursion, Reading reading, Form form) {
    private static final int MOST_UDP_ANSWERS = 8;
    /** Consul's ten years: any age is better than no answer. */
    private static final Duration ANY_AGE = Duration.ofHours(87_600);

    /**
     * @param domain answered for, {@code consul} usually
     * @param altDomain a second one, "" for none
     * @param datacenter this server's own
     */
    public record Zone(String domain, String altDomain, String datacenter) {
        public Zone {
            new Domains(domain, altDomain);
        }
    }

    /**
     * How long answers may be kept by who got them. Long ones save questions; they also keep dead instances in use.
     *
     * @param service by name, {@code prefix*} or {@code *}; the most exact one holds
     */
    public record Ttls(Duration node, Map<String, Duration> service) {
        public Ttls {
            Map<String, Duration> lower = new TreeMap<>();
            service.forEach((name, ttl) -> lower.put(name.toLowerCase(Locale.ROOT), ttl));
            service = lower;
        }

        /** The one for a service: its exact name's, else that of the longest prefix, else zero. */
        public Duration of(String name) {
            Duration exact = service.get(name);
            if (exact != null) {
                return exact;
            }
            Duration best = Duration.ZERO;
            int longest = -1;
            for (Map.Entry<String, Duration> entry : service.entrySet()) {
                String key = entry.getKey();
                int length = key.length() - 1;
                if (key.endsWith("*") && length > longest && name.startsWith(key.substring(0, length))) {
                    best = entry.getValue();
                    longest = length;
                }
            }
            return best;
        }
    }

    /**
     * @param udpAnswers most answers over UDP without a larger EDNS size, 1 to 8
     * @param aRecords most A and AAAA answers on every transport, 0 for no limit
     * @param truncate whether an answer that was cut says so (TC)
     */
    public record Limits(int udpAnswers, int aRecords, boolean truncate) {
        public Limits {
            udpAnswers = Math.clamp(udpAnswers, 1, MOST_UDP_ANSWERS);
            aRecords = Math.max(0, aRecords);
        }
    }

    /** The numbers of the SOA record. (RFC 1035 3.3.13); minTtl is also how long "no such name" may be kept. */
    public record Soa(Duration refresh, Duration retry, Duration expire, Duration minTtl) {}

    /** Which recursor is asked first. (recursor_strategy) */
    public enum Strategy {
        SEQUENTIAL, RANDOM
    }

    /** Who answers for names of other domains, one after the other, each for the time-out; nobody means that they are refused. */
    public record Recursion(List<InetSocketAddress> recursors, Duration timeout, Strategy strategy) {
        public Recursion {
            recursors = List.copyOf(recursors);
        }
    }

    /**
     * What is read of the registry.
     *
     * @param onlyPassing whether instances with warnings are left out too
     * @param allowStale whether an answer may be of a server that is not the leader, or older than an outage
     * @param maxStale how old such an answer may be; beyond that there is none
     */
    public record Reading(boolean onlyPassing, boolean allowStale, Duration maxStale) {}

    /**
     * @param nodeMetaTxt whether answers carry the node's metadata as additional TXT records
     * @param compressed whether names that repeat point to their first place (RFC 1035 4.1.4)
     */
    public record Form(boolean nodeMetaTxt, boolean compressed) {}

    /** The defaults for a datacenter. */
    public static DnsSettings of(String datacenter) {
        return new DnsSettings(new Zone("consul", "", datacenter), new Ttls(Duration.ZERO, Map.of()), new Limits(3, 0, false),
                new Soa(Duration.ofHours(1), Duration.ofMinutes(10), Duration.ofDays(1), Duration.ZERO),
                new Recursion(List.of(), Duration.ofSeconds(2), Strategy.SEQUENTIAL), new Reading(false, true, ANY_AGE),
                new Form(true, true));
    }

    public String domain() {
        return zone.domain();
    }

    public String datacenter() {
        return zone.datacenter();
    }

    public DnsSettings with(Zone other) {
        return new DnsSettings(other, ttls, limits, soa, recursion, reading, form);
    }

    public DnsSettings with(Ttls other) {
        return new DnsSettings(zone, other, limits, soa, recursion, reading, form);
    }

    public DnsSettings with(Limits other) {
        return new DnsSettings(zone, ttls, other, soa, recursion, reading, form);
    }

    public DnsSettings with(Soa other) {
        return new DnsSettings(zone, ttls, limits, other, recursion, reading, form);
    }

    public DnsSettings with(Recursion other) {
        return new DnsSettings(zone, ttls, limits, soa, other, reading, form);
    }

    public DnsSettings with(Reading other) {
        return new DnsSettings(zone, ttls, limits, soa, recursion, other, form);
    }

    public DnsSettings with(Form other) {
        return new DnsSettings(zone, ttls, limits, soa, recursion, reading, other);
    }
}
