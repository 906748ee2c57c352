package muster.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.scheduler.client.ClientSettings;
import muster.scheduler.driver.DriverSettings;

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
 * @param log where its messages go
 * @param pidFile where the process's number is written
 * @param upstream how balancer and scheduler reach the registry
 * @param registry what the registry and its names are told
 * @param client what the scheduler's client is told
 * @param scheduler what the scheduler is here
 * @param cluster how it is one of several
 */
record AgentOptions(
        Set<Part> parts,
        boolean dev,
        String node,
        String datacenter,
        String region,
        String host,
        String advertise,
        Ports ports,
        Optional<Path> dataDir,
        Log log,
        Optional<Path> pidFile,
        Upstream upstream,
        RegistryOptions registry,
        Client client,
        SchedulerOptions scheduler,
        ClusterOptions cluster) {
    /** The parts of the suite. */
    public enum Part {
        REGISTRY, DNS, SCHEDULER, BALANCER
    }

    /** Ports by what listens there; those of the originals unless configured. */
    public record Ports(int registry, int dns, int scheduler, int balancer, int balancerApi) {
        public static final Ports USUAL = new Ports(8500, 8600, 4646, 9999, 9998);
    }

    /**
     * How the parts beside the registry reach it.
     *
     * @param address its HTTP address, for processes that do not run it
     * @param token with whose rights, in the same process too; "" for none of their own
     */
    public record Upstream(String address, String token) {
        /** Secrets never reach a log. */
        @Override
        public String toString() {
            return "Upstream[" + address + "]";
        }
    }

    /** How much is logged. */
    public enum LogLevel {
        TRACE, DEBUG, INFO, WARN, ERROR
    }

    /**
     * The log.
     *
     * @param json whether a line is a JSON object
     * @param file written to as well as standard error
     * @param rotateBytes a file is closed and a new one begun after so many bytes; 0 never
     * @param rotateAfter a new one is begun after this time
     * @param keep how many closed files are kept; 0 keeps all, -1 none
     */
    public record Log(LogLevel level, boolean json, Optional<Path> file, long rotateBytes, Duration rotateAfter, int keep) {
        public static final Log USUAL = new Log(LogLevel.INFO, false, Optional.empty(), 0, Duration.ofHours(24), 0);
    }

    /**
     * The scheduler's client.
     *
     * @param capacity what the node has to give, where it is not to be found out, and what of it is not given out
     * @param drivers how jobs, which come over the network, may run programs of this machine
     */
    public record Client(Map<String, String> meta, String nodeClass, String nodePool, ClientSettings.Capacity capacity, String device,
            DriverSettings drivers, ClientSettings.Rules rules) {
        /** That of a development agent that is told nothing. */
        public static final Client DEV =
                new Client(Map.of(), "", "", ClientSettings.Capacity.FOUND, "lo", DriverSettings.DEV, ClientSettings.Rules.USUAL);
    }

    public AgentOptions {
        parts = Set.copyOf(parts);
    }
}
