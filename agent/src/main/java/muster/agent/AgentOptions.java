package muster.agent;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an agent process is to be: the one result of command line, environment and configuration files.
 *
 * @param parts what runs in this process
 * @param dev development mode: state in memory, tasks stopped at the end, every answer indented
 * @param node the node's name
 * @param host the address that the APIs bind
 * @param advertise the address at which others reach this node
 * @param ports 0 picks a free port
 * @param dataDir where state is kept; empty keeps it in memory
 * @param domain of the names that DNS answers, without a dot at its end
 * @param recursors who answers other names, {@code host:port}
 * @param registryAddress the HTTP address of the registry, for processes that do not run it
 * @param scripts whether script checks may be registered
 * @param services and checks, as configuration files hold them
 * @param nodeMeta of the registry's node
 * @param client what the scheduler's client is told
 */
public record AgentOptions(
        Set<Part> parts,
        boolean dev,
        String node,
        String datacenter,
        String region,
        String host,
        String advertise,
        Ports ports,
        Optional<Path> dataDir,
        LogLevel logLevel,
        String domain,
        List<String> recursors,
        String registryAddress,
        Scripts scripts,
        List<Map<String, Object>> services,
        List<Map<String, Object>> checks,
        Map<String, String> nodeMeta,
        Client client) {
    /** The parts of the suite. */
    public enum Part {
        REGISTRY, DNS, SCHEDULER, BALANCER
    }

    /** Ports by what listens there; those of the originals unless configured. */
    public record Ports(int registry, int dns, int scheduler, int balancer, int balancerApi) {
        public static final Ports USUAL = new Ports(8500, 8600, 4646, 9999, 9998);
    }

    /** From whom script checks are taken. */
    public enum Scripts {
        NOBODY, CONFIGURATION, ANYBODY
    }

    /** How much is logged. */
    public enum LogLevel {
        TRACE, DEBUG, INFO, WARN, ERROR
    }

    /**
     * The scheduler's client.
     *
     * @param cpuMhz what the node has to give, where it is not to be found out
     * @param rawExec whether jobs, which come over the network, may run any program of this machine; always so in development mode
     */
    public record Client(Map<String, String> meta, String nodeClass, Optional<Integer> cpuMhz, Optional<Integer> memoryMb, String device, boolean rawExec) {
        public static final Client FOUND = new Client(Map.of(), "", Optional.empty(), Optional.empty(), "lo", false);
    }

    public AgentOptions {
        parts = Set.copyOf(parts);
        recursors = List.copyOf(recursors);
        services = List.copyOf(services);
        checks = List.copyOf(checks);
        nodeMeta = Map.copyOf(nodeMeta);
    }

    /** Everything in one process with nothing configured, as {@code muster agent -dev}. */
    static AgentOptions usual(String node) {
        return new AgentOptions(EnumSet.allOf(Part.class), true, node, "dc1", "global", "127.0.0.1", "127.0.0.1", Ports.USUAL,
                Optional.empty(), LogLevel.INFO, "consul", List.of(), "", Scripts.NOBODY, List.of(), List.of(), Map.of(), Client.FOUND);
    }
}
