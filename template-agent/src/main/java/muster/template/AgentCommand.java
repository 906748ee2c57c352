package muster.template;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.registry.client.RegistryClient;
import muster.template.config.AgentSettings;
import muster.template.config.CommandFlags;
import muster.template.config.ConfigurationException;
import muster.template.config.Given;

/** The consul-template-like agent's command line: reads the configuration, runs, and does both again when told to reload. */
final class AgentCommand {
    static final int EXIT_ERROR = 11;
    static final int EXIT_INTERRUPTED = 12;
    static final int EXIT_FLAGS = 13;
    static final int EXIT_RENDER = 14;
    static final int EXIT_CONFIGURATION = 15;
    static final String VERSION = "consul-template v0.42.1 (muster)";

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
        return run(args, Map.of());
    }

    /** {@code render -with KEY=VALUE… [options]}: once, printing, as if these keys had these values. */
    int render(List<String> args) {
        Map<String, String> proposed = new LinkedHashMap<>();
        List<String> rest = new ArrayList<>(List.of("-once", "-dry"));
        for (int i = 0; i < args.size(); i++) {
            String flag = args.get(i).replaceFirst("^--?", "-");
            String pair = flag.startsWith("-with=") ? args.get(i).substring(args.get(i).indexOf('=') + 1)
                    : flag.equals("-with") && i + 1 < args.size() ? args.get(++i) : null;
            if (pair == null) {
                rest.add(args.get(i));
                continue;
            }
            int equals = pair.indexOf('=');
            if (equals < 1) {
                err.println("-with \"" + pair + "\": it is written KEY=VALUE");
                return EXIT_FLAGS;
            }
            proposed.put(pair.substring(0, equals).replaceFirst("^/", ""), pair.substring(equals + 1));
        }
        return run(rest, proposed);
    }

    private int run(List<String> args, Map<String, String> proposed) {
        boolean again = true;
        int code = 0;
        while (again) {
            AgentSettings settings;
            try {
                CommandFlags.Line line = CommandFlags.parse(args, env);
                if (line.version() || line.help()) {
                    out.print(line.version() ? VERSION + "\n" : TemplateCommand.USAGE);
                    return 0;
                }
                settings = settings(line.given());
            } catch (CommandFlags.FlagException e) {
                err.println(e.getMessage());
                return EXIT_FLAGS;
            } catch (ConfigurationException e) {
                err.println(e.getMessage());
                return EXIT_CONFIGURATION;
            }
            TemplateAgent.Outcome outcome = once(settings, proposed);
            again = outcome.reload();
            code = outcome.exitCode();
            if (again) {
                err.println("Reloading configuration...");
            }
        }
        return code;
    }

    private AgentSettings settings(Given given) {
        AgentSettings settings = AgentSettings.of(given, env);
        if (settings.jobs().isEmpty() && settings.exec().isEmpty()) {
            throw new CommandFlags.FlagException("nothing to render: give -template SOURCE:DESTINATION or -config FILE");
        }
        return settings;
    }

    private TemplateAgent.Outcome once(AgentSettings settings, Map<String, String> proposed) {
        AgentLog log = new AgentLog(settings.log(), err, InstantSource.system());
        Optional<Path> pid = settings.pidFile();
        RegistryClient real = connector.connect(settings.servers().consul(), settings.blockWait());
        try (RegistryClient registry = proposed.isEmpty() ? real : new ProposedRegistry(real, proposed)) {
            if (pid.isPresent()) {
                Files.writeString(pid.get(), Long.toString(ProcessHandle.current().pid()));
            }
            return new TemplateAgent(settings, env, registry, connector, out, log).run();
        } catch (IOException e) {
            log.error("(cli) pid_file " + pid.map(Path::toString).orElse("") + ": " + e.getMessage());
            return new TemplateAgent.Outcome(EXIT_RENDER, false);
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return new TemplateAgent.Outcome(EXIT_CONFIGURATION, false);
        } finally {
            pid.ifPresent(AgentCommand::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The process ends; a file that stays names a process that is gone, which its readers have to expect anyway.
            return;
        }
    }
}
