package muster.agent;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import muster.checks.Output;
import muster.dns.answer.DnsSettings;
import muster.registry.agent.LocalAgent;
import muster.registry.agent.MetricSettings;
import muster.registry.mesh.ConfigEntry;
import muster.registry.mesh.EntryKinds;
import muster.registry.mesh.EntryRules;
import muster.registry.query.BlockingQueries;
import muster.registry.state.Autopilot;
import muster.wire.GoDuration;

/**
 * The registry's part of {@link OptionRules}. Used once, by one thread.
 */
final class RegistryRules {
    private static final int MAX_CONNECTIONS = 200;
    private static final long VALUE_CEILING = 64L << 20;
    private static final int DNS_PORT = 53;
    private static final int MAX_META_PAIRS = 64;
    private static final int MAX_META_KEY = 128;
    private static final int MAX_META_VALUE = 512;

    private final Settings settings;
    private final String tool;
    private final boolean dev;
    private final String datacenter;
    private final String host;
    private final Optional<Path> dataDir;

    RegistryRules(Settings settings, String tool, boolean dev, String datacenter, String host, Optional<Path> dataDir) {
        this.dataDir = dataDir;
        this.settings = settings;
        this.tool = tool;
        this.dev = dev;
        this.datacenter = datacenter;
        this.host = host;
    }

    RegistryOptions options() {
        String primary = settings.text("primary_datacenter", settings.text("acl_datacenter", ""));
        if (!primary.isEmpty() && !primary.equalsIgnoreCase(datacenter)) {
            settings.problem("primary_datacenter \"" + primary + "\" has to be this one, \"" + datacenter + "\": there is no other");
        }
        return new RegistryOptions(nodeId(), nodeMeta(), definitions(), checks(), http(), metrics(), leaving(), addresses(), dns(),
                mesh(), autopilot(), AccessRules.settings(settings, dataDir),
                tool.equals("nomad") ? Optional.empty() : new TlsRules(settings, host).https());
    }

