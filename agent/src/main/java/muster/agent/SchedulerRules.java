package muster.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.acl.AccessSettings;
import muster.scheduler.broker.GcSettings;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.state.Autopilot;
import muster.wire.GoDuration;

/** The part of {@link OptionRules} about the scheduler. (Nomad agent configuration: server, client, consul) Used once, by one thread. */
final class SchedulerRules {
    private static final int MOST_WORKERS = 64;

    private final Settings settings;
    private final String tool;
    private final boolean dev;

    SchedulerRules(Settings settings, String tool, boolean dev) {
        this.settings = settings;
        this.tool = tool;
        this.dev = dev;
    }

    SchedulerOptions options(ClusterOptions cluster, Optional<Path> dataDir, TlsRules tls, int port) {
        boolean named = settings.on("server") || settings.on("client_enabled");
        boolean both = dev || !named;
        boolean server = cluster.isServer() && (both || settings.on("server") || !tool.equals("nomad"));
        boolean client = tool.equals("nomad") ? both || settings.on("client_enabled") : settings.on("client_enabled", true);
        return new SchedulerOptions(server, client, leader(), settings.on("auto_join", true) && cluster.join().addresses().isEmpty(),
                access(dataDir), autopilot(), settings.texts("scheduler_headers"), tls.ofScheduler(port));
    }

    /** (Nomad agent configuration: autopilot) */
    private Optional<Autopilot> autopilot() {
        if (!settings.hasSection("autopilot")) {
            return Optional.empty();
        }
        Autopilot usual = Autopilot.DEFAULT;
        return Optional.of(new Autopilot(settings.on("autopilot.cleanup_dead_servers", usual.cleanupDeadServers()),
                settings.duration("autopilot.last_contact_threshold", usual.lastContactThreshold()),
                settings.number("autopilot.max_trailing_logs", (int) usual.maxTrailingLogs()), settings.number("autopilot.min_quorum", usual.minQuorum()),
                settings.duration("autopilot.server_stabilization_time", usual.serverStabilizationTime()),
                settings.on("autopilot.enable_redundancy_zones"), settings.on("autopilot.disable_upgrade_migration"),
                settings.on("autopilot.enable_custom_upgrades"), 0, 0));
    }

    private AccessSettings access(Optional<Path> dataDir) {
        Map<String, Object> acl = settings.map("scheduler_acl");
        return new AccessSettings(Boolean.TRUE.equals(acl.get("enabled")),
                expiration(acl, "token_min_expiration_ttl", AccessSettings.OFF.leastExpiration()),
                expiration(acl, "token_max_expiration_ttl", AccessSettings.OFF.longestExpiration()), dataDir);
    }

    private Duration expiration(Map<String, Object> acl, String name, Duration otherwise) {
        Object given = acl.get(name);
        return given == null ? otherwise : GoDuration.tryParse(given.toString()).orElseGet(() -> {
            settings.problem("acl." + name + " \"" + given + "\" has to be a duration like 30m");
            return otherwise;
        });
    }

    private LeaderSettings leader() {
        LeaderSettings usual = LeaderSettings.defaults(Runtime.getRuntime().availableProcessors());
        int workers = settings.number("num_schedulers", usual.workers());
        if (workers < 1 || workers > MOST_WORKERS) {
            settings.problem("server.num_schedulers has to be from 1 to " + MOST_WORKERS + " (found " + workers + ")");
            workers = usual.workers();
        }
        double most = settings.number("max_heartbeats_per_second", (int) usual.maxHeartbeatsPerSecond());
        if (most < 1) {
            settings.problem("server.max_heartbeats_per_second has to be at least 1");
            most = usual.maxHeartbeatsPerSecond();
        }
        return new LeaderSettings(workers, time("min_heartbeat_ttl", usual.minHeartbeat(), SchedulerOptions.LEAST_HEARTBEAT),
                time("heartbeat_grace", usual.heartbeatGrace(), SchedulerOptions.LEAST_HEARTBEAT), most,
                time("failover_heartbeat_ttl", usual.failover(), Duration.ofSeconds(1)), gc(usual.gc()));
    }

    private GcSettings gc(GcSettings usual) {
        return new GcSettings(age("job_gc_interval", usual.interval(), Duration.ofSeconds(1)), age("eval_gc_threshold", usual.evaluations(), Duration.ZERO),
                age("deployment_gc_threshold", usual.deployments(), Duration.ZERO), age("job_gc_threshold", usual.jobs(), Duration.ZERO),
                age("node_gc_threshold", usual.nodes(), Duration.ZERO));
    }

    private Duration age(String name, Duration usual, Duration least) {
        Duration given = settings.duration(name, usual);
        if (given.compareTo(least) < 0) {
            settings.problem("server." + name + " has to be at least " + muster.wire.GoDuration.format(least));
            return usual;
        }
        return given;
    }

    private Duration time(String name, Duration usual, Duration least) {
        Duration given = settings.duration(name, usual);
        if (given.compareTo(least) < 0) {
            settings.problem("server." + name + " has to be at least " + GoDuration.format(least) + ": shorter times take nodes for down that are not");
            return usual;
        }
        return given;
    }
}
