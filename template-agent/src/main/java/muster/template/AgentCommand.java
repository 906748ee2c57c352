package muster.template;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.registry.client.RegistryClient;
import muster.template.runner.TemplateSpec;
import muster.wire.GoDuration;

/** The consul-template-like agent's command line. */
final class AgentCommand {
    private static final Set<String> SWITCHES = Set.of("once", "dry", "v", "version");
    private static final Set<String> VALUED = Set.of("template", "config", "consul-addr", "consul-token", "wait", "log-level");
    /** consul-template's flags that are not offered; naming them gives an error that says so. */
    private static final Set<String> REFUSED = Set.of("parse-only", "exec", "exec-kill-signal", "exec-kill-timeout",
            "exec-reload-signal", "exec-splay", "exec-env-pristine", "exec-env-custom", "exec-env-allowlist",
            "exec-env-denylist", "retry", "kill-signal", "reload-signal", "log-file", "log-rotate-bytes",
            "log-rotate-duration", "log-rotate-max-files", "max-stale", "dedup", "default-left-delimiter",
            "default-right-delimiter", "template-error-fatal", "pid-file", "syslog", "syslog-facility", "syslog-name",
            "consul-auth", "consul-token-file", "consul-retry", "consul-retry-attempts", "consul-retry-backoff",
            "consul-retry-max-backoff", "consul-ssl", "consul-ssl-ca-cert", "consul-ssl-ca-path", "consul-ssl-cert",
            "consul-ssl-key", "consul-ssl-server-name", "consul-ssl-verify", "vault-addr", "vault-token",
            "vault-agent-token-file", "vault-renew-token", "vault-unwrap-token");

    private final Map<String, String> env;
    private final PrintStream out;
    private final PrintStream err;
    private final TemplateCommand.Connector connector;

    AgentCommand(Map<String, String> env, PrintStream out, PrintStream err, TemplateCommand.Connector connector) {
        this.env = env;
        this.out = out;
        this.err = err;
        this.connector = connector;
    }

    int run(List<String> args) {
        AgentSettings settings;
        try {
            Flags flags = Flags.parse(args, SWITCHES, VALUED, REFUSED);
            if (flags.isSet("v") || flags.isSet("version")) {
                out.println("consul-template v0.42.1 (muster)");
                return 0;
            }
            if (!flags.words().isEmpty()) {
                throw new Flags.FlagException("cli: extra args: " + flags.words());
            }
            settings = settings(flags);
        } catch (Flags.FlagException e) {
            err.println(e.getMessage());
            return AgentSettings.EXIT_FLAGS;
        } catch (AgentFile.ConfigurationException e) {
            err.println(e.getMessage());
            return AgentSettings.EXIT_CONFIGURATION;
        }
        try (RegistryClient registry = connector.connect(settings.address(), settings.token())) {
            return new TemplateAgent(settings, env, registry, out, err).run();
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return AgentSettings.EXIT_CONFIGURATION;
        }
    }

    private AgentSettings settings(Flags flags) {
        List<AgentSettings.Job> jobs = new ArrayList<>();
        AgentFile file = new AgentFile();
        for (String path : flags.all("config")) {
            try {
                file.read(Path.of(path));
            } catch (IOException e) {
                throw new AgentFile.ConfigurationException(path + ": " + e.getMessage());
            }
        }
        jobs.addAll(file.jobs());
        flags.all("template").forEach(text -> jobs.add(job(text)));
        if (jobs.isEmpty()) {
            throw new Flags.FlagException("nothing to render: give -template SOURCE:DESTINATION or -config FILE");
        }
        String address = flags.text("consul-addr", file.address().orElse(env.getOrDefault("CONSUL_HTTP_ADDR", "127.0.0.1:8500")));
        String token = flags.text("consul-token", file.token().orElse(
                env.getOrDefault("CONSUL_TOKEN", env.getOrDefault("CONSUL_HTTP_TOKEN", ""))));
        Optional<TemplateSpec.Quiet> quiet =
                flags.all("wait").isEmpty() ? file.quiet() : Optional.of(quiet(flags.text("wait", "")));
        return new AgentSettings(address, token, flags.isSet("once") || file.once(), flags.isSet("dry"), quiet, jobs);
    }

    private static AgentSettings.Job job(String text) {
        String[] parts = text.split(":", 3);
        if (parts.length < 2 || parts[0].isBlank() || parts[1].isBlank()) {
            throw new Flags.FlagException("-template \"" + text + "\": it is written SOURCE:DESTINATION[:COMMAND]");
        }
        return AgentSettings.Job.of(
                new TemplateSpec.Source.FromFile(parts[0]), Path.of(parts[1]), parts.length == 3 ? parts[2] : "");
    }

    /** {@code MIN[:MAX]}; the longest wait is four times the least unless given. */
    static TemplateSpec.Quiet quiet(String text) {
        String[] parts = text.split(":", 2);
        try {
            Duration min = GoDuration.parse(parts[0]);
            return new TemplateSpec.Quiet(min, parts.length == 2 ? GoDuration.parse(parts[1]) : min.multipliedBy(4));
        } catch (IllegalArgumentException e) {
            throw new Flags.FlagException("-wait \"" + text + "\": " + e.getMessage());
        }
    }
}
