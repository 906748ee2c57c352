package muster.checks;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a check looks at: one record for each kind. A new kind is a record here and a line in {@link Runners}.
 * (Consul HTTP API: agent checks)
 */
public sealed interface CheckDefinition {
    /** How long an attempt may take where its definition does not say: everything but scripts. */
    Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    /** As {@link #DEFAULT_TIMEOUT}, for scripts. */
    Duration DEFAULT_SCRIPT_TIMEOUT = Duration.ofSeconds(30);

    /** The shortest interval; a shorter one counts as this. */
    Duration MIN_INTERVAL = Duration.ofSeconds(1);

    /** The word for the kind in the catalog's {@code Type}. */
    String type();

    /** When it runs; empty for a check that is not run but told, or derived from others. */
    default Optional<Timing> timing() {
        return Optional.empty();
    }

    /**
     * How often a check runs and how long an attempt may take.
     *
     * @param interval at least {@link #MIN_INTERVAL}; shorter ones are raised to it
     */
    record Timing(Duration interval, Duration timeout) {
        public Timing {
            interval = interval.compareTo(MIN_INTERVAL) < 0 ? MIN_INTERVAL : interval;
        }
    }

    /** The owner reports; later than {@code ttl} after its last report it is critical. */
    record Ttl(Duration ttl) implements CheckDefinition {
        @Override
        public String type() {
            return "ttl";
        }
    }

    /** A request: 2xx passes, 429 warns, anything else is critical. An empty method is GET. */
    record Http(
            String url,
            String method,
            Map<String, List<String>> header,
            String body,
            boolean tlsSkipVerify,
            boolean disableRedirects,
            Timing when) implements CheckDefinition {
        @Override
        public String type() {
            return "http";
        }

        @Override
        public Optional<Timing> timing() {
            return Optional.of(when);
        }
    }

    /** Passes if {@code host:port} accepts a connection. */
    record Tcp(String address, Timing when) implements CheckDefinition {
        @Override
        public String type() {
            return "tcp";
        }

        @Override
        public Optional<Timing> timing() {
            return Optional.of(when);
        }
    }

    /** The gRPC health protocol on {@code host:port} or {@code host:port/service}: SERVING passes. */
    record Grpc(String target, boolean tls, boolean tlsSkipVerify, Timing when) implements CheckDefinition {
        @Override
        public String type() {
            return "grpc";
        }

        @Override
        public Optional<Timing> timing() {
            return Optional.of(when);
        }
    }

    /** A program: exit 0 passes, 1 warns, anything else is critical. */
    record Script(List<String> args, Timing when) implements CheckDefinition {
        public Script {
            args = List.copyOf(args);
        }

        @Override
        public String type() {
            return "script";
        }

        @Override
        public Optional<Timing> timing() {
            return Optional.of(when);
        }
    }

    /**
     * A program inside a container of this machine's Docker, judged as a script.
     *
     * @param shell where one is given, it runs the arguments as one line
     */
    record Docker(String container, String shell, List<String> args, Timing when) implements CheckDefinition {
        public Docker {
            args = List.copyOf(args);
        }

        @Override
        public String type() {
            return "docker";
        }

        @Override
        public Optional<Timing> timing() {
            return Optional.of(when);
        }
    }

    /** The worst state of another service or node. An empty node is the agent's own, an empty service the node alone. */
    record Alias(String node, String service) implements CheckDefinition {
        @Override
        public String type() {
            return "alias";
        }
    }

    /** Marks a node or a service as in maintenance: critical for as long as it exists. */
    record Maintenance() implements CheckDefinition {
        @Override
        public String type() {
            return "maintenance";
        }
    }
}
