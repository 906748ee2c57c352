package muster.scheduler.job;

import java.util.List;

/** Name resolution inside a network namespace. */
public record DNSConfig(
        List<String> options,
        List<String> searches,
        List<String> servers) {
    public DNSConfig {
        options = Values.list(options);
        searches = Values.list(searches);
        servers = Values.list(servers);
    }
}
