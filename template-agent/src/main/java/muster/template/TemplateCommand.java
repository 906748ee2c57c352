package muster.template;

import java.io.InputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import muster.registry.client.RegistryClient;
import muster.registry.client.http.HttpRegistryClient;
import muster.registry.client.http.HttpRegistrySettings;

/** Entry point of {@code muster template …} and of {@code consul-template …}. */
public final class TemplateCommand {
    /** Makes a client for an address and a token ("" for none). */
    interface Connector {
        RegistryClient connect(String address, String token);
    }

    private static final String USAGE = """
            Usage: muster template eval [options] FILE
                   muster template -template SOURCE:DESTINATION[:COMMAND] [options]

            eval renders FILE ("-" is standard input) once and prints the result.
              -data FILE            JSON that becomes dot, "-" is standard input
              -dialect NAME         go or mustache; by default from the file's name
              -missing-key WHAT     default, zero or error
              -left-delimiter TEXT, -right-delimiter TEXT
              -consul-addr ADDRESS  read keys and services from this registry

            Without eval, the templates are kept rendered until interrupted.
              -template S:D[:C]     source, destination, command to run after a change (repeatable)
              -config PATH          file or folder in consul-template's own format (repeatable)
              -once                 end when all have been rendered
              -dry                  print instead of writing
              -wait MIN[:MAX]       wait until changes rest
              -consul-addr ADDRESS, -consul-token TOKEN
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
        return run(args, env, in, out, err, (address, token) -> new HttpRegistryClient(
                HttpRegistrySettings.of(address).withToken(token), InstantSource.system(), new SharedRandom()));
    }

    static int run(List<String> args, Map<String, String> env, InputStream in, PrintStream out, PrintStream err, Connector connector) {
        if (args.isEmpty() || List.of("-h", "-help", "--help", "help").contains(args.getFirst())) {
            (args.isEmpty() ? err : out).print(USAGE);
            return args.isEmpty() ? AgentSettings.EXIT_FLAGS : 0;
        }
        return args.getFirst().equals("eval")
                ? new EvalCommand(env, in, out, err, connector).run(args.subList(1, args.size()))
                : new AgentCommand(env, out, err, connector).run(args);
    }

    /** Retries of many watches draw from it at once. */
    private static final class SharedRandom implements RandomGenerator {
        @Override
        public long nextLong() {
            return ThreadLocalRandom.current().nextLong();
        }
    }
}
