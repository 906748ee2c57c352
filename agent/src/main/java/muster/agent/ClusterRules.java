package muster.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import muster.agent.ClusterOptions.Role;
import muster.raft.members.MemberSettings;

/** The part of {@link OptionRules} about other agents. Used once, by one thread. */
final class ClusterRules {
    private static final int MOST_SERVERS = 9;
    private static final Duration ELECTION = Duration.ofMillis(500);

    private final Settings settings;
    private final String tool;
    private final boolean dev;
    private final String datacenter;

    ClusterRules(Settings settings, String tool, boolean dev, String datacenter) {
        this.settings = settings;
        this.tool = tool;
        this.dev = dev;
        this.datacenter = datacenter;
    }

    ClusterOptions options() {
        List<String> addresses = new ArrayList<>();
        addresses.addAll(settings.list("start_join"));
        addresses.addAll(settings.list("retry_join"));
        settings.<String>list("client_servers").forEach(address -> addresses.add(joinAddress(address)));
        addresses.forEach(this::check);
        Role role = role(!addresses.isEmpty());
        int expect = expect(role, !addresses.isEmpty());
        Duration interval = settings.duration("retry_interval", MemberSettings.Join.NONE.interval());
        if (!interval.isPositive()) {
            settings.problem("retry_interval has to be positive, as 30s");
            interval = MemberSettings.Join.NONE.interval();
        }
        boolean nomad = tool.equals("nomad");
        return new ClusterOptions(role, bind(), new ClusterOptions.Ports(port("serf_lan", nomad ? 4648 : 8301), port("server", nomad ? 4647 : 8300)),
                expect, new MemberSettings.Join(addresses, interval, Math.max(settings.number("retry_max", 0), 0)), secret(), times(), ELECTION, role == Role.ALONE ? ClusterOptions.Tls.NONE : tls(),
                settings.on("rejoin_after_leave"));
    }

    /** Alone is who neither names others nor says with how many it begins; only Consul's own agent is a client unless told. */
    private Role role(boolean joins) {
        boolean expects = settings.has("bootstrap_expect") || settings.on("bootstrap");
        boolean several = settings.number("bootstrap_expect", 1) > 1 || joins;
        return switch (tool) {
            case "consul" -> {
                if (dev) {
                    yield joins ? Role.SERVER : Role.ALONE;
                }
                if (!settings.on("server")) {
                    if (expects) {
                        settings.problem("bootstrap_expect and bootstrap need server = true");
                    }
                    yield Role.CLIENT;
                }
                yield Role.SERVER;
            }
            case "nomad" -> {
                if (!dev && settings.on("client_enabled") && !settings.on("server")) {
                    if (expects) {
                        settings.problem("server.bootstrap_expect needs server.enabled = true");
                    }
                    yield Role.CLIENT;
                }
                yield several || !dev && settings.on("server") ? Role.SERVER : Role.ALONE;
            }
            default -> settings.has("server") && !settings.on("server") && !dev ? Role.CLIENT
                    : dev && !joins ? Role.ALONE : several || expects || settings.on("server") ? Role.SERVER : Role.ALONE;
        };
    }

    /** Nomad's clients name the servers' RPC port; here agents meet at the port for members. */
    private String joinAddress(String given) {
        int rpc = port("server", 4647);
        boolean named = given.endsWith(":4647") || given.endsWith(":" + rpc);
        return named ? given.substring(0, given.lastIndexOf(':') + 1) + port("serf_lan", tool.equals("nomad") ? 4648 : 8301) : given;
    }

    private int expect(Role role, boolean joins) {
        int expect = settings.number("bootstrap_expect", settings.on("bootstrap") || role != Role.SERVER || !joins && !tool.equals("consul") ? 1 : 0);
        if (settings.on("bootstrap") && settings.number("bootstrap_expect", 1) > 1) {
            settings.problem("bootstrap cannot be given together with bootstrap_expect");
        }
        if (expect < 0 || expect > MOST_SERVERS) {
            settings.problem("bootstrap_expect has to be from 1 to " + MOST_SERVERS + ", best 3 or 5 (found " + expect + ")");
            return 1;
        }
        if (dev && expect > 1) {
            settings.problem("bootstrap_expect " + expect + ": a development server keeps its state to itself; leave out -dev");
        }
        return expect;
    }

