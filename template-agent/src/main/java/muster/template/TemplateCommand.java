package muster.template;

import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import muster.registry.client.RegistryClient;
import muster.registry.client.http.HttpRegistryClient;
import muster.registry.client.http.HttpRegistrySettings;
import muster.template.config.Servers;
import muster.template.source.BlockingSource;
import muster.template.source.ConsulLocks;
import muster.template.source.Locks;

/** Entry point of {@code muster template …} and of {@code consul-template …}. */
public final class TemplateCommand {
    /** Makes a client for a registry. */
    interface Connector {
        RegistryClient connect(Servers.Consul consul, Duration wait);

        /** Sessions and locks for de-duplication. */
        default Locks locks(BlockingSource.Settings consul) {
            return new ConsulLocks(consul);
        }

        /** Whether its clients speak HTTP. */
        default boolean isRemote() {
            return true;
        }
    }

    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    static final String USAGE = """
            Usage: muster template [options]                       keep files rendered (consul-template's options)
                   muster template render -with KEY=VALUE [options]  show what would change if keys had these values
                   muster template status -address HOST:PORT [-json] what a running agent's templates wait for
                   muster template eval [options] FILE             render one file and print the result

            Agent:
              -template SOURCE:DESTINATION[:COMMAND]  a template, and what to run after a change (repeatable)
              -config PATH            file or folder in consul-template's own format (repeatable)
              -once                   end when all have been rendered
              -dry                    print new files and differences to old ones instead of writing
              -parse-only             read the templates and end
              -wait MIN[:MAX]         after a change, wait until there is none for MIN, at most MAX
              -exec COMMAND           run this once all are rendered, and reload or restart it after changes
              -exec-reload-signal, -exec-kill-signal, -exec-kill-timeout, -exec-splay
              -exec-env-pristine, -exec-env-custom, -exec-env-allowlist, -exec-env-denylist
              -reload-signal, -kill-signal, -pid-file, -dedup
              -log-level, -log-file, -log-rotate-bytes, -log-rotate-duration, -log-rotate-max-files
              -consul-addr, -consul-token, -consul-token-file, -consul-auth USER[:PASSWORD]
              -consul-retry, -consul-retry-attempts, -consul-retry-backoff, -consul-retry-max-backoff
              -consul-ssl, -consul-ssl-ca-cert, -consul-ssl-ca-path, -consul-ssl-cert, -consul-ssl-key, -consul-ssl-verify
              -consul-transport-max-conns-per-host N  requests open at once, 16 by default
              -vault-addr, -vault-token, -vault-agent-token-file, -vault-renew-token, -vault-unwrap-token
              -vault-default-lease-duration, -vault-retry…, -vault-ssl…
              -default-left-delimiter, -default-right-delimiter, -template-error-fatal, -err-on-failed-lookup
              -empty-hold DURATION    show a list that suddenly became empty as it was for this long
              -status-address HOST:PORT  answer status there
              -v, -h

            eval ("-" is standard input):
              -data FILE              JSON that becomes dot, "-" is standard input
              -dialect NAME           go or mustache; by default from the file's name
              -missing-key WHAT       default, zero or error
              -left-delimiter TEXT, -right-delimiter TEXT
              -consul-addr ADDRESS    read keys and services from this registry

            Exit codes: 0 done, 11 error, 12 interrupted, 13 flags, 14 rendering, 15 configuration, or the child's own.
            """;

    private TemplateCommand() {}

    /**
     * Runs until done or interrupted.
     *
     * @param args without the word {@code template}
     * @return the exit code: 0, 1 when eval fails, and consul-template's own otherwise: 12 interrupted, 13 flags, 14 rendering,
     *     15 configuration
     */
    public static int run(List<String> args, Map<String, String> env, InputStream in, PrintStream out, PrintStream err) {
        return run(args, env, in, out, err, (consul, wait) -> {
            HttpRegistrySettings.Pace usual = HttpRegistrySettings.Pace.DEFAULT;
            HttpRegistrySettings.Pace pace = new HttpRegistrySettings.Pace(
                    usual.interval(), usual.poll(), consul.retry().first(), consul.retry().longest());
            HttpRegistrySettings settings = HttpRegistrySettings.of(consul.address()).withToken(consul.token()).withPace(pace)
                    .withWaitTime(wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
            return new HttpRegistryClient(consul.tls().map(settings::withTls).orElse(settings).withHeaders(consul.headers()),
                    InstantSource.system(), new TemplateAgent.SharedRandom());
        });
    }

    static int run(List<String> args, Map<String, String> env, InputStream in, PrintStream out, PrintStream err, Connector connector) {
        if (args.isEmpty()) {
            err.print(USAGE);
            return AgentCommand.EXIT_FLAGS;
        }
        List<String> rest = args.subList(1, args.size());
        return switch (args.getFirst()) {
            case "help" -> {
                out.print(USAGE);
                yield 0;
            }
            case "eval" -> new EvalCommand(env, in, out, err, connector).run(rest);
            case "status" -> new StatusCommand(out, err).run(rest, env);
            case "render" -> new AgentCommand(env, out, err, connector).render(rest);
            default -> new AgentCommand(env, out, err, connector).run(args);
        };
    }
}
