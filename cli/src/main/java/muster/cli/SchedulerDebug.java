package muster.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import muster.wire.GoDuration;
import muster.wire.GoFlags;
import muster.wire.Tar;

/** {@code operator debug}: what a cluster looks like, several times over a while, in one archive to be sent to somebody who helps. */
final class SchedulerDebug {
    static final Command COMMAND = new Command("operator debug", "Build a debug archive", """
            Usage: nomad operator debug [options]

              Collects what the API tells of the cluster, again after each interval, into a packed archive. Variables and tokens are not in it.

            Debug Options:

              -duration=<duration>   for how long; 2m
              -interval=<duration>   how often; 30s
              -output=<path>         the folder that the archive goes to

              The flags that choose agents, logs, profiles, events, and access to Consul and Vault are accepted: nothing of these is
              collected.""", SchedulerDebug::run);

    private static final Map<String, String> ONCE = Map.of("agent-self.json", "/v1/agent/self", "regions.json", "/v1/regions",
            "leader.json", "/v1/status/leader", "scheduler-config.json", "/v1/operator/scheduler/configuration",
            "members.json", "/v1/agent/members", "namespaces.json", "/v1/namespaces");
    private static final Map<String, String> EACH = Map.of("jobs.json", "/v1/jobs?namespace=*", "nodes.json", "/v1/nodes",
            "allocations.json", "/v1/allocations?namespace=*", "evaluations.json", "/v1/evaluations?namespace=*",
            "deployments.json", "/v1/deployments?namespace=*", "metrics.json", "/v1/metrics");

    private SchedulerDebug() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("stale", "verbose", "log-include-location")
                .texts("duration", "interval", "output", "server-id", "node-id", "log-level", "max-nodes", "node-class", "event-index", "event-topic",
                        "pprof-duration", "pprof-interval", "consul-http-addr", "consul-token", "consul-token-file", "consul-ca-cert", "consul-ca-path",
                        "consul-client-cert", "consul-client-key", "consul-ssl", "consul-ssl-verify", "consul-auth", "consul-tls-server-name", "vault-address",
                        "vault-token", "vault-ca-cert", "vault-ca-path", "vault-client-cert", "vault-client-key", "vault-tls-server-name").parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "operator debug");
        }
        Duration duration;
        Duration interval;
        try {
            duration = GoDuration.parse(flags.text("duration", "2m"));
            interval = GoDuration.parse(flags.text("interval", "30s"));
        } catch (IllegalArgumentException e) {
            return console.fail("Error parsing duration or interval: " + e.getMessage());
        }
        if (interval.isNegative() || interval.isZero() || interval.compareTo(duration) > 0) {
            return console.fail("Error parsing interval: " + GoDuration.format(interval) + " has to be above 0 and within the duration "
                    + GoDuration.format(duration));
        }
        Api api = NomadApi.api(flags, console);
        String name = "nomad-debug-" + console.clock().instant().toString().replace(":", "").replaceFirst("\\..*Z|Z", "Z");
        Map<String, byte[]> files = new LinkedHashMap<>();
        console.out().println("Starting debugger...\n\n   Interval: " + GoDuration.format(interval) + "\n   Duration: " + GoDuration.format(duration) + "\n");
        console.out().flush();
        try {
            collect(api, ONCE, "cluster", files);
            long rounds = Math.max(1, duration.toMillis() / interval.toMillis());
            for (long round = 0; round < rounds; round++) {
                collect(api, EACH, "interval/%04d".formatted(round), files);
                if (round + 1 < rounds) {
                    Thread.sleep(interval);
                }
            }
        } catch (ApiException e) {
            return console.fail("Error capturing: " + e.getMessage());
        } catch (InterruptedException e) {
            // What was collected so far is of use.
            Thread.currentThread().interrupt();
        }
        Path place = console.folder().resolve(flags.text("output", "")).resolve(name + ".tar.gz");
        try {
            write(console, name, files, place);
        } catch (IOException e) {
            return console.fail("Error creating archive: " + e.getMessage());
        }
        console.out().println("Created debug archive: " + place.getFileName());
        return 0;
    }

    /** What one endpoint refuses is kept beside what others answer: it may be what somebody looks for. */
    private static void collect(Api api, Map<String, String> endpoints, String folder, Map<String, byte[]> files) {
        endpoints.forEach((file, target) -> files.put(folder + "/" + file, api.call("GET", target, new byte[0]).body()));
    }

    private static void write(Console console, String name, Map<String, byte[]> files, Path place) throws IOException {
        Files.createFile(place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(place); GZIPOutputStream packed = new GZIPOutputStream(out, 1 << 16)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Tar.entry(packed, name + "/" + file.getKey(), file.getValue().length, console.clock().instant().getEpochSecond(),
                        to -> to.write(file.getValue()));
            }
            Tar.end(packed);
        }
    }
}
