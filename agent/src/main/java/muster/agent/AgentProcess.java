package muster.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import muster.raft.DataFolderException;
import muster.registry.agent.AgentControls;
import muster.registry.agent.CatalogLink;
import muster.registry.agent.RefusedException;
import muster.ui.Pages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that is an agent: it starts the parts, reads its configuration again when asked, and ends. SIGHUP reloads; SIGINT and
 * SIGTERM end it, as the configuration says with or without leaving the cluster; a second SIGINT ends it at once.
 */
final class AgentProcess {
    private static final Logger LOG = LoggerFactory.getLogger(AgentProcess.class);

    /** How the process ends. */
    private enum End {
        /** The node goes out of the catalog first. */
        LEAVE,
        STOP,
        /** Everything is started again, in this process. */
        AGAIN
    }

    private final Supplier<AgentOptions> source;
    private volatile CompletableFuture<End> end = new CompletableFuture<>();
    private AgentOptions options;
    private Suite suite;
    private Logging logging;

    /** @param source reads command line and files again; throws {@link AgentArguments.Refused} */
    AgentProcess(AgentOptions options, Supplier<AgentOptions> source) {
        this.options = options;
        this.source = source;
    }

    /** Runs until a signal comes or the API asks it to leave; the exit code. */
    int run() throws InterruptedException {
        try {
            logging = new Logging(options.log());
            suite = start();
            writePid();
        } catch (IOException | IllegalStateException | DataFolderException | RefusedException e) {
            System.err.println("==> " + e.getMessage());
            if (suite != null) {
                suite.close();
            }
            return 1;
        }
        RegistryOptions.Leaving leaving = options.registry().leaving();
        listen(leaving);
        System.out.print(Summary.text(options, suite.listening(), Host.uptime()));
        System.out.flush();
        Pages.prepare();
        End how = end.join();
        while (how == End.AGAIN) {
            LOG.warn("agent starts again");
            end = new CompletableFuture<>();
            suite.close();
            try {
                suite = start();
            } catch (IOException | IllegalStateException | DataFolderException | RefusedException e) {
                System.err.println("==> " + e.getMessage());
                return 1;
            }
            how = end.join();
        }
        System.out.println("==> Shutting down: services are deregistered, tasks stopped" + (how == End.LEAVE ? ", this node leaves" : ""));
        System.out.flush();
        if (how == End.LEAVE) {
            leave(leaving);
        }
        suite.close();
        removePid();
        System.out.println("==> Stopped");
        System.out.flush();
        return 0;
    }

    private Suite start() throws IOException, InterruptedException {
        AgentControls controls = new AgentControls(this::reload, () -> end.complete(End.LEAVE), logging);
        return Suite.start(options, controls, InstantSource.system(), () -> end.complete(End.AGAIN));
    }

    private void listen(RegistryOptions.Leaving leaving) {
        List<String> deaf = new ArrayList<>();
        Signals.on("HUP", this::reloadOnSignal).ifPresent(deaf::add);
        Signals.on("INT", () -> {
            if (!end.complete(leaving.onInterrupt() ? End.LEAVE : End.STOP)) {
                Runtime.getRuntime().halt(1);
            }
        }).ifPresent(deaf::add);
        Signals.on("TERM", () -> end.complete(leaving.onTerminate() ? End.LEAVE : End.STOP)).ifPresent(deaf::add);
        if (!deaf.isEmpty()) {
            LOG.warn("signals end this process without an orderly end reason={}", deaf.getFirst());
        }
    }

    private void leave(RegistryOptions.Leaving leaving) throws InterruptedException {
        try {
            suite.leave();
            Thread.sleep(leaving.drain());
        } catch (CatalogLink.CatalogUnavailableException e) {
            LOG.warn("the node could not be taken out of the catalog reason={}", e.getMessage());
        }
    }

    private void reloadOnSignal() {
        try {
            reload();
        } catch (RefusedException e) {
            LOG.error("configuration not reloaded reason={}", e.getMessage());
        }
    }

    /** Throws {@link RefusedException} with all that is wrong; then everything stays as it was. */
    private synchronized void reload() {
        AgentOptions next;
        try {
            next = source.get();
        } catch (AgentArguments.Refused e) {
            throw new RefusedException(500, Validate.text(e.problems()));
        }
        suite.reload(next);
        logging.level(next.log().level());
        String late = String.join(", ", changedForLater(options, next));
        options = next;
        LOG.info("configuration reloaded services={} checks={} watches={}", next.registry().definitions().services().size(),
                next.registry().definitions().checks().size(), next.registry().definitions().watches().size());
        if (!late.isEmpty()) {
            LOG.warn("changed settings wait for a restart settings=\"{}\"", late);
        }
    }

    /** Settings that differ and are read at the start only. */
    static List<String> changedForLater(AgentOptions before, AgentOptions after) {
        List<String> changed = new ArrayList<>();
        note(changed, "node_name", before.node(), after.node());
        note(changed, "datacenter", before.datacenter(), after.datacenter());
        note(changed, "client_addr", before.host(), after.host());
        note(changed, "addresses", before.registry().addresses(), after.registry().addresses());
        note(changed, "ports.https and addresses.https", before.registry().https().map(https -> https.host() + ":" + https.port()),
                after.registry().https().map(https -> https.host() + ":" + https.port()));
        note(changed, "advertise_addr", before.advertise(), after.advertise());
        note(changed, "ports", before.ports(), after.ports());
        note(changed, "data_dir", before.dataDir(), after.dataDir());
        note(changed, "dns_config", before.registry().dns(), after.registry().dns());
        note(changed, "http_config and limits", before.registry().http(), after.registry().http());
        note(changed, "log_file and its form", before.log().file(), after.log().file());
        return changed;
    }

    private static void note(List<String> changed, String name, Object before, Object after) {
        if (!before.equals(after)) {
            changed.add(name);
        }
    }

    private void writePid() throws IOException {
        Optional<Path> file = options.pidFile();
        if (file.isPresent()) {
            Files.writeString(file.get(), Long.toString(ProcessHandle.current().pid()));
        }
    }

    private void removePid() {
        options.pidFile().ifPresent(file -> {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warn("pid file not removed file={} reason={}", file, e.getMessage());
            }
        });
    }
}