    private void check(String address) {
        if (address.contains("provider=")) {
            settings.problem("retry_join: \"" + address + "\" asks a cloud's provider: give the agents' addresses or a name of them");
        } else if (address.isBlank() || address.contains(" ")) {
            settings.problem("retry_join: \"" + address + "\" has to be a host with or without a port");
        }
    }

    private String bind() {
        String bind = settings.text("serf_lan", settings.text("serf_lan_bind", settings.text("bind_addr", tool.equals("consul") && !dev ? "0.0.0.0" : "127.0.0.1")));
        return bind.equals("localhost") ? "127.0.0.1" : bind;
    }

    private int port(String name, int usual) {
        int port = settings.number("ports." + name, usual);
        if (port < 0 || port > 65_535) {
            settings.problem("ports." + name + " has to be from 1 to 65535, or 0 for a free one (found " + port + ")");
            return usual;
        }
        return port;
    }

    /** (Consul agent configuration: encrypt) */
    private Optional<String> secret() {
        String secret = settings.text("encrypt", "");
        if (secret.isEmpty()) {
            return Optional.empty();
        }
        try {
            int bytes = Base64.getDecoder().decode(secret).length;
            if (bytes != 16 && bytes != 24 && bytes != 32) {
                settings.problem("encrypt has to be 16, 24 or 32 bytes in base64 (found " + bytes + "): make one with `consul keygen`");
            }
        } catch (IllegalArgumentException e) {
            settings.problem("encrypt has to be 32 bytes in base64: make one with `consul keygen`");
        }
        return Optional.of(secret);
    }

    private MemberSettings.Times times() {
        MemberSettings.Times usual = MemberSettings.Times.USUAL;
        Duration interval = settings.duration("gossip_lan.probe_interval", usual.interval());
        Duration answer = settings.duration("gossip_lan.probe_timeout", usual.answer());
        int mult = settings.number("gossip_lan.suspicion_mult", 4);
        if (interval.toMillis() < 50 || interval.toSeconds() > 60) {
            settings.problem("gossip_lan.probe_interval has to be from 50ms to 60s");
            interval = usual.interval();
        }
        // What the original calls the multiplier of suspicion makes the time of silence that an agent is allowed.
        // In nanoseconds: a duration multiplies by way of decimals, which cost a start 15 ms.
        Duration silence = Duration.ofNanos(interval.toNanos() * 3 * Math.clamp(mult, 1, 100) / 2);
        return new MemberSettings.Times(interval, answer.compareTo(Duration.ofMillis(100)) < 0 ? Duration.ofMillis(100) : answer, silence,
                interval.plus(interval), settings.duration("reconnect_timeout", usual.reconnect()));
    }

    /** (Consul agent configuration: tls, its section for connections between agents before the one for all) */
    private ClusterOptions.Tls tls() {
        List<Path> authorities = Stream.of("ca_file", "ca_path").map(this::file).flatMap(Optional::stream).toList();
        Optional<Path> certificate = file("cert_file");
        Optional<Path> key = file("key_file");
        boolean in = on("verify_incoming") || settings.on("verify_incoming_rpc");
        boolean named = on("verify_server_hostname");
        boolean out = on("verify_outgoing") || named;
        if ((in || out) && authorities.isEmpty()) {
            settings.problem("verify_incoming and verify_outgoing need ca_file or ca_path: whose certificates are good");
        }
        if ((in || out) && (certificate.isEmpty() || key.isEmpty())) {
            settings.problem("verify_incoming and verify_outgoing need cert_file and key_file: agents show each other certificates");
        }
        return new ClusterOptions.Tls(authorities, certificate, key, in, out,
                named ? Optional.of(serverName()) : Optional.empty());
    }

    /** The name that every agent's certificate carries. (Nomad agent configuration: tls.verify_server_hostname, for its agents) */
    private String serverName() {
        return tool.equals("nomad") ? "server." + settings.text("region", "global") + ".nomad"
                : "server." + datacenter + "." + settings.text("domain", "consul").replaceFirst("\\.$", "");
    }

    private boolean on(String name) {
        return settings.on("tls.internal_rpc." + name, settings.on("tls.defaults." + name, settings.on(name)));
    }

    private Optional<Path> file(String name) {
        String given = settings.text("tls.internal_rpc." + name, settings.text("tls.defaults." + name, settings.text(name, "")));
        Optional<Path> file = Optional.of(given).filter(text -> !text.isEmpty()).map(Path::of);
        file.filter(path -> !Files.isReadable(path)).ifPresent(path -> settings.problem(name + ": " + path + " can't be read"));
        return file;
    }
}
