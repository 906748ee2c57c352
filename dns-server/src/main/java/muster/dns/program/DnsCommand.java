package muster.dns.program;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import muster.dns.answer.DnsSettings;
import muster.dns.lookup.Reads;
import muster.dns.server.DnsServer;
import muster.registry.client.RegistryException;
import muster.registry.client.http.HttpRegistryClient;
import muster.registry.client.http.HttpRegistrySettings;
import muster.wire.GoFlags;

/** The program. */
public final class DnsCommand implements AutoCloseable {
    private final HttpRegistryClient registry;
    private final DnsServer server;

    private DnsCommand(HttpRegistryClient registry, DnsServer server) {
        this.registry = registry;
        this.server = server;
    }

    /** It did not start; what there was to say has been said. */
    public static final class NotStarted extends Exception {
        private static final long serialVersionUID = 1;
        private final int exit;

        NotStarted(int exit) {
            super("exit " + exit, null, false, false);
            this.exit = exit;
        }

        /** The exit code of the process. */
        public int exit() {
            return exit;
        }
    }

    /**
     * Starts it and says where it listens; it runs until closed.
     *
     * @param random safe for threads
     */
    public static DnsCommand start(List<String> args, Map<String, String> environment, RandomGenerator random, PrintStream out,
            PrintStream err) throws NotStarted {
        try {
            DnsArguments arguments = DnsArguments.parse(args, environment);
            HttpRegistryClient registry = new HttpRegistryClient(
                    HttpRegistrySettings.of(arguments.registry()).withToken(token(arguments)), InstantSource.system(), random);
            try {
                DnsCommand running = new DnsCommand(registry, server(arguments, registry, random));
                out.println("==> muster dns answers on " + text(running.server) + ", UDP and TCP, from the registry at " + arguments.registry());
                out.flush();
                return running;
            } catch (IOException | RegistryException e) {
                registry.close();
                throw e;
            }
        } catch (GoFlags.HelpWanted e) {
            out.print(DnsArguments.HELP);
            throw new NotStarted(0);
        } catch (GoFlags.FlagException e) {
            err.println(e.getMessage());
            err.print(DnsArguments.HELP);
            throw new NotStarted(1);
        } catch (DnsArguments.Refused | IOException | IllegalArgumentException e) {
            e.getMessage().lines().forEach(line -> err.println("==> " + line));
            throw new NotStarted(1);
        } catch (RegistryException e) {
            err.println("==> " + e.getMessage());
            err.println("==> Give -datacenter=NAME to start without asking the registry for its own.");
            throw new NotStarted(1);
        }
    }

    private static DnsServer server(DnsArguments arguments, HttpRegistryClient registry, RandomGenerator random) throws IOException {
        DnsSettings settings = arguments.settings();
        if (arguments.datacenter().isEmpty()) {
            DnsSettings.Zone zone = settings.zone();
            settings = settings.with(new DnsSettings.Zone(zone.domain(), zone.altDomain(), registry.self().datacenter()));
        }
        return DnsServer.start(arguments.listen(), settings, Reads.watched(registry, InstantSource.system()), InstantSource.system(), random);
    }

    private static String token(DnsArguments arguments) throws IOException {
        if (!arguments.token().isEmpty() || arguments.tokenFile().isEmpty()) {
            return arguments.token();
        }
        try {
            return Files.readString(arguments.tokenFile().get()).strip();
        } catch (IOException e) {
            throw new IOException("can't read the token file " + arguments.tokenFile().get() + ": " + e.getMessage(), e);
        }
    }

    private static String text(DnsServer server) {
        String host = server.address().getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + server.address().getPort();
    }

    /** The bound port. */
    public int port() {
        return server.address().getPort();
    }

    @Override
    public void close() {
        server.close();
        registry.close();
    }
}
