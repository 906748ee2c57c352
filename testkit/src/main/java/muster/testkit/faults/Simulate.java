package muster.testkit.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code muster simulate}: schedules of faults against real servers, one after the other, until one shows a fault of ours. */
public final class Simulate {
    private static final int FAULTS = 6;
    private static final int CLIENTS = 2;
    private static final int NETWORK = 77;
    private static final String SCHEDULER = "scheduler";
    private static final String USAGE = """
            Usage: muster simulate [-seed=N] [-count=M] [-servers=3] [-faults=6] [-scheduler]

              Starts servers as processes, kills, stops and cuts them off by a schedule that the seed decides, and checks what
              clients saw. Seeds N, N+1, ... are run, M in all (default 20, from a seed of the clock).

              Of the registry: keys are linearizable, a lock has one holder, nothing acknowledged is lost, indexes never go back.

              With -scheduler, of the scheduler, with two agents that run tasks and get their share of the faults, while jobs are
              registered, scaled and stopped: no acknowledged change of a job is lost, indexes grow; and when all is mended, each
              job has exactly its instances, each of them one process, no process is without an owner, deployments and
              evaluations have ended.
            """;

    private Simulate() {}

    /** @param arguments the root of a checkout that is built, then the user's */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, Long> options = new LinkedHashMap<>(Map.of("seed", System.currentTimeMillis(), "count", 20L, "servers", 3L, "faults", (long) FAULTS));
        List<String> given = List.of(arguments).subList(1, arguments.length);
        boolean scheduler = false;
        for (int i = 0; i < given.size(); i++) {
            String[] option = given.get(i).replaceFirst("^--?", "").split("=", 2);
            if (option[0].equals(SCHEDULER) && option.length == 1) {
                scheduler = true;
                continue;
            }
            String value = option.length > 1 ? option[1] : i + 1 < given.size() ? given.get(++i) : "";
            if (!options.containsKey(option[0]) || !value.matches("\\d{1,18}")) {
                System.err.print(USAGE);
                System.exit(given.get(0).matches("--?h(elp)?") ? 0 : 1);
            }
            options.put(option[0], Long.parseLong(value));
        }
        Path folder = Files.createTempDirectory("muster-simulate");
        System.exit(run(Path.of(arguments[0]), folder, options, scheduler) ? 0 : 1);
    }

    private static boolean run(Path root, Path folder, Map<String, Long> options, boolean scheduler) throws InterruptedException {
        System.out.println("Servers write to " + folder);
        int servers = options.get("servers").intValue();
        int faults = options.get("faults").intValue();
        List<String> words = List.of(root.resolve(scheduler ? "bin/nomad" : "bin/consul").toString());
        try (Machines machines = scheduler ? Machines.ofScheduler(words, folder, NETWORK, servers, CLIENTS) : Machines.ofRegistry(words, folder, NETWORK, servers)) {
            machines.startAll();
            for (long seed = options.get("seed"); seed < options.get("seed") + options.get("count"); seed++) {
                Report report = scheduler ? new SchedulerRun(machines, seed, faults).run() : new RegistryRun(machines, seed, faults).run();
                System.out.println(report.line());
                if (!report.wrong().isEmpty()) {
                    System.out.println(report.details());
                    System.out.println("Again: muster simulate -count=1 -seed=" + seed + (faults == FAULTS ? "" : " -faults=" + faults)
                            + (servers == 3 ? "" : " -servers=" + servers) + (scheduler ? " -scheduler" : ""));
                    return false;
                }
            }
        }
        return true;
    }
}
