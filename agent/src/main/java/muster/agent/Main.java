package muster.agent;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import muster.raft.DataFolderException;
import muster.registry.agent.AgentControls;
import muster.wire.GoFlags;

/** {@code Main TOOL ARGS...}: the programs that stay: agent, balancers, template agent. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        if (args.length > 0 && args[0].equals("--train")) {
            System.exit(Training.run());
        }
        String tool = args.length > 0 ? args[0] : "muster";
        List<String> line = args.length > 1 ? Arrays.asList(args).subList(1, args.length) : List.of();
        try {
            System.exit(Programs.run(tool, line));
        } catch (RuntimeException e) {
            // A defect: say all of it, and end, since threads of a half-started process would keep it alive.
            e.printStackTrace();
            System.exit(1);
        }
    }

    /** {@code agent}: runs until a signal comes or the API asks it to leave. */
    static int agent(String tool, List<String> args) throws InterruptedException {
        AgentOptions options;
        try {
            options = AgentArguments.parse(tool, args, System.getenv(), Host.name());
        } catch (GoFlags.HelpWanted e) {
            System.out.println(AgentHelp.text(tool));
            return 0;
        } catch (GoFlags.FlagException e) {
            System.err.println(e.getMessage());
            System.err.println(AgentHelp.text(tool));
            return 1;
        } catch (AgentArguments.Refused e) {
            e.problems().forEach(problem -> System.err.println("==> " + problem));
            return 1;
        }
        Logging logging = new Logging(options.logLevel());
        CountDownLatch leave = new CountDownLatch(1);
        AgentControls controls = new AgentControls(() -> {}, leave::countDown, logging);
        Suite suite;
        try {
            suite = Suite.start(options, controls, InstantSource.system());
        } catch (IOException | IllegalStateException | DataFolderException e) {
            System.err.println("==> " + e.getMessage());
            return 1;
        }
        // A signal starts the JVM's end; closing belongs in it, and the exit code of an orderly end is 0 whatever the signal.
        Thread hook = Thread.ofPlatform().name("shutdown").unstarted(() -> {
            System.out.println("==> Caught a signal, shutting down: services are deregistered, tasks stopped");
            suite.close();
            System.out.println("==> Stopped");
            System.out.flush();
            Runtime.getRuntime().halt(0);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        System.out.print(Summary.text(options, suite.listening(), Host.uptime()));
        System.out.flush();
        leave.await();
        Runtime.getRuntime().removeShutdownHook(hook);
        suite.close();
        return 0;
    }
}
