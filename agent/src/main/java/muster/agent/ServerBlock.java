package muster.agent;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.wire.GoDuration;

/** The block {@code server} of Nomad's files, and {@code server_join} of either block, into settings. Pure but for these. */
final class ServerBlock {
    private static final Set<String> TEXTS = Set.of("encrypt");
    private static final Set<String> NUMBERS = Set.of("bootstrap_expect", "num_schedulers", "retry_max");
    private static final Set<String> TIMES = Set.of("heartbeat_grace", "min_heartbeat_ttl", "failover_heartbeat_ttl", "retry_interval",
            "node_gc_threshold", "job_gc_interval", "job_gc_threshold", "eval_gc_threshold", "deployment_gc_threshold");
    private static final Set<String> SWITCHES = Set.of("rejoin_after_leave");
    private static final Set<String> LISTS = Set.of("retry_join", "start_join");
    /** Known; this server's own defaults hold. */
    private static final Set<String> IDLE = Set.of("data_dir", "protocol_version", "raft_protocol", "raft_multiplier", "enabled_schedulers",
            "csi_volume_claim_gc_threshold",
            "csi_plugin_gc_threshold", "default_scheduler_config", "enable_event_broker", "event_buffer_size", "search", "upgrade_version",
            "authoritative_region", "redundancy_zone");

    private final Settings settings;

    ServerBlock(Settings settings) {
        this.settings = settings;
    }

    /** @param place where the block stands, as the beginning of a message */
    void take(String place, Map<String, Object> block) {
        block.forEach((name, value) -> {
            if (name.equals("enabled")) {
                settings.set("server", Boolean.TRUE.equals(value));
            } else if (name.equals("server_join")) {
                join(place + "server.", value, "retry_join");
            } else if (name.equals("max_heartbeats_per_second") && value instanceof Number most) {
                settings.set(name, most);
            } else if (!taken(place + "server.", name, value, name) && !IDLE.contains(name)) {
                settings.problem(place + "invalid config key server." + name);
            }
        });
    }

    /** @param into the setting that gets the addresses */
    void join(String place, Object value, String into) {
        Object only = value instanceof List<?> list && list.size() == 1 ? list.getFirst() : value;
        if (!(only instanceof Map<?, ?> block)) {
            settings.problem(place + "server_join: expected a block");
            return;
        }
        block.forEach((key, inner) -> {
            String name = String.valueOf(key);
            boolean known = Set.of("retry_join", "start_join", "retry_max", "retry_interval").contains(name);
            if (!known || !taken(place + "server_join.", name, inner, LISTS.contains(name) ? into : name)) {
                settings.problem(place.substring(0, place.lastIndexOf(' ') + 1) + "invalid config key "
                        + place.substring(place.lastIndexOf(' ') + 1) + "server_join." + name);
            }
        });
    }

    private boolean taken(String place, String name, Object value, String into) {
        boolean fits = true;
        if (TEXTS.contains(name)) {
            fits = value instanceof String;
            set(fits, into, value);
        } else if (NUMBERS.contains(name)) {
            fits = value instanceof Number;
            set(fits, into, value);
        } else if (SWITCHES.contains(name)) {
            fits = value instanceof Boolean;
            set(fits, into, value);
        } else if (TIMES.contains(name)) {
            Optional<Duration> time = GoDuration.tryParse(String.valueOf(value));
            fits = time.isPresent();
            time.ifPresent(found -> settings.set(into, found));
        } else if (LISTS.contains(name)) {
            settings.append(into, texts(value));
        } else {
            return false;
        }
        if (!fits) {
            settings.problem(place + name + " has another kind of value than it is written with (found \"" + value + "\")");
        }
        return true;
    }

    private void set(boolean fits, String into, Object value) {
        if (fits) {
            settings.set(into, value);
        }
    }

    /** One text or a list of them. */
    static List<String> texts(Object value) {
        return (value instanceof List<?> list ? list : List.of(value)).stream().map(String::valueOf).toList();
    }
}
