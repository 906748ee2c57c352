package muster.dns.answer;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import muster.dns.name.Domains;

/**
 * How names are answered. (Consul configuration: domain, alt_domain, recursors, dns_config)
 *
 * @param domain answered for, {@code consul} usually
 * @param altDomain a second one, "" for none
 * @param datacenter this server's own
 * @param onlyPassing whether instances with warnings are left out too
 * @param nodeMetaTxt whether answers carry the node's metadata as additional TXT records
 */
public record DnsSettings(
        String domain,
        String altDomain,
        String datacenter,
        Ttls ttls,
        Limits limits,
        Soa soa,
        Recursion recursion,
        boolean onlyPassing,
        boolean nodeMetaTxt) {
    private static final int MOST_UDP_ANSWERS = 8;

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

    /** Who answers for names of other domains, asked in order, each for the time-out; nobody means that they are refused. */
    public record Recursion(List<InetSocketAddress> recursors, Duration timeout) {
        public Recursion {
            recursors = List.copyOf(recursors);
        }
    }

    public DnsSettings {
        new Domains(domain, altDomain);
    }

    /** The defaults for a datacenter. */
    public static DnsSettings of(String datacenter) {
        return new DnsSettings("consul", "", datacenter, new Ttls(Duration.ZERO, Map.of()), new Limits(3, 0, false),
                new Soa(Duration.ofHours(1), Duration.ofMinutes(10), Duration.ofDays(1), Duration.ZERO),
                new Recursion(List.of(), Duration.ofSeconds(2)), false, true);
    }
}
