package muster.agent;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import muster.registry.agent.AgentControls;

/**
 * Starts a whole agent on free ports, walks through its usual work and ends it, so that the ahead-of-time cache holds what a
 * start and the first job load, and which of their methods are worth compiling.
 */
final class Training {
    private static final List<String> ARGUMENTS = List.of("-dev", "-log-level=ERR", "-http-port=0", "-dns-port=0", "-scheduler-port=0",
            "-lb-port=0", "-lb-api-port=0");

    private Training() {}

    /** What an agent is trained for. */
    enum Kind {
        /** Whatever an agent may be. */
        AGENT,
        /** The same, and to be one of several servers. */
        SERVER
    }

    /** Exit code 0 if the agent started: a cache of half a walk is of use too. What went wrong is told on standard error. */
    static int run(Kind kind) {
        AgentOptions options = AgentArguments.parse("muster", ARGUMENTS, Map.of(), new Machine("training", List.of()));
        try (Suite suite = Suite.start(options, new AgentControls(() -> {}, () -> {}, new Logging(options.log())), InstantSource.system())) {
            Summary.text(options, suite.listening(), suite.startup());
            walk(suite.listening());
        } catch (IOException | RuntimeException e) {
            System.err.println("training: no agent: " + e);
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
        return switch (kind) {
            case AGENT -> 0;
            case SERVER -> replicate();
        };
    }

    /** Exit code 1 where nothing was written: then the common cache serves as well. */
    private static int replicate() {
        try (TrainingServers servers = new TrainingServers()) {
            return servers.run() > 0 ? 0 : 1;
        } catch (IOException | RuntimeException e) {
            System.err.println("training: no servers: " + e);
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static void walk(List<Part.Listening> listening) throws InterruptedException {
        try (TrainingWalk walk = new TrainingWalk(listening)) {
            walk.run();
        } catch (IOException | RuntimeException e) {
            System.err.println("training: not all of the walk: " + e);
        }
    }
}