    private Optional<String> nodeId() {
        String id = settings.text("node_id", "");
        if (id.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(id).toString());
        } catch (IllegalArgumentException e) {
            settings.problem("node_id \"" + id + "\" has to be a UUID");
            return Optional.empty();
        }
    }

    /** (Consul agent configuration: node_meta) */
    private Map<String, String> nodeMeta() {
        Map<String, String> meta = settings.texts("node_meta");
        if (meta.size() > MAX_META_PAIRS) {
            settings.problem("node_meta: cannot have more than " + MAX_META_PAIRS + " pairs (found " + meta.size() + ")");
        }
        meta.forEach((key, value) -> {
            if (!key.matches("[A-Za-z0-9_-]{1," + MAX_META_KEY + "}")) {
                settings.problem("node_meta: key \"" + key + "\" has to be 1 to " + MAX_META_KEY + " letters, digits, - and _");
            } else if (key.startsWith("consul-")) {
                settings.problem("node_meta: key \"" + key + "\" begins with consul-, which is reserved");
            }
            if (value.length() > MAX_META_VALUE) {
                settings.problem("node_meta: the value of \"" + key + "\" is longer than " + MAX_META_VALUE + " characters");
            }
        });
        return meta;
    }

    private RegistryOptions.Definitions definitions() {
        List<RegistryOptions.Definition> services = together("service", "services");
        List<RegistryOptions.Definition> checks = together("check", "checks");
        services.forEach(service -> LocalAgent.problemOfService(service.tree()).ifPresent(what -> settings.problem(service.place() + ": " + what)));
        checks.forEach(check -> LocalAgent.problemOfCheck(check.tree()).ifPresent(what -> settings.problem(check.place() + ": " + what)));
        List<RegistryOptions.Definition> watches = settings.list("watches");
        watches.forEach(watch -> Watches.problem(watch.tree()).ifPresent(what -> settings.problem(watch.place() + ": " + what)));
        return new RegistryOptions.Definitions(services, checks, watches);
    }

    private List<RegistryOptions.Definition> together(String one, String many) {
        List<RegistryOptions.Definition> all = new ArrayList<>(settings.list(one));
        all.addAll(settings.list(many));
        return all;
    }

    private RegistryOptions.Checks checks() {
        RegistryOptions.Scripts scripts = settings.on("enable_script_checks") ? RegistryOptions.Scripts.ANYBODY
                : settings.on("enable_local_script_checks") ? RegistryOptions.Scripts.CONFIGURATION : RegistryOptions.Scripts.NOBODY;
        int limit = settings.number("check_output_max_size", Output.DEFAULT_LIMIT);
        if (limit < 1) {
            settings.problem("check_output_max_size has to be at least 1 (found " + limit + "): discard_check_output keeps none");
        }
        return new RegistryOptions.Checks(scripts, limit, settings.duration("check_update_interval", Duration.ofMinutes(5)),
                settings.on("discard_check_output"));
    }

    private RegistryOptions.Http http() {
        boolean ui = settings.on("ui_config.enabled", settings.on("ui", dev || tool.equals("muster")));
        RegistryOptions.Limits usual = RegistryOptions.Limits.USUAL;
        RegistryOptions.Limits limits = new RegistryOptions.Limits(bytes("limits.kv_max_value_size", usual.valueBytes()),
                bytes("limits.txn_max_req_len", usual.transactionBytes()), settings.duration("session_ttl_min", usual.sessionTtlMin()));
        RegistryOptions.Waits waits = new RegistryOptions.Waits(settings.duration("default_query_time", BlockingQueries.DEFAULT_WAIT),
                settings.duration("max_query_time", BlockingQueries.MAX_WAIT));
        if (!waits.usual().isPositive() || waits.usual().compareTo(waits.longest()) > 0) {
            settings.problem("default_query_time has to be positive and at most max_query_time");
        }
        List<String> writers = settings.list("http_config.allow_write_http_from");
        writers.forEach(network -> {
            if (Network.tryParse(network).isEmpty()) {
                settings.problem("http_config.allow_write_http_from: \"" + network + "\" is no network, as 10.0.0.0/8");
            }
        });
        return new RegistryOptions.Http(ui, settings.texts("http_config.response_headers"), settings.list("http_config.block_endpoints"),
                writers, settings.number("limits.http_max_conns_per_client", MAX_CONNECTIONS), limits, waits);
    }

    /** Limits have a ceiling: a single entry has to fit the log's. */
    private long bytes(String path, long usual) {
        long bytes = settings.number(path, (int) usual);
        if (bytes < 1 || bytes > VALUE_CEILING) {
            settings.problem(path + " has to be from 1 to " + VALUE_CEILING + " bytes (found " + bytes + ")");
            return usual;
        }
        return bytes;
    }

    private MetricSettings metrics() {
        // The original's default keeps that format off; its answer to a scraper is then an error, which some rely on.
        Duration retention = settings.duration("telemetry.prometheus_retention_time",
                dev || tool.equals("muster") ? Duration.ofMinutes(1) : Duration.ZERO);
        List<String> filters = settings.list("telemetry.prefix_filter");
        filters.forEach(filter -> {
            if (!filter.startsWith("+") && !filter.startsWith("-")) {
                settings.problem("telemetry.prefix_filter: \"" + filter + "\" has to begin with + or -");
            }
        });
        return new MetricSettings(retention.isPositive(), settings.text("telemetry.metrics_prefix", "consul"),
                !settings.on("telemetry.disable_hostname"), settings.on("telemetry.filter_default", true), filters);
    }

    /** A server stays in the catalog through a restart unless told otherwise; an agent without a state leaves it. */
    private RegistryOptions.Leaving leaving() {
        boolean client = tool.equals("consul") && !dev && !settings.on("server");
        return new RegistryOptions.Leaving(settings.on("leave_on_terminate", client), !settings.on("skip_leave_on_interrupt", !client),
                settings.duration("performance.leave_drain_time", Duration.ZERO));
    }

    private RegistryOptions.Addresses addresses() {
        return new RegistryOptions.Addresses(address("addresses.http"), address("addresses.dns"), settings.number("ports.server", 8300),
                settings.number("ports.serf_lan", 8301));
    }

    private String address(String path) {
        String address = settings.text(path, host);
        if (address.contains(" ") || address.contains("{{") || address.startsWith("unix:")) {
            settings.problem(path + " \"" + address + "\" has to be one address, without templates or sockets of files");
        }
        return address.equals("localhost") ? "127.0.0.1" : address;
    }

    private DnsSettings dns() {
        DnsSettings usual = DnsSettings.of(datacenter);
        Map<String, Duration> ttls = new LinkedHashMap<>();
        settings.texts("dns_config.service_ttl").forEach((name, text) -> GoDuration.tryParse(text).ifPresentOrElse(
                ttl -> ttls.put(name, ttl),
                () -> settings.problem("dns_config.service_ttl: \"" + text + "\" of \"" + name + "\" is no duration, as 10s")));
        DnsSettings.Soa soa = usual.soa();
        DnsSettings.Limits limits = usual.limits();
        try {
            return new DnsSettings(
                    new DnsSettings.Zone(domain("domain", usual.zone().domain()), domain("alt_domain", usual.zone().altDomain()), datacenter),
                    new DnsSettings.Ttls(settings.duration("dns_config.node_ttl", Duration.ZERO), ttls),
                    new DnsSettings.Limits(settings.number("dns_config.udp_answer_limit", limits.udpAnswers()),
                            settings.number("dns_config.a_record_limit", limits.aRecords()),
                            settings.on("dns_config.enable_truncate", limits.truncate())),
                    new DnsSettings.Soa(seconds("refresh", soa.refresh()), seconds("retry", soa.retry()), seconds("expire", soa.expire()),
                            seconds("min_ttl", soa.minTtl())),
                    new DnsSettings.Recursion(recursors(), settings.duration("dns_config.recursor_timeout", usual.recursion().timeout()),
                            strategy()),
                    new DnsSettings.Reading(settings.on("dns_config.only_passing"), settings.on("dns_config.allow_stale", true),
                            settings.duration("dns_config.max_stale", usual.reading().maxStale())),
                    new DnsSettings.Form(settings.on("dns_config.enable_additional_node_meta_txt", true),
                            !settings.on("dns_config.disable_compression")));
        } catch (IllegalArgumentException e) {
            settings.problem("domain: " + e.getMessage());
            return usual;
        }
    }

    private DnsSettings.Strategy strategy() {
        String word = settings.text("dns_config.recursor_strategy", "sequential");
        return switch (word) {
            case "sequential" -> DnsSettings.Strategy.SEQUENTIAL;
            case "random" -> DnsSettings.Strategy.RANDOM;
            default -> {
                settings.problem("dns_config.recursor_strategy \"" + word + "\" has to be sequential or random");
                yield DnsSettings.Strategy.SEQUENTIAL;
            }
        };
    }

    private String domain(String path, String usual) {
        String domain = settings.text(path, usual);
        return domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain;
    }

    private Duration seconds(String name, Duration usual) {
        return Duration.ofSeconds(settings.number("dns_config.soa." + name, (int) usual.toSeconds()));
    }

    private List<InetSocketAddress> recursors() {
        List<InetSocketAddress> recursors = new ArrayList<>();
        List<String> given = settings.list("recursors");
        for (String recursor : given) {
            boolean bare = recursor.indexOf(':') != recursor.lastIndexOf(':') && !recursor.startsWith("[");
            int colon = bare ? -1 : recursor.lastIndexOf(':');
            String name = colon < 0 ? recursor : recursor.substring(0, colon);
            Optional<Long> port = colon < 0 ? Optional.of((long) DNS_PORT) : ConsulFile.number(recursor.substring(colon + 1));
            if (port.isEmpty() || port.get() < 1 || port.get() > 65_535 || !name.matches("\\[?[0-9A-Fa-f:.]+(%[\\w.]+)?]?")) {
                settings.problem("recursors: \"" + recursor + "\" has to be an address with or without a port");
            } else {
                recursors.add(new InetSocketAddress(name.replaceAll("[\\[\\]]", ""), port.get().intValue()));
            }
        }
        return recursors;
    }

    private RegistryOptions.Mesh mesh() {
        String provider = settings.text("connect.ca_provider", "consul");
        if (!provider.equals("consul")) {
            settings.problem("connect.ca_provider \"" + provider + "\" has to be consul, the built-in authority");
        }
        List<ConfigEntry> entries = new ArrayList<>();
        List<RegistryOptions.Definition> given = settings.list("config_entries.bootstrap");
        for (RegistryOptions.Definition definition : given) {
            try {
                ConfigEntry entry = EntryKinds.read(definition.tree());
                EntryRules.refusal(entry).ifPresent(text -> settings.problem(definition.place() + ": config_entries.bootstrap: " + text));
                entries.add(entry);
            } catch (EntryKinds.EntryException e) {
                settings.problem(definition.place() + ": config_entries.bootstrap: " + e.getMessage().strip());
            }
        }
        return new RegistryOptions.Mesh(settings.on("connect.enabled", dev || tool.equals("muster")), entries);
    }

    private Optional<Autopilot> autopilot() {
        if (!settings.hasSection("autopilot")) {
            return Optional.empty();
        }
        Autopilot usual = Autopilot.DEFAULT;
        return Optional.of(new Autopilot(settings.on("autopilot.cleanup_dead_servers", usual.cleanupDeadServers()),
                settings.duration("autopilot.last_contact_threshold", usual.lastContactThreshold()),
                settings.number("autopilot.max_trailing_logs", (int) usual.maxTrailingLogs()),
                settings.number("autopilot.min_quorum", usual.minQuorum()),
                settings.duration("autopilot.server_stabilization_time", usual.serverStabilizationTime()),
                settings.text("autopilot.redundancy_zone_tag", ""), settings.on("autopilot.disable_upgrade_migration"),
                settings.text("autopilot.upgrade_version_tag", ""), 0, 0));
    }
}
